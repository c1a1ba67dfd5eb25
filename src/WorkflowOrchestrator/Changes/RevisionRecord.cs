namespace Workflow.Changes;

/// <summary>Names a revision: the key of all work.</summary>
internal readonly record struct RevisionKey(ChangeId Change, RevisionHash Revision)
{
    public override string ToString() => $"{Change}@{Revision.Short}";
}

/// <summary>A revision and where it stands.</summary>
/// <param name="Change">The change.</param>
/// <param name="Hash">The revision.</param>
/// <param name="Origin">Who made it.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Reason">Why it is parked or waits.</param>
/// <param name="Attempts">Failed attempts at this stage.</param>
/// <param name="DetectedAt">When it was first seen (or announced by the daemon), or last restarted.</param>
/// <param name="StageAt">When it reached its stage.</param>
internal sealed record RevisionRecord(
    ChangeId Change,
    RevisionHash Hash,
    RevisionOrigin Origin,
    ChangeStage Stage,
    string? Reason,
    int Attempts,
    DateTimeOffset DetectedAt,
    DateTimeOffset StageAt)
{
    public RevisionKey Key => new(Change, Hash);
}

/// <summary>A change as <c>wo changes</c> and <c>wo show</c> list it.</summary>
/// <param name="Change">What is known about it.</param>
/// <param name="OnDisk">Its revision on disk now, or last seen there.</param>
/// <param name="Work">The revision that the work is about: the last one made by a human (or the daemon's own when there is no other).</param>
/// <param name="FirstSeen">When it was first seen.</param>
internal sealed record ChangeSummary(KnownChange Change, RevisionRecord OnDisk, RevisionRecord Work, DateTimeOffset FirstSeen);
