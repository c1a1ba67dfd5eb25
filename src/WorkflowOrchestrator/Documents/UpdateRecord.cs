using Workflow.Changes;

namespace Workflow.Documents;

/// <summary>Where an update stands in the journal. Stored by name; each step is durable before the next begins.</summary>
internal enum UpdateState
{
    /// <summary>Stored; not yet looked at.</summary>
    Planned,

    /// <summary>Waits for a human: <c>wo approve</c> or <c>wo reject</c>.</summary>
    Held,

    /// <summary>Will be written, but has to wait: old and new bytes are in the store.</summary>
    Journaled,

    /// <summary>The old and the new bytes are durable in the store, and with them every revision on the way: the first document may be changed from now on.</summary>
    BackedUp,

    /// <summary>Every document has its new bytes; the commit waits for git.</summary>
    Written,

    /// <summary>Done: the commit exists, or it is certain that there will be none (<see cref="UpdateRecord.CommitNote"/> says why).</summary>
    Applied,

    /// <summary>Ended: against a rule, or a document cannot be written. Nothing was changed.</summary>
    Refused,

    /// <summary>Ended: a document changed after the plan was made. Nothing was overwritten; plan again on the new revision.</summary>
    Superseded,

    /// <summary>Ended: only recorded, because the mode is <c>shadow</c>.</summary>
    Shadowed,

    /// <summary>Ended: a human said no.</summary>
    Rejected,

    /// <summary>Ended: no longer wanted (the human edited the same passage, or a newer plan took its place).</summary>
    Withdrawn,

    /// <summary>Ended: was applied and has been taken back.</summary>
    Undone,
}

/// <summary>An update and what has become of it.</summary>
internal sealed record UpdateRecord(
    UpdateId Id,
    ChangeId Change,
    RevisionHash Revision,
    UpdateState State,
    UpdateKinds Kinds,
    string Reason,
    string Model,
    DateTimeOffset PlannedAt,
    DateTimeOffset StateAt)
{
    /// <summary>Why it is held, refused, superseded, waiting, rejected or withdrawn; null otherwise.</summary>
    public string? StateReason { get; init; }

    /// <summary>What it changes, by document.</summary>
    public IReadOnlyList<UpdatedFile> Files { get; init; } = [];

    public IReadOnlyList<string> QuestionIds { get; init; } = [];

    /// <summary>The revision that the change has after it; null until it is known.</summary>
    public RevisionHash? NewRevision { get; init; }

    /// <summary>Hash of its commit; null when there is none.</summary>
    public string? Commit { get; init; }

    /// <summary>Why there is no commit although it is applied, or what git said last.</summary>
    public string? CommitNote { get; init; }

    /// <summary>Who approved or rejected it.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>Who changed the planned text before approving it.</summary>
    public string? EditedBy { get; init; }

    /// <summary>When it reached the documents; null when it has not.</summary>
    public DateTimeOffset? AppliedAt { get; init; }

    public UpdateId? Undoes { get; init; }

    public UpdateId? UndoneBy { get; init; }

    /// <summary>Which missing folders it may create.</summary>
    public MissingFolders MayCreate => IsNewChange ? MissingFolders.CreateChange : MissingFolders.CreateBelowChange;

    /// <summary>It creates its change.</summary>
    public bool IsNewChange => (Kinds & UpdateKinds.NewChange) != UpdateKinds.None;

    /// <summary>Nothing will happen to it any more by itself.</summary>
    public bool IsEnded => State is UpdateState.Applied or UpdateState.Refused or UpdateState.Superseded or UpdateState.Shadowed
        or UpdateState.Rejected or UpdateState.Withdrawn or UpdateState.Undone;
}

/// <summary>One document of an update.</summary>
/// <param name="Path">Relative to the change's folder.</param>
/// <param name="BaseHash">SHA-256 of the old bytes; null: it did not exist.</param>
/// <param name="NewHash">SHA-256 of the new bytes; null: it is deleted (only an undo of a creation does that), or not known yet.</param>
/// <param name="LinesAdded">Lines that are new.</param>
/// <param name="LinesRemoved">Lines that are gone.</param>
internal sealed record UpdatedFile(string Path, string? BaseHash, string? NewHash, int LinesAdded, int LinesRemoved);
