namespace Workflow.Changes;

/// <summary>Ids of this room's log events (200-299); a number is never reused or given another meaning.</summary>
internal static class ChangeEventIds
{
    public static readonly EventId FirstScan = new(200, nameof(FirstScan));
    public static readonly EventId RevisionFound = new(201, nameof(RevisionFound));
    public static readonly EventId ChangeGone = new(202, nameof(ChangeGone));
    public static readonly EventId ChangeReturned = new(203, nameof(ChangeReturned));
    public static readonly EventId ProblemsFound = new(204, nameof(ProblemsFound));
    public static readonly EventId RootState = new(205, nameof(RootState));
    public static readonly EventId ManyDifferences = new(206, nameof(ManyDifferences));
    public static readonly EventId WatcherRearmed = new(210, nameof(WatcherRearmed));
    public static readonly EventId WatcherMissed = new(211, nameof(WatcherMissed));
    public static readonly EventId WatcherBroken = new(212, nameof(WatcherBroken));
    public static readonly EventId Polling = new(213, nameof(Polling));
}
