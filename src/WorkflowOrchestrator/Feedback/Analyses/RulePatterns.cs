using System.Globalization;
using Workflow.Review;

namespace Workflow.Feedback.Analyses;

/// <summary>Patterns over many changes: what people keep correcting, and what they keep dismissing. Pure.</summary>
internal static class RulePatterns
{
    /// <summary>Accepted findings of one kind before it is a pattern of the team.</summary>
    public const int MinAccepted = 10;

    /// <summary>Kind of the insight that becomes a proposal for <c>openspec/config.yaml</c>.</summary>
    public const string TeamRule = "team_rule";

    public const string QuietRule = "quiet_rule";

    public static IEnumerable<Insight> Find(IReadOnlyList<RuleVerdicts> rules)
    {
        foreach (var rule in rules)
        {
            if (rule.Accepted >= MinAccepted && rule.Accepted > rule.Dismissed && rule.Advice.Length > 0)
            {
                yield return new Insight(
                    AnalysisNames.Usage,
                    TeamRule,
                    rule.Rule,
                    Text($"{rule.Accepted} findings of {rule.Rule} were put right in {rule.Changes} changes ({rule.Dismissed} dismissed): authors would be helped by knowing it before they write."),
                    Facts(rule));
            }
            else if (rule.IsQuiet)
            {
                yield return new Insight(
                    AnalysisNames.Usage,
                    QuietRule,
                    rule.Rule,
                    Text($"{rule.Rule} was dismissed {rule.Dismissed} times and accepted {rule.Accepted} times: it only gives advice here and asks nothing. Effect so far: {rule.Quieted} findings shown as advice instead of a warning."),
                    [.. Facts(rule), new Fact("shown as advice since", rule.Quieted, "")]);
            }
        }
    }

    private static Fact[] Facts(RuleVerdicts rule) => [new("accepted", rule.Accepted, ""), new("dismissed", rule.Dismissed, ""), new("changes", rule.Changes, "")];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
