using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Questions;
using Workflow.Review;
using Workflow.Scheduling;
using Workflow.Storage;

namespace Workflow;

/// <summary>
/// Drives each change through its stages: Detected → Reviewing → AwaitingAnswers → Drafting → (AwaitingReview) → Applying → Done.
/// Each step reads where the change stands from the store, does one thing, and stores what came of it before the next step; so a stop at any
/// point is a start from the store. A step that has to wait returns, and an event brings the change back.
/// </summary>
internal sealed class WorkflowOrchestrator : SupervisedService
{
    // Changes waiting for a worker. More than any repository has; beyond it the store is asked.
    private const int InboxCapacity = 1024;

    // Plans that met a moved document before the revision is parked.
    private const int MaxRedrafts = 10;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly IStore _store;
    private readonly EventHub _events;
    private readonly ChangeStore _changes;
    private readonly RevisionReader _revisions;
    private readonly IChangeReviewer _reviewer;
    private readonly FindingStore _findings;
    private readonly RuleVerdictReader _verdicts;
    private readonly IQuestions _questions;
    private readonly IDocumentUpdates _documents;
    private readonly UpdateDrafting _drafting;
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
        RevisionReader revisions,
        IChangeReviewer reviewer,
        FindingStore findings,
        RuleVerdictReader verdicts,
        IQuestions questions,
        IDocumentUpdates documents,
        UpdateDrafting drafting,
        CurrentSettings settings,
        ITunables tunables,
        ServiceSupervisor supervisor,
        TimeProvider time,
        ILogger<WorkflowOrchestrator> logger)
        : base(supervisor)
    {
        (_store, _events, _changes, _revisions, _reviewer, _findings, _verdicts) = (store, events, changes, revisions, reviewer, findings, verdicts);
        (_questions, _documents, _drafting, _settings, _time, _logger) = (questions, documents, drafting, settings, time, logger);
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
                if (!await StepAsync(work, cancellationToken))
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

    /// <summary>One step of one revision. True: go on; false: an event will bring the change back.</summary>
    private Task<bool> StepAsync(RevisionRecord work, CancellationToken cancellationToken) => work.Stage switch
    {
        ChangeStage.Detected => BeginAsync(work, cancellationToken),
        ChangeStage.Reviewing => ReviewAsync(work, cancellationToken),
        ChangeStage.AwaitingAnswers => CollectAnswersAsync(work, cancellationToken),
        ChangeStage.Drafting => DraftAsync(work, cancellationToken),
        ChangeStage.AwaitingReview or ChangeStage.Applying => FollowUpdateAsync(work, cancellationToken),
        ChangeStage.Done => ResumeAsync(work, cancellationToken),
        _ => Task.FromResult(false), // Superseded, Parked
    };

    // Detected: what was planned for older bytes is no longer wanted.
    private async Task<bool> BeginAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        await _documents.WithdrawAsync(work.Change, "the change was saved again", cancellationToken);
        return await GoToAsync(work, ChangeStage.Reviewing, null, cancellationToken);
    }

    // Reviewing: findings and questions, stored together with the next stage.
    private async Task<bool> ReviewAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (await _revisions.ReadAsync(work, cancellationToken) is not { } content)
            return false; // gone, or something newer is there: an event tells
        if (content.Obstacles is { Count: > 0 } obstacles)
            return await ParkAsync(work, string.Join(" ", obstacles), cancellationToken);
        var asReviewed = await _reviewer.ReviewAsync(
            new ReviewRequest(work.Change, work.Hash, content.Project)
            {
                SuppressedRules = _settings.Review.SuppressedRules,
                MaxQuestions = _settings.Questions.MaxQuestionsPerRevision,
                SettledFindings = _findings.Dismissed(work.Change),
            },
            cancellationToken);
        var review = _verdicts.TurnDown(asReviewed);
        await _store.WriteAsync(
            transaction =>
            {
                RuleVerdictReader.Count(transaction, asReviewed, review);
                FindingStore.Save(transaction, work.Change, work.Hash, review);
                foreach (var proposed in review.Questions)
                    _questions.Ask(transaction, ToQuestion(proposed, work, review.Facts.Reviewer));
                _questions.WithdrawFor(transaction, work.Change, work.Hash);
                _changes.SetStage(transaction, work.Change, work.Hash, ChangeStage.AwaitingAnswers, review.Questions.Count == 0 ? null : review.Questions.Count == 1 ? "its question is being answered" : $"its {review.Questions.Count} questions are being answered");
            },
            cancellationToken);
        _logger.LogInformation(EventIds.StageReached, "{Change}: {Findings} findings, {Questions} questions", work.Change, review.Findings.Count, review.Questions.Count);
        return true;
    }

    // AwaitingAnswers: when every question is answered or with the human, what is known is written; the rest is waited for.
    private async Task<bool> CollectAnswersAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (!_questions.AllSettled(work.Change, work.Hash))
            return false;
        var latest = LatestUpdate(work);
        if ((latest is null || HasNewAnswer(work, latest)) && await _drafting.DraftAsync(work, cancellationToken) is DraftOutcome.PlanMade)
            return await GoToAsync(work, ChangeStage.Drafting, null, cancellationToken);
        var open = OpenForHuman(work);
        if (open == 0)
            return await GoToAsync(work, ChangeStage.Done, null, cancellationToken);
        await GoToAsync(work, ChangeStage.AwaitingAnswers, $"{open} question{(open == 1 ? " waits" : "s wait")} for you: wo questions", cancellationToken);
        return false;
    }

    // Drafting: repairs, answers and the report become one plan, stored together with the next stage.
    private async Task<bool> DraftAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        switch (await _drafting.DraftAsync(work, cancellationToken))
        {
            case DraftOutcome.PlanMade planned:
                await _store.WriteAsync(
                    transaction =>
                    {
                        _documents.Plan(transaction, planned.Plan);
                        _changes.SetStage(transaction, work.Change, work.Hash, ChangeStage.Applying, null);
                    },
                    cancellationToken);
                return true;
            case DraftOutcome.NothingToDo:
                return await SettleAsync(work, cancellationToken);
            default:
                return false; // the folder changed meanwhile: the watcher announces it
        }
    }

    // Applying, AwaitingReview: the update's own state tells.
    private async Task<bool> FollowUpdateAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (LatestUpdate(work) is not { } update)
            return await GoToAsync(work, ChangeStage.Drafting, null, cancellationToken);
        switch (update.State)
        {
            case UpdateState.Held:
                await GoToAsync(work, ChangeStage.AwaitingReview, $"update {update.Id} waits for you ({update.StateReason}): wo diff, wo approve or wo reject", cancellationToken);
                return false;
            case UpdateState.Applied or UpdateState.Shadowed:
                await _drafting.MarkFixedAsync(work, cancellationToken);
                return await SettleAsync(work, cancellationToken);
            case UpdateState.Rejected or UpdateState.Withdrawn or UpdateState.Undone:
                return await SettleAsync(work, cancellationToken);
            case UpdateState.Superseded:
                return await RedraftAsync(work, cancellationToken);
            case UpdateState.Refused:
                return await ParkAsync(work, $"update {update.Id} was refused: {update.StateReason}", cancellationToken);
            default:
                return work.Stage == ChangeStage.AwaitingReview && await GoToAsync(work, ChangeStage.Applying, null, cancellationToken);
        }
    }

    // Done: an answer that came late is written too.
    private async Task<bool> ResumeAsync(RevisionRecord work, CancellationToken cancellationToken) =>
        HasNewAnswer(work, LatestUpdate(work))
        && await _drafting.DraftAsync(work, cancellationToken) is DraftOutcome.PlanMade
        && await GoToAsync(work, ChangeStage.Drafting, null, cancellationToken);

    // A document moved under the update. A human's save is a new revision; anything else (notes in the report) is drafted again.
    private async Task<bool> RedraftAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (await _revisions.ReadAsync(work, cancellationToken) is null)
            return false;
        return UpdatesOf(work).Count(update => update.State == UpdateState.Superseded) < MaxRedrafts
            ? await GoToAsync(work, ChangeStage.Drafting, null, cancellationToken)
            : await ParkAsync(work, "its documents change faster than they can be updated", cancellationToken);
    }

    private Task<bool> SettleAsync(RevisionRecord work, CancellationToken cancellationToken) =>
        GoToAsync(work, OpenForHuman(work) > 0 || HasNewAnswer(work, LatestUpdate(work)) ? ChangeStage.AwaitingAnswers : ChangeStage.Done, null, cancellationToken);

    private async Task<bool> GoToAsync(RevisionRecord work, ChangeStage stage, string? reason, CancellationToken cancellationToken)
    {
        if (work.Stage == stage && work.Reason == reason)
            return true;
        var moved = await _store.WriteAsync(transaction => _changes.SetStage(transaction, work.Change, work.Hash, stage, reason), cancellationToken);
        if (moved)
            _logger.LogInformation(EventIds.StageReached, "{Change} {Revision}: {Stage}", work.Change, work.Hash.Short, stage);
        return moved;
    }

    private async Task<bool> ParkAsync(RevisionRecord work, string reason, CancellationToken cancellationToken)
    {
        await _store.WriteAsync(transaction => _changes.SetStage(transaction, work.Change, work.Hash, ChangeStage.Parked, reason), cancellationToken);
        _logger.LogWarning(EventIds.Parked, "{Change} is parked: {Reason}", work.Change, reason);
        return false;
    }

    private async Task FailAsync(RevisionRecord work, Exception error, CancellationToken cancellationToken)
    {
        var attempts = await _store.WriteAsync(transaction => ChangeStore.CountAttempt(transaction, work.Change, work.Hash, error.Message), cancellationToken);
        _logger.LogError(EventIds.StageFailed, error, "{Change}: {Stage} failed (attempt {Attempt})", work.Change, work.Stage, attempts);
        if (attempts >= _settings.Review.MaxAttempts)
        {
            await ParkAsync(work, $"{work.Stage} failed {attempts} times: {error.Message}", cancellationToken);
            return;
        }

        await Task.Delay(FirstRetry * Math.Pow(2, attempts - 1), _time, cancellationToken);
        _inbox.Nudge(work.Change);
    }

    // Updates of this change since the revision came; the newest tells where it stands.
    private IEnumerable<UpdateRecord> UpdatesOf(RevisionRecord work) =>
        _documents.GetUpdates(new UpdateFilter(work.Change)).Where(update => update.PlannedAt >= work.DetectedAt);

    private UpdateRecord? LatestUpdate(RevisionRecord work) => UpdatesOf(work).FirstOrDefault();

    private bool HasNewAnswer(RevisionRecord work, UpdateRecord? latest) =>
        _questions.QuestionsOf(work.Change, work.Hash).Any(view => view.Answer is { } answer && answer.At >= (latest?.Id.Time ?? work.StageAt));

    // The revision to work on; null while the change is not on disk.
    private RevisionRecord? WorkOn(ChangeId change) => _changes.CurrentRevision(change) is null ? null : _changes.WorkRevision(change);

    private int OpenForHuman(RevisionRecord work) =>
        _questions.QuestionsOf(work.Change, work.Hash).Count(view => view.Question.Status == QuestionStatus.AwaitingHuman);

    private static string SpanOf(ChangeStage stage) => stage switch
    {
        ChangeStage.Detected => "begin",
        ChangeStage.Reviewing => "review",
        ChangeStage.AwaitingAnswers => "collect answers",
        ChangeStage.Drafting => "draft",
        ChangeStage.AwaitingReview or ChangeStage.Applying => "follow update",
        _ => "resume",
    };

    private static NewQuestion ToQuestion(ProposedQuestion proposed, RevisionRecord work, string reviewer) => new(proposed.Text, reviewer)
    {
        ChangeId = work.Change,
        RevisionHash = work.Hash,
        FindingId = proposed.FindingId,
        Identity = proposed.Fingerprint,
        Context = proposed.Context,
        Options = proposed.Options,
        Default = proposed.Default,
        Priority = proposed.Priority,
    };
}
