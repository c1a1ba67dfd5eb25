using OpenSpec.Editing;
using Workflow.Feedback.Analyses;
using Workflow.Review;

namespace Workflow.Feedback.Improvements;

/// <summary>
/// The OpenSpec change that proposes a rule for the team's own <c>openspec/config.yaml</c>, which every author and assistant gets to read before writing. The daemon
/// does not touch that file; a person does. Pure.
/// </summary>
internal static class TeamRuleDraft
{
    /// <summary>Kind of the improvement.</summary>
    public const string Kind = "team_rule";

    private const int MaxRule = 300;

    public static Improvement Improvement(RuleVerdicts rule, string environment, DateTimeOffset now) => new(
        $"improve-rule-{ChangeWriter.IdFrom(rule.Rule)}", $"{Kind} {rule.Rule}", Kind, $"Tell authors beforehand what {rule.Rule} finds", ImprovementState.Proposed, 0, environment, now, now);

    /// <summary>The line for <c>config.yaml</c>.</summary>
    public static string RuleText(RuleVerdicts rule)
    {
        var line = string.Join(' ', rule.Advice.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace('"', '\'').Replace('`', '\'').Replace("\\", "", StringComparison.Ordinal);
        return line.Length <= MaxRule ? line : line[..MaxRule];
    }

    public static NewChange Change(Improvement improvement, RuleVerdicts rule, Insight insight, DateOnly today) => new(
        improvement.Id,
        today,
        improvement.Title,
        $"{insight.Summary} A rule in openspec/config.yaml is shown to whoever writes the next change.",
        [$"`openspec/config.yaml` gets one rule for {rule.Artifact}; no requirement changes."],
        [],
        [new NewTaskGroup("Decide", ["Add the rule below to openspec/config.yaml, in the team's own words; verified by `openspec validate --all`", $"`wo improvement approve {improvement.Id}`, or `wo improvement revert {improvement.Id}` when the team does not want it; verified by `wo improvements`"])])
    {
        MoreSections =
        [
            ("Rule", $"```yaml\nrules:\n  {rule.Artifact}:\n    - \"{RuleText(rule)}\"\n```"),
            ("Evidence", string.Join('\n', insight.Evidence.Select(fact => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"- {fact.Name}: {fact.Value:0}")))),
            ("Undo", "Remove the rule from openspec/config.yaml."),
        ],
        Metadata = [(ImprovementDraft.OriginKey, ImprovementDraft.Origin), ("workflow_improvement", improvement.Id)],
    };
}
