using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>
/// The only writer to the user's tree. Takes updates one after the other through their steps; what was unfinished when the process ended goes on from
/// the step that is stored. What has to wait is tried again, ever less often.
/// </summary>
internal sealed class DocumentManager : SupervisedService
{
    // 1,024 nudges may wait; with more the store is asked for what is unfinished, which it always knows.
    private const int InboxCapacity = 1024;

    // A refusing hook is asked this often; then the update stays uncommitted, and that is said.
    private const int MaxFailures = 3;

    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pruneInterval = TimeSpan.FromHours(6);

    private readonly IStore _store;
    private readonly UpdateSteps _steps;
    private readonly EventHub _events;
    private readonly HealthBoard _health;
    private readonly BackupFolder _backups;
    private readonly OrchestratorSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<DocumentManager> _logger;
    private readonly Inbox<UpdateId> _inbox;
    private readonly Dictionary<UpdateId, Trouble> _troubles = [];
    private readonly ConcurrentDictionary<UpdateId, Task> _retries = new();

    public DocumentManager(
        IStore store,
        UpdateSteps steps,
        EventHub events,
        HealthBoard health,
        Repository repository,
        OrchestratorSettings settings,
        TimeProvider time,
        ServiceSupervisor supervisor,
        ILogger<DocumentManager> logger)
        : base(supervisor)
    {
        (_store, _steps, _events, _health, _settings, _time, _logger) = (store, steps, events, health, settings, time, logger);
        _backups = new BackupFolder(repository.Backups);
        _inbox = new Inbox<UpdateId>(InboxCapacity, () => _store.Read(UpdateStore.Unfinished));
    }

