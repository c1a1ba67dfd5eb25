using Microsoft.Extensions.Logging;

namespace Platform.Models.Inventory;

/// <summary>Keeps the state of the model server: looks at it periodically, and tests a newly found model once with a real request.</summary>
internal sealed class ModelInventory(ServerProbe probe, Canary canary, ModelServerSettings settings, ILogger logger, TimeProvider time) : IModelInventory
{
    private readonly Lock _gate = new();
    private Action<ModelState>? _changed;
    private volatile ModelState _current = settings.IsEnabled ? new ModelState.Unknown() : new ModelState.Off();
    private Task<ModelState>? _look;
    private TaskCompletionSource<ModelInfo> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
        var previous = _current;
        if (next == previous)
            return next;
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
        return next;
    }

    private async Task<ModelState> DecideAsync()
    {
        var (listing, failure) = await probe.LookAsync(CancellationToken.None);
        if (listing is null)
            return new ModelState.NotReady(failure!);
        var (model, missing) = ModelChoice.Choose(listing, settings);
        if (model is null)
            return new ModelState.NotReady(missing!, listing.Server);
        if (_current is ModelState.Ready { Model: var known } && known with { EnforcesSchemas = model.EnforcesSchemas } == model)
            return _current; // tested before
        return await canary.TryAsync(model, CancellationToken.None) switch
        {
            CanaryOutcome.Works works => new ModelState.Ready(model with { EnforcesSchemas = works.EnforcesSchemas }),
            CanaryOutcome.Fails fails => new ModelState.NotReady(fails.Failure, listing.Server),
            _ => throw new InvalidOperationException("Unknown outcome."),
        };
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
