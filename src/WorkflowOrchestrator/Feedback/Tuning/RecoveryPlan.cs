namespace Workflow.Feedback.Tuning;

/// <summary>A change of a tunable that has to be taken back before work begins.</summary>
/// <param name="Change">The change.</param>
/// <param name="To">The value before it; null: the user's setting.</param>
internal sealed record ChangeToRevert(TunableChange Change, double? To);

/// <summary>Decides what is taken back after the process was ended by force. Pure.</summary>
internal static class RecoveryPlan
{
    /// <summary>A change this short before the end may be why the process died.</summary>
    public static readonly TimeSpan Suspicious = TimeSpan.FromMinutes(10);

    /// <summary>What has to be taken back.</summary>
    /// <param name="changes">The journal.</param>
    /// <param name="lastSign">When the process was last known to live.</param>
    /// <param name="endedByForce">The last run has no end in the store.</param>
    public static IReadOnlyList<ChangeToRevert> After(IReadOnlyList<TunableChange> changes, DateTimeOffset lastSign, bool endedByForce)
    {
        if (!endedByForce)
            return [];
        var suspects = new List<ChangeToRevert>();
        foreach (var mine in changes.GroupBy(change => change.Tunable, StringComparer.Ordinal))
        {
            var last = mine.Last();
            if (last.To is not null && (!last.Settled || (last.At <= lastSign && lastSign - last.At < Suspicious)))
                suspects.Add(new ChangeToRevert(last, Before(mine, last)));
        }

        return suspects;
    }

    // The value of the change before it, when that one stayed; otherwise the user's setting.
    private static double? Before(IEnumerable<TunableChange> changes, TunableChange last) =>
        changes.LastOrDefault(change => change.Seq < last.Seq) is { Settled: true } before ? before.To : null;
}
