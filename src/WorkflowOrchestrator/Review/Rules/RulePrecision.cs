using System.Collections.Frozen;

namespace Workflow.Review.Rules;

/// <summary>How often a rule was right.</summary>
/// <param name="Right">Labelled hits that are a real problem.</param>
/// <param name="Hits">Labelled hits.</param>
internal sealed record MeasuredPrecision(int Right, int Hits)
{
    public double Share => Hits == 0 ? 1 : (double)Right / Hits;
}

/// <summary>
/// Measured precision of the rules: 254 hits on four public repositories (1,163 requirements), read and labelled one by one. The labels, with the reason of
/// each, are test data (<c>Review/Quality/labels.jsonl</c>), and a test holds this table to them. A rule that is right in fewer than seven of ten cases
/// gives advice only. Rules that are not listed judge form (a scenario without THEN, a capability without a file), not words.
/// </summary>
internal static class RulePrecision
{
    private const double LeastForWarning = 0.7;
    private const int FewestHits = 5;

    private static readonly FrozenDictionary<string, MeasuredPrecision> Table = new Dictionary<string, MeasuredPrecision>(StringComparer.Ordinal)
    {
        ["vague-word"] = new(24, 26),
        ["escape-clause"] = new(14, 18),
        ["open-list"] = new(5, 5),
        ["universal"] = new(0, 4),
        ["passive"] = new(1, 9),
        ["several-shalls"] = new(11, 14),
        ["weak-verb"] = new(7, 13),
        ["vague-time"] = new(3, 4),
        ["weak-modal"] = new(6, 6),
        ["comparative"] = new(4, 6),
        ["long-sentence"] = new(7, 8),
        ["implementation-detail"] = new(11, 15),
        ["placeholder"] = new(0, 1),
        ["pronoun"] = new(1, 1),
        ["several-triggers"] = new(3, 3),
        ["no-failure-scenario"] = new(7, 22),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What was measured; null for rules that were not.</summary>
    public static MeasuredPrecision? Of(string rule) => Table.GetValueOrDefault(rule);

    /// <summary>The severity that a hit may have: a warning has to be earned.</summary>
    public static FindingSeverity Weigh(string rule, FindingSeverity severity) =>
        severity == FindingSeverity.Warning && Of(rule) is { Hits: >= FewestHits } measured && measured.Share < LeastForWarning ? FindingSeverity.Advice : severity;
}
