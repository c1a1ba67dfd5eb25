using System.Globalization;
using Workflow.Storage;

namespace Workflow.Feedback.Analyses;

/// <summary>Workflow efficiency: where the time of a revision goes, how much of it is waiting, how much work is done twice. Pure.</summary>
internal static class EfficiencyAnalysis
{
    /// <summary>Stage exits without which nothing is said.</summary>
    public const int MinExits = 20;

    // More revisions a change than this is worth saying.
    private const double MuchRework = 3;

    public static IEnumerable<Insight> Find(EventDigest digest)
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

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
