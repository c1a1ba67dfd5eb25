namespace Workflow.Changes;

/// <summary>Since when something has been waiting to be read. Times are positions on the monotonic clock.</summary>
/// <param name="First">The first hint since it was last read.</param>
/// <param name="Last">The latest one.</param>
/// <param name="IsAnnounced">A file event was among them; false when only a scan noticed.</param>
internal readonly record struct DirtyMark(TimeSpan First, TimeSpan Last, bool IsAnnounced)
{
    public DirtyMark Again(TimeSpan now, bool isAnnounced) => new(First, now, IsAnnounced || isAnnounced);
}

/// <summary>When to read what was written: after a quiet time, so that a save of several files is one revision; but a writer that never pauses does not put it off for ever. Pure.</summary>
/// <param name="Quiet">Time without a hint.</param>
/// <param name="MaxWait">Longest wait since the first hint.</param>
internal sealed record SettlePolicy(TimeSpan Quiet, TimeSpan MaxWait)
{
    // A file event that is only late (a busy machine) must be able to catch up with the scan that was faster.
    private static readonly TimeSpan LeastUnannounced = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LeastMaxWait = TimeSpan.FromSeconds(3);

    /// <summary>The policy for a quiet time: ten of them, at least three seconds, and even a busy writer is read.</summary>
    public static SettlePolicy For(TimeSpan quiet) => new(quiet, quiet * 10 > LeastMaxWait ? quiet * 10 : LeastMaxWait);

    public TimeSpan DueAt(DirtyMark mark)
    {
        var wait = mark.IsAnnounced || Quiet > LeastUnannounced ? Quiet : LeastUnannounced;
        var (quiet, longest) = (mark.Last + wait, mark.First + MaxWait);
        return quiet < longest ? quiet : longest;
    }

    public bool IsDue(DirtyMark mark, TimeSpan now) => DueAt(mark) <= now;
}

/// <summary>How often to look when file events cannot be had. Pure.</summary>
internal static class PollingPolicy
{
    // At most half a percent of one core.
    private const int ShareOfTime = 200;

    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>Time until the next scan after one that took <paramref name="lastScan"/>.</summary>
    public static TimeSpan Interval(TimeSpan lastScan, TimeSpan reconcileInterval)
    {
        var affordable = lastScan * ShareOfTime;
        var wanted = affordable > Least ? affordable : Least;
        return wanted < reconcileInterval ? wanted : reconcileInterval;
    }
}
