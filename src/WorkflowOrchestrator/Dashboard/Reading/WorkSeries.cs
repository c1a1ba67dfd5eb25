using System.Runtime.InteropServices;
using Workflow.Feedback.Experiments;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Dashboard.Reading;

/// <summary>What a tunable is measured by, over the time around the moment at which its value changed.</summary>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Times">Middle of each interval, seconds since 1970.</param>
/// <param name="Values">Value of each interval; null when nothing was done in it.</param>
/// <param name="ChangedAt">The moment, seconds since 1970.</param>
/// <param name="Before">Mean of the time before; null when nothing was done.</param>
/// <param name="After">Mean of the time after.</param>
internal sealed record WorkSeries(string Unit, IReadOnlyList<long> Times, IReadOnlyList<double?> Values, long ChangedAt, double? Before, double? After)
{
    private const int Intervals = 48;

    /// <summary>Folds events. Pure.</summary>
    /// <param name="tunable">What was moved.</param>
    /// <param name="events">What happened, oldest first.</param>
    /// <param name="changedAt">When the new value came into force.</param>
    /// <param name="end">When it went out of force again, or the present.</param>
    public static WorkSeries? Of(Tunable tunable, IReadOnlyList<WorkflowEvent> events, DateTimeOffset changedAt, DateTimeOffset end)
    {
        var inside = events.Where(happened => happened.At < end).ToList();
        if (inside.Count == 0 || end <= changedAt)
            return null;
        var start = inside[0].At < changedAt ? inside[0].At : changedAt;
        var step = (end - start) / Intervals;
        if (step <= TimeSpan.Zero)
            return null;
        var counts = new Tally[Intervals];
        var (before, after) = (default(Tally), default(Tally));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var happened in inside)
        {
            var (sign, key) = WorkMeter.Read(tunable, happened);
            if (sign is WorkSign.None or WorkSign.Came || !seen.Add($"{sign} {key}"))
                continue;
            var one = sign == WorkSign.Done ? new Tally(1, 0) : new Tally(0, 1);
            counts[Math.Min(Intervals - 1, (int)((happened.At - start) / step))] += one;
            if (happened.At < changedAt)
                before += one;
            else
                after += one;
        }

        var isShare = tunable.Measure != TunableMeasure.Throughput;
        double? Value(Tally tally, TimeSpan span) => isShare ? tally.Share : tally.Done / Math.Max(span.TotalMinutes, 1e-9);
        return new WorkSeries(
            isShare ? "share" : "per minute",
            [.. Enumerable.Range(0, Intervals).Select(i => (start + (step * (i + 0.5))).ToUnixTimeSeconds())],
            [.. counts.Select(tally => Value(tally, step))],
            changedAt.ToUnixTimeSeconds(),
            before.All == 0 ? null : Value(before, changedAt - start),
            after.All == 0 ? null : Value(after, end - changedAt));
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Tally(int Done, int Failed)
    {
        public int All => Done + Failed;

        public double? Share => All == 0 ? null : (double)Done / All;

        public static Tally operator +(Tally left, Tally right) => new(left.Done + right.Done, left.Failed + right.Failed);
    }
}
