using Workflow.Changes;
using Workflow.Documents;
using Workflow.Review;

namespace Workflow.Mcp;

/// <summary>One entry of <c>list_changes</c>: a change and where the work on it stands.</summary>
/// <param name="Stage">Stage of the revision that the work is about.</param>
/// <param name="Reason">Why it is parked or waits.</param>
/// <param name="Revision">The revision that the work is about.</param>
/// <param name="RevisionOnDisk">What is on disk now; differs when the daemon has written since.</param>
/// <param name="Gone">Why it is not in the changes folder; null while it is.</param>
/// <param name="OpenQuestions">Questions without an answer.</param>
/// <param name="HeldUpdates">Updates that wait for approval.</param>
/// <param name="Problems">Files that were not read, and why.</param>
internal sealed record ChangeItem(
    string Change,
    ChangeStage Stage,
    string? Reason,
    int Attempts,
    string Revision,
    string RevisionOnDisk,
    string? Gone,
    FindingCounts Findings,
    int OpenQuestions,
    int HeldUpdates,
    IReadOnlyList<string> Problems,
    DateTimeOffset FirstSeen,
    DateTimeOffset StageSince);

/// <summary>Open findings by severity.</summary>
internal sealed record FindingCounts(int Error, int Warning, int Advice)
{
    public static FindingCounts Of(IReadOnlyList<TrackedFinding> findings) =>
        new(Count(findings, FindingSeverity.Error), Count(findings, FindingSeverity.Warning), Count(findings, FindingSeverity.Advice));

    private static int Count(IReadOnlyList<TrackedFinding> findings, FindingSeverity severity) =>
        findings.Count(tracked => tracked.Status == FindingStatus.Open && tracked.Finding.Severity == severity);
}

/// <summary>Result of <c>list_changes</c>.</summary>
internal sealed record ChangeListResult(IReadOnlyList<ChangeItem> Changes);

/// <summary>Result of <c>get_change</c>.</summary>
internal sealed record ChangeResult(ChangeItem Change, IReadOnlyList<FindingItem> Findings, IReadOnlyList<QuestionItem> Questions, IReadOnlyList<UpdateItem> Updates);

internal sealed record FindingItem(
    string FindingId,
    string Rule,
    FindingSeverity Severity,
    FindingStatus Status,
    string Path,
    int? Line,
    string Quote,
    string Message,
    string? Suggestion,
    string? Capability,
    string? Requirement)
{
    public static FindingItem From(TrackedFinding tracked) => new(
        tracked.Finding.Id,
        tracked.Finding.RuleId,
        tracked.Finding.Severity,
        tracked.Status,
        tracked.Finding.Path,
        tracked.Finding.Line,
        tracked.Finding.Quote,
        tracked.Finding.Message,
        tracked.Finding.Suggestion,
        tracked.Finding.Capability,
        tracked.Finding.Requirement);
}

/// <summary>An update in the results of tools.</summary>
/// <param name="Kinds">What it is made of.</param>
/// <param name="StateReason">Why it is held, refused, superseded, waiting, rejected or withdrawn.</param>
internal sealed record UpdateItem(
    string UpdateId,
    string Change,
    string Revision,
    UpdateState State,
    string? StateReason,
    IReadOnlyList<string> Kinds,
    string Reason,
    string Model,
    IReadOnlyList<UpdateFileItem> Files,
    IReadOnlyList<string> Questions,
    string? NewRevision,
    string? Commit,
    string? CommitNote,
    string? DecidedBy,
    string? EditedBy,
    string? Undoes,
    string? UndoneBy,
    DateTimeOffset PlannedAt,
    DateTimeOffset StateSince)
{
    public static UpdateItem From(UpdateRecord update) => new(
        update.Id.Value,
        update.Change.Value,
        update.Revision.Value,
        update.State,
        update.StateReason,
        [.. Enum.GetValues<UpdateKinds>().Where(kind => kind != UpdateKinds.None && update.Kinds.HasFlag(kind)).Select(ToolResults.NameOf)],
        update.Reason,
        update.Model,
        [.. update.Files.Select(file => new UpdateFileItem(file.Path, file.LinesAdded, file.LinesRemoved, file.BaseHash, file.NewHash))],
        update.QuestionIds,
        update.NewRevision?.Value,
        update.Commit,
        update.CommitNote,
        update.DecidedBy,
        update.EditedBy,
        update.Undoes?.Value,
        update.UndoneBy?.Value,
        update.PlannedAt,
        update.StateAt);
}

internal sealed record UpdateFileItem(string Path, int LinesAdded, int LinesRemoved, string? BaseHash, string? NewHash);

/// <summary>Result of <c>list_updates</c>, newest first.</summary>
internal sealed record UpdateListResult(IReadOnlyList<UpdateItem> Updates);

/// <summary>Result of <c>get_update</c>.</summary>
/// <param name="Diff">What it changes (or would change, or changed), as a unified diff.</param>
/// <param name="Texts">Its documents before and after, when they were asked for.</param>
internal sealed record UpdateResult(UpdateItem Update, string Diff, IReadOnlyList<UpdateTextItem> Texts);

/// <summary>Result of <c>approve_update</c>, <c>reject_update</c> and <c>undo_update</c>: the update as it stands now; for an undo the new one.</summary>
internal sealed record UpdateDecisionResult(UpdateItem Update);
