using Microsoft.Extensions.Logging;

namespace Platform.Models.Inventory;

/// <summary>
/// Keeps the state of the model server: looks at it periodically, and tests a model with a real request when it is new, and again after a call has
/// failed. Listed is not loaded, and loaded is not working.
/// </summary>
internal sealed class ModelInventory(ServerProbe probe, Canary canary, ModelLoader loader, ModelServerSettings settings, ILogger logger, TimeProvider time) : IModelInventory
{
    // A model that fails its test is tested again after pauses that double up to this.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Action<ModelState>? _changed;
    private volatile ModelState _current = settings.IsEnabled ? new ModelState.Unknown() : new ModelState.Off();
    private volatile bool _doubted;
    private Task<ModelState>? _look;
    private TaskCompletionSource<ModelInfo> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _wasSlow;
    private int _failedTests;
    private ModelInfo? _failedModel;
    private long _lastTest;

    public ModelState Current => _current;

    /// <summary>Told each new state before anybody else is, and waited for: the gate's size follows the model.</summary>
    public Func<ModelState, Task> BeforeChange { get; set; } = _ => Task.CompletedTask;

    public IDisposable OnChanged(Action<ModelState> handler)
    {
        lock (_gate)
            _changed += handler;
        return new Subscription(() =>
        {
            lock (_gate)
                _changed -= handler;
        });
    }

    public Task<ModelState> CheckAsync(CancellationToken cancellationToken)
    {
        if (!settings.IsEnabled)
            return Task.FromResult(_current);
        lock (_gate)
        {
            // Nobody's cancellation ends the look that others share; it has its own time limits.
            if (_look is null || _look.IsCompleted)
                _look = Task.Run(LookAsync, CancellationToken.None);
            return _look.WaitAsync(cancellationToken);
        }
    }

    public void Doubt()
    {
        _doubted = true;
        _ = CheckAsync(CancellationToken.None); // its failure is a state, not an exception
    }

    public Task<ModelInfo> WaitReadyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _ready.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Looks at the server again and again until <paramref name="cancellationToken"/> fires; calls <paramref name="beat"/> in every turn.</summary>
    public async Task RunAsync(Action beat, CancellationToken cancellationToken)
    {
        var look = Task.CompletedTask;
        using var timer = new PeriodicTimer(settings.ProbeInterval, time);
        do
        {
            beat(); // also while a look takes long: a model that reads its first prompt slowly is no hung service
            if (look.IsCompleted)
            {
                await look;
                look = CheckAsync(cancellationToken);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task<ModelState> LookAsync()
    {
        var next = await DecideAsync();
        await PublishAsync(next);
        return next;
    }

    private async Task<ModelState> DecideAsync()
    {
        var (listing, failure) = await probe.LookAsync(CancellationToken.None);
        if (listing is null)
            return Unlisted(failure!);
        _wasSlow = false;
        if (loader.Wants(listing) && await LoadAsync(listing) is { } loadFailure)
            return new ModelState.NotReady(loadFailure, listing.Server);
        if (loader.IsFresh && (await probe.LookAsync(CancellationToken.None)).Listing is { } loaded)
            listing = loaded;
        var (model, missing) = ModelChoice.Choose(listing, settings);
        return model is null ? new ModelState.NotReady(missing!, listing.Server) : await TestAsync(model);
    }

    // A server that works hard may answer one look late; a second late one is believed.
    private ModelState Unlisted(ModelFailure failure)
    {
        var isFirstLate = failure.Kind == ModelFailureKind.FirstTokenTimeout && _current is ModelState.Ready && !_wasSlow;
        _wasSlow = failure.Kind == ModelFailureKind.FirstTokenTimeout;
        if (!isFirstLate)
            _failedTests = 0; // whatever comes back is tested at once
        return isFirstLate ? _current : new ModelState.NotReady(failure);
    }

    private async Task<ModelFailure?> LoadAsync(ServerListing listing)
    {
        await PublishAsync(new ModelState.NotReady(new ModelFailure(ModelFailureKind.NoModel, $"{settings.Model} is being loaded"), listing.Server));
        return await loader.LoadAsync(CancellationToken.None);
    }

    private async Task<ModelState> TestAsync(ModelInfo model)
    {
        var known = (_current as ModelState.Ready)?.Model;
        var isKnown = known is not null && known with { EnforcesSchemas = model.EnforcesSchemas } == model;
        if (isKnown && !_doubted)
            return _current;
        if (_failedTests > 0 && model == _failedModel && time.GetElapsedTime(_lastTest) < Pause())
            return _current;
        if (!isKnown && known is not null)
            await PublishAsync(new ModelState.NotReady(new ModelFailure(ModelFailureKind.NoModel, $"{model.Id} is being tested"), model.Server));
        _doubted = false;
        _lastTest = time.GetTimestamp();
        switch (await canary.TryAsync(model, CancellationToken.None))
        {
            case CanaryOutcome.Works works:
                _failedTests = 0;
                return isKnown ? _current : new ModelState.Ready(model with { EnforcesSchemas = works.EnforcesSchemas });
            case CanaryOutcome.Fails fails:
                _failedTests++;
                _failedModel = model;
                return new ModelState.NotReady(fails.Failure, model.Server);
            default:
                throw new InvalidOperationException("Unknown outcome.");
        }
    }

    private TimeSpan Pause() => Sockets.Backoff.PauseAfter(_failedTests, settings.ProbeInterval, s_longestPause, jitter: 1) - settings.ProbeInterval;

    private async Task PublishAsync(ModelState next)
    {
        if (next == _current)
            return;
        await BeforeChange(next);
        Action<ModelState>? changed;
        lock (_gate)
        {
            _current = next;
            if (next is ModelState.Ready { Model: var model })
                _ready.TrySetResult(model);
            else if (_ready.Task.IsCompleted)
                _ready = new TaskCompletionSource<ModelInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
            changed = _changed;
        }

        Log(next);
        changed?.Invoke(next);
    }

    private void Log(ModelState state)
    {
        switch (state)
        {
            case ModelState.Ready { Model: var model }:
                logger.LogInformation(ModelEventIds.Ready, "Model {Model} on {Server}: context {Context}, {Slots} slots, schemas enforced: {Enforced}", model.Id, model.Server, model.ContextTokens, model.Slots, model.EnforcesSchemas);
                break;
            case ModelState.NotReady { Failure: var failure }:
                logger.LogInformation(ModelEventIds.NotReady, "No model can be asked: {Failure}", failure);
                break;
        }
    }

    private sealed class Subscription(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