    protected override string Name => "document_manager";

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var planned = _events.Subscribe(OnEvent);
        _health.Report(DocumentHealth.Documents, HealthState.Ok);
        var lastPrune = _time.GetTimestamp();
        Prune();
        await foreach (var id in _inbox.ReadAllAsync(Heartbeat, stoppingToken))
        {
            await ProcessAsync(id, stoppingToken);
            if (_time.GetElapsedTime(lastPrune) > s_pruneInterval)
            {
                lastPrune = _time.GetTimestamp();
                Prune();
            }
        }
    }

    private void OnEvent(WorkflowEvent happened)
    {
        if (happened.Type is EventTypes.UpdatePlanned or EventTypes.UpdateApproved && UpdateId.TryParse(happened.Subject, out var id))
            _inbox.Nudge(id);
    }

    private async Task ProcessAsync(UpdateId id, CancellationToken stoppingToken)
    {
        UpdateStep step;
        do
        {
            Heartbeat();
            step = await BeatingAsync(StepAsync(id, stoppingToken));
        }
        while (step is UpdateStep.Advanced);

        if (step is UpdateStep.Waits waits)
            await WaitAsync(id, waits, stoppingToken);
        else
            Settle(id);
    }

    // A hook may take its time: that is no reason to take the service for dead.
    private async Task<UpdateStep> BeatingAsync(Task<UpdateStep> step)
    {
        while (await Task.WhenAny(step, Task.Delay(Inbox<UpdateId>.HeartbeatInterval, CancellationToken.None)) != step)
            Heartbeat();
        return await step;
    }

    private async Task<UpdateStep> StepAsync(UpdateId id, CancellationToken stoppingToken)
    {
        try
        {
            return await _steps.StepAsync(id, stoppingToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException)
        {
            _logger.LogWarning(DocumentEventIds.WriteFailed, error, "Update {Update} cannot go on for the moment", id);
            return new UpdateStep.Waits(DocumentHealth.Documents, error.Message, "Look at the space and the permissions of the state folder and of the repository.");
        }
        catch (Exception error) when (error is not (OperationCanceledException or FailpointException)) // one update that nobody foresaw must not stop all others
        {
            _logger.LogError(DocumentEventIds.WriteFailed, error, "Update {Update} failed", id);
            return new UpdateStep.Waits(DocumentHealth.Documents, $"{error.GetType().Name}: {error.Message}", "This is a fault of the daemon: see its log, and report it.", CountsAsFailure: true);
        }
    }

    private async Task WaitAsync(UpdateId id, UpdateStep.Waits waits, CancellationToken stoppingToken)
    {
        var trouble = _troubles.GetValueOrDefault(id) ?? new Trouble(0, 0, null);
        if (waits.CountsAsFailure && trouble.Failures + 1 >= MaxFailures)
        {
            await GiveUpAsync(id, waits, stoppingToken);
            return;
        }

        if (!waits.IsOrdinary)
        {
            _health.Report(waits.Dependency, HealthState.Degraded, $"update {id} waits: {waits.Why}", waits.Remedy);
            if (trouble.Why != waits.Why)
                await AnnounceWaitAsync(id, waits, stoppingToken);
        }

        _troubles[id] = new Trouble(trouble.Attempts + 1, trouble.Failures + (waits.CountsAsFailure ? 1 : 0), waits.Why);
        var delay = TimeSpan.FromMilliseconds(Math.Min(s_longestDelay.TotalMilliseconds, s_firstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(trouble.Attempts, 16))));
        _retries[id] = NudgeLaterAsync(id, delay, stoppingToken);
    }

    private async Task AnnounceWaitAsync(UpdateId id, UpdateStep.Waits waits, CancellationToken stoppingToken)
    {
        _logger.LogWarning(DocumentEventIds.UpdateWaits, "Update {Update} waits: {Why}. {Remedy}", id, waits.Why, waits.Remedy);
        try
        {
            await _store.WriteAsync(
                transaction =>
                {
                    UpdateStore.SetReason(transaction, id, waits.Why);
                    if (UpdateStore.Find(transaction, id) is { } update)
                        transaction.Append(UpdateStore.Event(EventTypes.UpdateWaiting, update, new { why = waits.Why, remedy = waits.Remedy }));
                },
                stoppingToken);
        }
        catch (SqliteException)
        {
            // The store itself is what is in trouble; health says so.
        }
    }

    private async Task GiveUpAsync(UpdateId id, UpdateStep.Waits waits, CancellationToken stoppingToken)
    {
        _health.Report(waits.Dependency, HealthState.Degraded, $"update {id}: {waits.Why}", waits.Remedy);
        _logger.LogWarning(DocumentEventIds.CommitFailed, "Update {Update} is given up after {Attempts} attempts: {Why}. {Remedy}", id, MaxFailures, waits.Why, waits.Remedy);
        _troubles.Remove(id);
        await _steps.GiveUpCommitAsync(id, waits.Why, stoppingToken);
        await _steps.AbandonAsync(id, waits.Why, stoppingToken);
    }

    private void Settle(UpdateId id)
    {
        if (!_troubles.Remove(id))
            return;
        if (_troubles.Count == 0 && _health.Find(DocumentHealth.Documents) is { State: HealthState.Degraded })
            _health.Report(DocumentHealth.Documents, HealthState.Ok);
    }

    private async Task NudgeLaterAsync(UpdateId id, TimeSpan delay, CancellationToken stoppingToken)
    {
        await Task.Delay(delay, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _retries.TryRemove(id, out _);
        if (!stoppingToken.IsCancellationRequested)
            _inbox.Nudge(id);
    }

    private void Prune()
    {
        var oldest = _time.GetUtcNow() - _settings.Storage.BackupRetention;
        try
        {
            var count = _backups.Prune(id => _store.Read(view => UpdateStore.Find(view, id)) is { Record: { IsEnded: true } record } && record.StateAt < oldest);
            if (count > 0)
                _logger.LogInformation(DocumentEventIds.BackupPruned, "{Count} backups older than {Retention} are deleted", count, _settings.Storage.BackupRetention);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning(DocumentEventIds.BackupPruned, error, "Old backups cannot be deleted");
        }
    }

    /// <summary>What an update had to wait for so far.</summary>
    /// <param name="Attempts">How often it had to wait.</param>
    /// <param name="Failures">How often something refused.</param>
    /// <param name="Why">The last reason.</param>
    private sealed record Trouble(int Attempts, int Failures, string? Why);
}
