using System.Globalization;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Analyses;

/// <summary>Workflow efficiency: where the time of a revision goes, how much of it is waiting, how much work is done twice. Pure.</summary>
internal static class EfficiencyAnalysis
{
    /// <summary>Stage exits without which nothing is said.</summary>
    public const int MinExits = 20;

    // A greater share of revisions that nobody needed is worth an experiment.
    private const double MuchOvertaken = 0.2;

    // More revisions a change than this is worth saying.
    private const double MuchRework = 3;

    public static IEnumerable<Insight> Find(EventDigest digest, ITunables tunables)
    {
        var total = digest.Stages.Sum(stage => stage.Value.Sum);
        if (total > 0 && digest.Stages.Sum(stage => stage.Value.Count) >= MinExits)
        {
            var (slowest, times) = digest.Stages.MaxBy(stage => stage.Value.Sum);
            var waiting = digest.Stages.Where(stage => stage.Key is "AwaitingAnswers" or "AwaitingReview" or "Parked").Sum(stage => stage.Value.Sum);
            yield return new Insight(
                AnalysisNames.Efficiency,
                "critical_path",
                slowest,
                Text($"{times.Sum / total:0%} of the time of all revisions is spent in {slowest}; {waiting / total:0%} is waiting for answers or for a person."),
                [
                    new Fact("share of all time", times.Sum / total, ""),
                    new Fact("share that is waiting", waiting / total, ""),
                    new Fact("times left", times.Count, ""),
                    new Fact("median", times.Quantile(0.5) / 1000, "s"),
                    new Fact("95th percentile", times.Quantile(0.95) / 1000, "s"),
                ]);
        }

        if (Overtaken(digest, tunables.Integer(Tunable.SettleMilliseconds)) is { } overtaken)
            yield return overtaken;
        var changes = digest.RevisionsByChange.Count;
        var revisions = digest.RevisionsByChange.Sum();
        if (changes >= 5 && revisions > MuchRework * changes)
        {
            yield return new Insight(
                AnalysisNames.Efficiency,
                "rework",
                "revisions",
                Text($"A change is saved {(double)revisions / changes:0.0} times on average; each time it is reviewed again."),
                [new Fact("changes", changes, ""), new Fact("revisions", revisions, ""), new Fact("reviews", digest.Count(EventTypes.ReviewCompleted), "")]);
        }
    }

    // Most reviews of a file that is still being written are for nothing: twice the quiet time spares about half of them.
    private static Insight? Overtaken(EventDigest digest, int settle)
    {
        var all = digest.Overtaken + digest.Finished;
        var share = all == 0 ? 0 : (double)digest.Overtaken / all;
        if (all < MinExits || share < MuchOvertaken)
            return null;
        var to = Math.Min(Tunable.SettleMilliseconds.Maximum, Math.Max(2 * settle, Tunable.SettleMilliseconds.Minimum));
        return new Insight(
            AnalysisNames.Efficiency,
            "overtaken",
            Tunable.SettleMilliseconds.Name,
            Text($"{digest.Overtaken} of {all} revisions were overtaken by the next save: their work was for nothing. A file is read {settle} ms after its last event."),
            [new Fact("overtaken", digest.Overtaken, ""), new Fact("finished", digest.Finished, ""), new Fact("quiet time", settle, "ms")])
        {
            Step = to > settle ? new TuningStep(Tunable.SettleMilliseconds.Name, settle, to, ((1 - (share / 2)) / (1 - Math.Min(share, 0.9))) - 1) : null,
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
