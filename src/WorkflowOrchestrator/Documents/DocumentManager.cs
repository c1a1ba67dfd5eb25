using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Workflow.Changes;
using Workflow.Documents.Git;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Scheduling;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>
/// The only writer to the user's tree. Takes the updates of a change one after the other through their steps, and different changes at the same time; what
/// was unfinished when the process ended goes on from the step that is stored. What has to wait is tried again, ever less often.
/// </summary>
internal sealed class DocumentManager : SupervisedService
{
    // Changes with something to do. More than any repository has; beyond it the store is asked.
    private const int InboxCapacity = 1024;

    // Flushes of several changes become one write of the file system's journal, and their transactions one flush of the store.
    private const int MaxConcurrentChanges = 32;

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
    private readonly CurrentSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<DocumentManager> _logger;
    private readonly Inbox<ChangeId> _inbox;
    private readonly WorkDispatcher<ChangeId> _dispatcher;
    private readonly ConcurrentDictionary<UpdateId, Trouble> _troubles = new();
    private readonly ConcurrentDictionary<ChangeId, bool> _retries = new();
    private long _lastPrune;
    private long _lastProgress;
    private int _working;

    public DocumentManager(
        IStore store,
        UpdateSteps steps,
        EventHub events,
        HealthBoard health,
        Repository repository,
        CurrentSettings settings,
        TimeProvider time,
        ServiceSupervisor supervisor,
        ILogger<DocumentManager> logger)
        : base(supervisor)
    {
        (_store, _steps, _events, _health, _settings, _time, _logger) = (store, steps, events, health, settings, time, logger);
        _backups = new BackupFolder(repository.Backups);
        _inbox = new Inbox<ChangeId>(InboxCapacity, () => _store.Read(UpdateStore.ChangesWithUnfinished));
        _dispatcher = new WorkDispatcher<ChangeId>(new AdjustableSlots(MaxConcurrentChanges), ProcessAsync);
    }

    protected override string Name => "document_manager";

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var planned = _events.Subscribe(OnEvent);
        _health.Report(DocumentHealth.Documents, HealthState.Ok);
        Prune();
        AllowBlockingWrites();
        var reading = ReadInboxAsync(stoppingToken);
        try
        {
            await await Task.WhenAny(reading, _dispatcher.Failure);
        }
        finally
        {
            await _dispatcher.DrainAsync();
        }
    }

    public override void Dispose()
    {
        _dispatcher.Dispose();
        base.Dispose();
    }

    private async Task ReadInboxAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in _inbox.ReadAllAsync(BeatWhileMoving, stoppingToken))
        {
            // A hook may take its time, and a slot with it: that is no reason to take the service for dead.
            var posting = _dispatcher.PostAsync(change, stoppingToken);
            while (await Task.WhenAny(posting, Task.Delay(Inbox<ChangeId>.HeartbeatInterval, CancellationToken.None)) != posting)
                BeatWhileMoving();
            await posting;
            PruneNowAndThen();
        }
    }

    // Flushing a file holds its thread: without threads of their own the changes would wait for each other.
    private static void AllowBlockingWrites()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, MaxConcurrentChanges), ports);
    }

    private void OnEvent(WorkflowEvent happened)
    {
        if (happened.Type is EventTypes.UpdatePlanned or EventTypes.UpdateApproved && ChangeId.TryParse(happened.Change, out var change))
            _inbox.Nudge(change);
    }

    // Patience has an end: git is broken off at its own limit, so when nothing at all has come to an end for two such commands, something hangs.
    private void BeatWhileMoving()
    {
        var longest = (2 * _settings.Documents.GitTimeout) + _settings.HeartbeatTimeout;
        if (Volatile.Read(ref _working) == 0 || _time.GetElapsedTime(Volatile.Read(ref _lastProgress)) < longest)
            Heartbeat();
    }

    private async Task ProcessAsync(ChangeId change, CancellationToken stoppingToken)
    {
        if (Interlocked.Increment(ref _working) == 1)
            Volatile.Write(ref _lastProgress, _time.GetTimestamp());
        try
        {
            await AdvanceAsync(change, stoppingToken);
        }
        finally
        {
            Volatile.Write(ref _lastProgress, _time.GetTimestamp());
            Interlocked.Decrement(ref _working);
        }
    }

    private async Task AdvanceAsync(ChangeId change, CancellationToken stoppingToken)
    {
        try
        {
            foreach (var (id, step) in await _steps.AdvanceAsync(change, stoppingToken))
            {
                if (step is UpdateStep.Waits waits)
                    await WaitAsync(change, id, waits, stoppingToken);
                else
                    Settle(id);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException or GitUnavailableException)
        {
            // The store itself, or git as a whole: no update can be blamed, and none is lost.
            _logger.LogWarning(DocumentEventIds.WriteFailed, error, "Updates of {Change} cannot go on for the moment", change);
            _health.Report(DocumentHealth.Documents, HealthState.Degraded, error.Message, "Look at the space and the permissions of the state folder.");
            NudgeLater(change, s_longestDelay / 6, stoppingToken);
        }
    }

    private async Task WaitAsync(ChangeId change, UpdateId id, UpdateStep.Waits waits, CancellationToken stoppingToken)
    {
        var trouble = _troubles.GetValueOrDefault(id) ?? new Trouble(0, 0, null);
        if (waits.CountsAsFailure && trouble.Failures + 1 >= MaxFailures)
        {
            await GiveUpAsync(id, waits, stoppingToken);
            _inbox.Nudge(change); // younger updates of the change waited for this one
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
        NudgeLater(change, delay, stoppingToken);
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
        _troubles.TryRemove(id, out _);
        await _steps.GiveUpCommitAsync(id, waits.Why, stoppingToken);
        await _steps.AbandonAsync(id, waits.Why, stoppingToken);
    }

    private void Settle(UpdateId id)
    {
        if (!_troubles.TryRemove(id, out _))
            return;
        if (_troubles.IsEmpty && _health.Find(DocumentHealth.Documents) is { State: HealthState.Degraded })
            _health.Report(DocumentHealth.Documents, HealthState.Ok);
    }

    // Several waiting updates of a change are tried together, so one retry of it at a time.
    private void NudgeLater(ChangeId change, TimeSpan delay, CancellationToken stoppingToken)
    {
        if (_retries.TryAdd(change, true))
            _ = NudgeAfterAsync(change, delay, stoppingToken);
    }

    private async Task NudgeAfterAsync(ChangeId change, TimeSpan delay, CancellationToken stoppingToken)
    {
        await Task.Delay(delay, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _retries.TryRemove(change, out _);
        if (!stoppingToken.IsCancellationRequested)
            _inbox.Nudge(change);
    }

    private void PruneNowAndThen()
    {
        if (_time.GetElapsedTime(_lastPrune) > s_pruneInterval)
            Prune();
    }

    private void Prune()
    {
        _lastPrune = _time.GetTimestamp();
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
