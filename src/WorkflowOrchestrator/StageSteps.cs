using Workflow.Changes;
using Workflow.Documents;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Review;
using Workflow.Storage;

namespace Workflow;

/// <summary>
/// What is done in each stage of a change: Detected → Reviewing → AwaitingAnswers → Drafting → (AwaitingReview) → Applying → Done.
/// Each step reads where the change stands from the store, does one thing, and stores what came of it before the next step. A step that has to wait
/// returns, and an event brings the change back.
/// </summary>
internal sealed class StageSteps(
    IStore store,
    ChangeStore changes,
    RevisionReader revisions,
    IChangeReviewer reviewer,
    FindingStore findings,
    RuleVerdictReader verdicts,
    IQuestions questions,
    IDocumentUpdates documents,
    UpdateDrafting drafting,
    CurrentSettings settings,
    ILogger<StageSteps> logger)
{
    // Plans that met a moved document before the revision is parked.
    private const int MaxRedrafts = 10;

    /// <summary>One step of one revision. True: go on; false: an event will bring the change back.</summary>
    public Task<bool> StepAsync(RevisionRecord work, CancellationToken cancellationToken) => work.Stage switch
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
        await documents.WithdrawAsync(work.Change, "the change was saved again", cancellationToken);
        return await GoToAsync(work, ChangeStage.Reviewing, null, cancellationToken);
    }

    // Reviewing: findings and questions, stored together with the next stage.
    private async Task<bool> ReviewAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (await revisions.ReadAsync(work, cancellationToken) is not { } content)
            return false; // gone, or something newer is there: an event tells
        if (content.Obstacles is { Count: > 0 } obstacles)
            return await ParkAsync(work, string.Join(" ", obstacles), cancellationToken);
        var asReviewed = await reviewer.ReviewAsync(
            new ReviewRequest(work.Change, work.Hash, content.Project)
            {
                SuppressedRules = settings.Review.SuppressedRules,
                MaxQuestions = settings.Questions.MaxQuestionsPerRevision,
                SettledFindings = findings.Dismissed(work.Change),
            },
            cancellationToken);
        var review = verdicts.TurnDown(asReviewed);
        await store.WriteAsync(
            transaction =>
            {
                RuleVerdictReader.Count(transaction, asReviewed, review);
                FindingStore.Save(transaction, work.Change, work.Hash, review);
                foreach (var proposed in review.Questions)
                    questions.Ask(transaction, ToQuestion(proposed, work, review.Facts.Reviewer));
                questions.WithdrawFor(transaction, work.Change, work.Hash);
                changes.SetStage(transaction, work.Change, work.Hash, ChangeStage.AwaitingAnswers, review.Questions.Count == 0 ? null : review.Questions.Count == 1 ? "its question is being answered" : $"its {review.Questions.Count} questions are being answered");
            },
            cancellationToken);
        logger.LogInformation(EventIds.StageReached, "{Change}: {Findings} findings, {Questions} questions", work.Change, review.Findings.Count, review.Questions.Count);
        return true;
    }

    // AwaitingAnswers: when every question is answered or with the human, what is known is written; the rest is waited for.
    private async Task<bool> CollectAnswersAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (!questions.AllSettled(work.Change, work.Hash))
            return false;
        var open = OpenForHuman(work); // first: an answer that comes from now on leaves it waiting, and brings the next turn
        var latest = LatestUpdate(work);
        if ((latest is null || HasNewAnswer(work, latest)) && await drafting.DraftAsync(work, cancellationToken) is DraftOutcome.PlanMade)
            return await GoToAsync(work, ChangeStage.Drafting, null, cancellationToken);
        open = Math.Max(open, OpenForHuman(work)); // and one that is rejected meanwhile opens its question again
        if (open == 0)
            return await GoToAsync(work, ChangeStage.Done, null, cancellationToken);
        await GoToAsync(work, ChangeStage.AwaitingAnswers, $"{open} question{(open == 1 ? " waits" : "s wait")} for you: wo questions", cancellationToken);
        return false;
    }

    // Drafting: repairs, answers and the report become one plan, stored together with the next stage.
    private async Task<bool> DraftAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        switch (await drafting.DraftAsync(work, cancellationToken))
        {
            case DraftOutcome.PlanMade planned:
                await store.WriteAsync(
                    transaction =>
                    {
                        documents.Plan(transaction, planned.Plan);
                        changes.SetStage(transaction, work.Change, work.Hash, ChangeStage.Applying, null);
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
                await drafting.MarkFixedAsync(work, cancellationToken);
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
        && await drafting.DraftAsync(work, cancellationToken) is DraftOutcome.PlanMade
        && await GoToAsync(work, ChangeStage.Drafting, null, cancellationToken);

    // A document moved under the update. A human's save is a new revision; anything else (notes in the report) is drafted again.
    private async Task<bool> RedraftAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (await revisions.ReadAsync(work, cancellationToken) is null)
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
        var moved = await store.WriteAsync(transaction => changes.SetStage(transaction, work.Change, work.Hash, stage, reason), cancellationToken);
        if (moved)
            logger.LogInformation(EventIds.StageReached, "{Change} {Revision}: {Stage}", work.Change, work.Hash.Short, stage);
        return moved;
    }

    /// <summary>Ends the work on a revision until somebody saves or asks again; the reason is shown. Always false.</summary>
    public async Task<bool> ParkAsync(RevisionRecord work, string reason, CancellationToken cancellationToken)
    {
        await store.WriteAsync(transaction => changes.SetStage(transaction, work.Change, work.Hash, ChangeStage.Parked, reason), cancellationToken);
        logger.LogWarning(EventIds.Parked, "{Change} is parked: {Reason}", work.Change, reason);
        return false;
    }

    // Updates of this change since the revision came; the newest tells where it stands.
    private IEnumerable<UpdateRecord> UpdatesOf(RevisionRecord work) =>
        documents.GetUpdates(new UpdateFilter(work.Change)).Where(update => update.PlannedAt >= work.DetectedAt);

    private UpdateRecord? LatestUpdate(RevisionRecord work) => UpdatesOf(work).FirstOrDefault();

    private bool HasNewAnswer(RevisionRecord work, UpdateRecord? latest) =>
        questions.QuestionsOf(work.Change, work.Hash).Any(view => view.Answer is { } answer && answer.At >= (latest?.Id.Time ?? work.StageAt));

    private int OpenForHuman(RevisionRecord work) =>
        questions.QuestionsOf(work.Change, work.Hash).Count(view => view.Question.Status == QuestionStatus.AwaitingHuman);

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
