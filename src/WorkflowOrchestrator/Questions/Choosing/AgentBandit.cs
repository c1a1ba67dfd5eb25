namespace Workflow.Questions.Choosing;

/// <summary>An agent that could be asked, and how it did so far with questions of this kind.</summary>
/// <param name="AgentId">Its id.</param>
/// <param name="Successes">Answers that were accepted.</param>
/// <param name="Failures">Answers that were not.</param>
/// <param name="Silences">Times that nothing usable came.</param>
/// <param name="Load">Questions that it works on now.</param>
internal sealed record Contender(string AgentId, double Successes, double Failures, double Silences, double Load);

/// <summary>
/// Decides whom to ask first: Thompson sampling. Each agent draws from what its record makes likely (a beta distribution), the highest draw goes first; so
/// the better agent is asked more often and the unknown one gets its chances. Every agent keeps a floor share of first places, so that one that has
/// become better is found out. The same questions with the same random source give the same order. Pure.
/// </summary>
internal static class AgentBandit
{
    /// <summary>Share of first places that every agent gets whatever its record, as long as all floors together take no more than <see cref="MostFloor"/>.</summary>
    public const double FloorShare = 0.05;

    /// <summary>Most of all first places that may go to floors.</summary>
    public const double MostFloor = 0.5;

    // Silence is half a failure: it costs time, but misleads nobody.
    private const double SilenceWeight = 0.5;

    // Five waiting questions halve an agent's draw.
    private const double LoadWeight = 0.2;

    /// <summary>The floor share with so many agents.</summary>
    public static double FloorFor(int agents) => agents == 0 ? 0 : Math.Min(FloorShare, MostFloor / agents);

    /// <summary>All contenders, whom to ask first in front.</summary>
    public static IReadOnlyList<string> Order(IReadOnlyList<Contender> contenders, Random random)
    {
        if (contenders.Count == 0)
            return [];
        var sorted = contenders.OrderBy(contender => contender.AgentId, StringComparer.Ordinal).ToList(); // the caller's order must not count
        var turn = random.NextDouble();
        var drawn = sorted.Select(contender => (contender.AgentId, Draw: Draw(contender, random))).ToList();
        var floor = FloorFor(sorted.Count);
        var first = turn < floor * sorted.Count ? sorted[Math.Min((int)(turn / floor), sorted.Count - 1)].AgentId : null;
        return [.. drawn
            .OrderByDescending(pair => pair.AgentId == first)
            .ThenByDescending(pair => pair.Draw)
            .ThenBy(pair => pair.AgentId, StringComparer.Ordinal)
            .Select(pair => pair.AgentId)];
    }

    private static double Draw(Contender contender, Random random)
    {
        var successes = 1 + Math.Max(0, contender.Successes);
        var failures = 1 + Math.Max(0, contender.Failures) + (SilenceWeight * Math.Max(0, contender.Silences));
        return Beta(successes, failures, random) / (1 + (LoadWeight * Math.Max(0, contender.Load)));
    }

    private static double Beta(double a, double b, Random random)
    {
        var x = Gamma(a, random);
        var y = Gamma(b, random);
        return x + y > 0 ? x / (x + y) : 0.5;
    }

    // Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); the shape here is never below 1.
    private static double Gamma(double shape, Random random)
    {
        var d = shape - (1.0 / 3.0);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
                return d * v;
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
