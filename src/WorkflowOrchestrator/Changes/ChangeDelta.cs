namespace Workflow.Changes;

/// <summary>Why a change is not in the changes folder. Stored by name.</summary>
internal enum GoneKind
{
    /// <summary>Moved to <c>archive/</c>.</summary>
    Archived,

    /// <summary>The same documents stand there under another name.</summary>
    Renamed,

    Deleted,

    /// <summary>The folder is left, its documents are not (a checkout leaves ignored files behind).</summary>
    Emptied,

    /// <summary>The whole changes folder is away or unreadable: nothing is known about this change until it is back.</summary>
    RootAway,

    /// <summary>The daemon is about to write it for the first time.</summary>
    Announced,
}

/// <summary>Why a change is gone, and where to.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Detail">The name of the archive folder, the new name, or what happened to the root.</param>
internal sealed record GoneReason(GoneKind Kind, string? Detail = null)
{
    public static GoneReason Deleted { get; } = new(GoneKind.Deleted);

    public static GoneReason Emptied { get; } = new(GoneKind.Emptied);

    public override string ToString() => Kind switch
    {
        GoneKind.Archived => $"archived as {Detail}",
        GoneKind.Renamed => $"renamed to {Detail}",
        GoneKind.Deleted => "deleted",
        GoneKind.Emptied => "its documents were deleted",
        GoneKind.RootAway => $"the changes folder is away: {Detail}",
        GoneKind.Announced => "not written yet",
        _ => throw new InvalidOperationException($"Unknown reason {Kind}."),
    };
}

/// <summary>What the store knows about a change.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Revision">The revision last seen on disk.</param>
/// <param name="Gone">Why it is not present; null while it is.</param>
/// <param name="LastSeen">When that revision, or its going, was recorded.</param>
/// <param name="Problems">What was not read.</param>
internal sealed record KnownChange(ChangeId Id, RevisionHash Revision, GoneReason? Gone, DateTimeOffset LastSeen, IReadOnlyList<ChangeProblem> Problems)
{
    public bool IsPresent => Gone is null;
}

/// <summary>A folder of the archive that may be where a change went.</summary>
/// <param name="Name">For example <c>2026-02-28-add-login</c>.</param>
/// <param name="Revision">The hash of its documents.</param>
internal sealed record ArchivedFolder(string Name, RevisionHash Revision);

/// <summary>A difference between what the store knows and what is on disk.</summary>
internal abstract record ChangeDelta(ChangeId Id)
{
    /// <summary>The documents are not those last seen: a new change, a save, or a return with other bytes.</summary>
    /// <param name="Change">What was found.</param>
    /// <param name="IsFirst">The store knows no change of this name.</param>
    internal sealed record NewRevision(ScannedChange Change, bool IsFirst = false) : ChangeDelta(Change.Id);

    /// <summary>A change that was gone is back with the bytes that it had.</summary>
    internal sealed record Returned(ScannedChange Change) : ChangeDelta(Change.Id);

    /// <summary>It is not there any more, or the reason is known better now.</summary>
    internal sealed record Gone(ChangeId Id, GoneReason Reason) : ChangeDelta(Id);

    /// <summary>The same documents, but other things beside them cannot be read.</summary>
    internal sealed record ProblemsChanged(ScannedChange Change) : ChangeDelta(Change.Id);
}
