using System.Globalization;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Analyses;

/// <summary>Bottlenecks: which resource is used up while work waits for it. Pure.</summary>
internal static class BottleneckAnalysis
{
    /// <summary>Settled questions, or stage exits, without which nothing is said.</summary>
    public const int MinSamples = 20;

    // The routes work on at least half of what the limit allows (a slot is also held while answers are stored), and at least as much as half the limit waits: then the
    // limit may be what limits, and an experiment will tell.
    private const double Saturated = 0.5;
    private const double Queueing = 0.5;

    /// <summary>What holds the work up.</summary>
    /// <param name="digest">The events.</param>
    /// <param name="tunables">The limits in force.</param>
    /// <param name="modelSlots">Calls that the model server can work on at the same time; 0 without one.</param>
    public static IEnumerable<Insight> Find(EventDigest digest, ITunables tunables, int modelSlots = 0) =>
        new[]
        {
            Questions(digest, tunables.Integer(Tunable.MaxConcurrentQuestions)),
            Changes(digest, tunables.Integer(Tunable.MaxConcurrentChanges)),
            Calls(digest, tunables.Integer(Tunable.MaxConcurrentCalls), modelSlots),
        }.OfType<Insight>();

    private static Insight? Questions(EventDigest digest, int limit)
    {
        var flow = digest.Questions;
        if (flow.Settled < MinSamples || flow.InFlight < Saturated * limit || flow.Waiting < Queueing * limit)
            return null;
        return new Insight(
            AnalysisNames.Bottlenecks,
            "saturated",
            Tunable.MaxConcurrentQuestions.Name,
            Text($"{flow.InFlight:0.0} of {limit} questions were in flight while {flow.Waiting:0.0} waited: the limit of {limit} holds the work up, not the agents."),
            [
                new Fact("limit", limit, ""),
                new Fact("in flight, mean", flow.InFlight, ""),
                new Fact("waiting, mean", flow.Waiting, ""),
                new Fact("wait for a slot, median", flow.Wait.Quantile(0.5), "ms"),
                new Fact("time of work, median", flow.Service.Quantile(0.5), "ms"),
                new Fact("questions", flow.Settled, ""),
            ])
        {
            Step = Suggest(Tunable.MaxConcurrentQuestions, limit, flow.InFlight + flow.Waiting),
        };
    }

    private static Insight? Changes(EventDigest digest, int limit)
    {
        if (!digest.Stages.TryGetValue("Detected", out var queue) || !digest.Stages.TryGetValue("Reviewing", out var work) || queue.Count < MinSamples)
            return null;
        if (queue.Quantile(0.5) < Math.Max(1000, 2 * work.Quantile(0.5)))
            return null;
        return new Insight(
            AnalysisNames.Bottlenecks,
            "saturated",
            Tunable.MaxConcurrentChanges.Name,
            Text($"A revision waits {queue.Quantile(0.5) / 1000:0.0} s for its turn and is reviewed in {work.Quantile(0.5) / 1000:0.0} s (medians): at most {limit} changes are worked on at a time."),
            [
                new Fact("limit", limit, ""),
                new Fact("wait for a turn, median", queue.Quantile(0.5), "ms"),
                new Fact("review, median", work.Quantile(0.5), "ms"),
                new Fact("revisions", queue.Count, ""),
            ])
        {
            Step = Suggest(Tunable.MaxConcurrentChanges, limit, 2 * limit),
        };
    }

    // Calls wait for a turn although the server has slots that nobody uses.
    private static Insight? Calls(EventDigest digest, int limit, int slots)
    {
        var (calls, waits) = digest.ModelTime;
        if (digest.Count(EventTypes.ReviewCompleted) < MinSamples || slots <= limit || waits < Queueing * calls)
            return null;
        return new Insight(
            AnalysisNames.Bottlenecks,
            "saturated",
            Tunable.MaxConcurrentCalls.Name,
            Text($"Calls to the model took {calls / 1000:0.0} s and waited {waits / 1000:0.0} s for their turn: {limit} at a time are allowed, and the server has {slots} slots."),
            [
                new Fact("limit", limit, ""),
                new Fact("slots of the server", slots, ""),
                new Fact("time of calls", calls / 1000, "s"),
                new Fact("time waited for a turn", waits / 1000, "s"),
                new Fact("reviews", digest.Count(EventTypes.ReviewCompleted), ""),
            ])
        {
            Step = Suggest(Tunable.MaxConcurrentCalls, limit, Math.Min(slots, limit * (1 + (waits / Math.Max(1, calls))))),
        };
    }

    // Twice as many at most, and no more than there is work for: a bold step is a step whose effect nobody has seen yet.
    private static TuningStep? Suggest(Tunable tunable, int limit, double demand)
    {
        var to = Math.Min(Math.Min(tunable.Maximum, 2 * limit), Math.Max(limit + 1, Math.Ceiling(demand)));
        return to > limit ? new TuningStep(tunable.Name, limit, to, (Math.Min(to, demand) / limit) - 1) : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
