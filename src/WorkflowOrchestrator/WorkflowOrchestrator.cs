using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Scheduling;
using Workflow.Storage;

namespace Workflow;

/// <summary>
/// Keeps every change moving: events bring changes to it, workers take each as far as it goes now (<see cref="StageSteps"/>), what fails is tried again.
/// Where a change stands is in the store alone, so a stop at any point is a start from the store.
/// </summary>
internal sealed class WorkflowOrchestrator : SupervisedService
{
    // Changes waiting for a worker. More than any repository has; beyond it the store is asked.
    private const int InboxCapacity = 1024;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly IStore _store;
    private readonly EventHub _events;
    private readonly ChangeStore _changes;
    private readonly StageSteps _steps;
    private readonly CurrentSettings _settings;
    private readonly ChangeTraces _traces;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkflowOrchestrator> _logger;
    private readonly Inbox<ChangeId> _inbox;
    private readonly WorkDispatcher<ChangeId> _dispatcher;

    public WorkflowOrchestrator(
        IStore store,
        EventHub events,
        ChangeStore changes,
        StageSteps steps,
        CurrentSettings settings,
        ITunables tunables,
        ServiceSupervisor supervisor,
        TimeProvider time,
        ILogger<WorkflowOrchestrator> logger)
        : base(supervisor)
    {
        (_store, _events, _changes, _steps, _settings, _time, _logger) = (store, events, changes, steps, settings, time, logger);
        _traces = new ChangeTraces(store);
        _inbox = new Inbox<ChangeId>(InboxCapacity, () => [.. changes.Unfinished().Select(revision => revision.Change).Distinct()]);
        _dispatcher = new WorkDispatcher<ChangeId>(new AdjustableSlots(tunables, Tunable.MaxConcurrentChanges), AdvanceAsync);
    }

    protected override string Name => "workflow_orchestrator";

    /// <summary>Works on a change again from the start, whatever came of it before; false when there is no such change.</summary>
    public async Task<bool> ProcessOpenSpecChangeAsync(ChangeId change, CancellationToken cancellationToken)
    {
        if (WorkOn(change) is not { } work)
            return false;
        await _store.WriteAsync(transaction => _changes.Restart(transaction, work.Change, work.Hash), cancellationToken);
        _inbox.Nudge(change);
        return true;
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var subscription = _events.Subscribe(OnCommitted);
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

    private async Task ReadInboxAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in _inbox.ReadAllAsync(Heartbeat, stoppingToken))
            await _dispatcher.PostAsync(change, stoppingToken);
    }

    private void OnCommitted(WorkflowEvent committed)
    {
        if (!ChangeId.TryParse(committed.Change, out var change))
            return;
        switch (committed.Type)
        {
            case EventTypes.RevisionDetected or EventTypes.ChangeGone or EventTypes.ChangeReturned:
                _dispatcher.Restart(change); // what is being done is about bytes that are no longer there
                _inbox.Nudge(change);
                break;
            case EventTypes.QuestionAnswered or EventTypes.QuestionAwaitingHuman or EventTypes.QuestionWithdrawn or EventTypes.QuestionExpired:
            case EventTypes.UpdateApplied or EventTypes.UpdateHeld or EventTypes.UpdateApproved or EventTypes.UpdateRejected or EventTypes.UpdateWithdrawn:
            case EventTypes.UpdateSuperseded or EventTypes.UpdateShadowed or EventTypes.UpdateRefused or EventTypes.UpdateUndone:
                _inbox.Nudge(change);
                break;
        }
    }

    /// <summary>Takes a change as far as it goes now.</summary>
    private async Task AdvanceAsync(ChangeId change, CancellationToken cancellationToken)
    {
        while (WorkOn(change) is { } work)
        {
            var trace = await _traces.OpenAsync(change.Value, work.Hash.Value, cancellationToken);
            using var activity = trace.Start(SpanOf(work.Stage));
            try
            {
                if (!await _steps.StepAsync(work, cancellationToken))
                    return;
            }
            catch (Exception error) when (error is not (OperationCanceledException or SqliteException))
            {
                activity?.SetStatus(ActivityStatusCode.Error, error.Message);
                await FailAsync(work, error, cancellationToken);
                return;
            }
        }
    }

    private async Task FailAsync(RevisionRecord work, Exception error, CancellationToken cancellationToken)
    {
        var attempts = await _store.WriteAsync(transaction => ChangeStore.CountAttempt(transaction, work.Change, work.Hash, error.Message), cancellationToken);
        _logger.LogError(EventIds.StageFailed, error, "{Change}: {Stage} failed (attempt {Attempt})", work.Change, work.Stage, attempts);
        if (attempts >= _settings.Review.MaxAttempts)
        {
            await _steps.ParkAsync(work, $"{work.Stage} failed {attempts} times: {error.Message}", cancellationToken);
            return;
        }

        await Task.Delay(FirstRetry * Math.Pow(2, attempts - 1), _time, cancellationToken);
        _inbox.Nudge(work.Change);
    }

    // The revision to work on; null while the change is not on disk.
    private RevisionRecord? WorkOn(ChangeId change) => _changes.CurrentRevision(change) is null ? null : _changes.WorkRevision(change);

    private static string SpanOf(ChangeStage stage) => stage switch
    {
        ChangeStage.Detected => "begin",
        ChangeStage.Reviewing => "review",
        ChangeStage.AwaitingAnswers => "collect answers",
        ChangeStage.Drafting => "draft",
        ChangeStage.AwaitingReview or ChangeStage.Applying => "follow update",
        _ => "resume",
    };
}
