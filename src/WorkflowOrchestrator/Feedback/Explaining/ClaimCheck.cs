using System.Globalization;
using System.Text.RegularExpressions;
using Workflow.Feedback.Analyses;

namespace Workflow.Feedback.Explaining;

/// <summary>Holds what a model says about an insight to the insight's own numbers. Pure.</summary>
internal static partial class ClaimCheck
{
    /// <summary>Whether every figure of a text stands in the evidence: as it is, rounded, as a percentage of a share, or in the summary that was made of it.</summary>
    public static bool Holds(string text, Insight insight)
    {
        foreach (Match figure in Figure().Matches(text))
        {
            if (!IsEvident(figure, insight))
                return false;
        }

        return true;
    }

    private static bool IsEvident(Match figure, Insight insight)
    {
        var digits = figure.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal).TrimEnd('.');
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var said))
            return false;
        var decimals = digits.Contains('.', StringComparison.Ordinal) ? digits.Length - digits.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        var isShare = figure.Groups["percent"].Success;
        return insight.Evidence.Any(fact => IsSame(isShare ? fact.Value * 100 : fact.Value, said, decimals))
            || (insight.Step is { } step && !isShare && (IsSame(step.From, said, decimals) || IsSame(step.To, said, decimals)))
            || Figure().Matches(insight.Summary).Any(known => known.Value == figure.Value);
    }

    // 0.47 is 0.5 to one decimal: as it would be said.
    private static bool IsSame(double value, double said, int decimals) => decimals <= 6 && Math.Abs(value - said) <= 0.5 * Math.Pow(10, -decimals) + 1e-9;

    [GeneratedRegex(@"(?<number>\p{Nd}[\p{Nd}.,]*)\s*(?<percent>%|percent\b|per cent\b)?", RegexOptions.CultureInvariant)]
    private static partial Regex Figure();
}
