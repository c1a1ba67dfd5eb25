using System.Globalization;
using Workflow.Hosting.Tunables;

namespace Workflow.Feedback.Analyses;

/// <summary>Makes the report of a digest: the numbers and what the four analyses see in them. Pure: the same events give the same report.</summary>
internal static class WorkAnalysis
{
    public static WorkReport Analyze(EventDigest digest, ITunables tunables, int modelSlots = 0) => new(
        digest.FirstId,
        digest.LastId,
        digest.Events,
        [.. digest.Stages.OrderBy(stage => stage.Key, StringComparer.Ordinal).Select(stage => new StageTimes(stage.Key, stage.Value.Count, stage.Value.Quantile(0.5) / 1000, stage.Value.Maximum / 1000))],
        [.. digest.Routes.GroupBy(route => route.Key.Route, StringComparer.Ordinal).OrderBy(route => route.Key, StringComparer.Ordinal)
            .Select(route => new RouteRecord(route.Key, route.Sum(agent => agent.Value.Tried), route.Sum(agent => agent.Value.Answered)))],
        digest.Counts)
    {
        Insights = [.. EfficiencyAnalysis.Find(digest, tunables), .. ErrorAnalysis.Find(digest), .. BottleneckAnalysis.Find(digest, tunables, modelSlots), .. UsageAnalysis.Find(digest, tunables)],
        Notes = [.. Notes(digest)],
    };

    private static IEnumerable<string> Notes(EventDigest digest)
    {
        var exits = digest.Stages.Sum(stage => stage.Value.Count);
        if (exits < EfficiencyAnalysis.MinExits)
            yield return Text($"Too little data to judge the workflow: {exits} of {EfficiencyAnalysis.MinExits} stage exits.");
        if (digest.Questions.Settled < BottleneckAnalysis.MinSamples)
            yield return Text($"Too little data to judge the routing of questions: {digest.Questions.Settled} of {BottleneckAnalysis.MinSamples} settled questions.");
        if (digest.ClockSteps > 0)
            yield return Text($"The clock was set back {digest.ClockSteps} times; times across that count as 0.");
        if (digest.OwnEvents > 0)
            yield return Text($"{digest.OwnEvents} events are about the daemon's own changes and are not counted.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
