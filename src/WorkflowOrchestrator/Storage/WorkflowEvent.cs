using System.Text.Json;

namespace Workflow.Storage;

/// <summary>An event to append. <paramref name="Data"/> is serialised as JSON; keep it small and free of document text.</summary>
internal sealed record NewEvent(string Type, string? Change = null, string? Revision = null, string? Subject = null, object? Data = null);

/// <summary>Something that happened, in the order of its commit.</summary>
/// <param name="Id">Position in the log, growing.</param>
/// <param name="At">Wall-clock time, UTC.</param>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="Change">The change it is about, if any.</param>
/// <param name="Revision">The revision it is about, if any.</param>
/// <param name="Subject">Id of the question, answer, finding or update it is about, if any.</param>
/// <param name="Data">Further facts as a JSON object.</param>
internal sealed record WorkflowEvent(long Id, DateTimeOffset At, string Type, string? Change, string? Revision, string? Subject, JsonElement Data);

/// <summary>Names of events. They are stored: never rename or reuse one.</summary>
internal static class EventTypes
{
    public const string RevisionDetected = "revision.detected";
    public const string RevisionKnown = "revision.known";
    public const string RevisionStage = "revision.stage";
    public const string ChangeGone = "change.gone";
    public const string ChangeReturned = "change.returned";
    public const string WatcherMissed = "watcher.missed";
    public const string WatcherRearmed = "watcher.rearmed";
    public const string ReviewCompleted = "review.completed";
    public const string DraftMade = "draft.made";
    public const string DraftSuggested = "draft.suggested";
    public const string AnswerSuspicious = "answer.suspicious";
    public const string QuestionAsked = "question.asked";
    public const string QuestionAwaitingHuman = "question.awaiting_human";
    public const string QuestionAnswered = "question.answered";
    public const string QuestionWithdrawn = "question.withdrawn";
    public const string QuestionExpired = "question.expired";
    public const string RouteTried = "question.route_tried";
    public const string UpdatePlanned = "update.planned";
    public const string UpdateHeld = "update.held";
    public const string UpdateApproved = "update.approved";
    public const string UpdateRejected = "update.rejected";
    public const string UpdateWithdrawn = "update.withdrawn";
    public const string UpdateSuperseded = "update.superseded";
    public const string UpdateShadowed = "update.shadowed";
    public const string UpdateApplied = "update.applied";
    public const string UpdateRefused = "update.refused";
    public const string UpdateWaiting = "update.waiting";
    public const string UpdateUndone = "update.undone";
    public const string FindingDecided = "finding.decided";
    public const string TunableChanged = "tunable.changed";
    public const string ImprovementMoved = "improvement.state";
    public const string UpdateFollowUp = "update.follow_up";
    public const string ChangeVerdict = "change.verdict";
}
