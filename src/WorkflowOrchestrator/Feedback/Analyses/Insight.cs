namespace Workflow.Feedback.Analyses;

/// <summary>One number that an insight rests on.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit; empty for a count.</param>
internal sealed record Fact(string Name, double Value, string Unit);

/// <summary>A value of a tunable that may be better.</summary>
/// <param name="Tunable">Name of the tunable.</param>
/// <param name="From">The value now.</param>
/// <param name="To">The value to try.</param>
/// <param name="ExpectedGain">Gain in the tunable's metric that the numbers let expect, as a share.</param>
internal sealed record TuningStep(string Tunable, double From, double To, double ExpectedGain);

/// <summary>Something that an analysis found, with the numbers that a person can check.</summary>
/// <param name="Analysis">efficiency, errors, bottlenecks or usage.</param>
/// <param name="Kind">What it is, for programs.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Summary">One sentence for people.</param>
/// <param name="Evidence">The numbers.</param>
internal sealed record Insight(string Analysis, string Kind, string Subject, string Summary, IReadOnlyList<Fact> Evidence)
{
    /// <summary>What may help, when it is a tunable.</summary>
    public TuningStep? Step { get; init; }

    /// <summary>Why it matters, in a model's words that were checked against the evidence; null without.</summary>
    public string? Explanation { get; init; }
}

/// <summary>The names of the four analyses.</summary>
internal static class AnalysisNames
{
    public const string Efficiency = "efficiency";
    public const string Errors = "errors";
    public const string Bottlenecks = "bottlenecks";
    public const string Usage = "usage";
}
