using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>More than one WHEN makes a scenario several tests in one: when it fails, nobody knows which.</summary>
/// <remarks>Source: INCOSE Guide to Writing Requirements, "singular"; Paska smell "non-atomic".</remarks>
internal sealed class SeveralTriggersRule : RequirementRule
{
    public override string Id => "several-triggers";

    public override int Number => 4;

    public override string Title => "Several WHENs in one scenario";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override IEnumerable<RuleHit> Check(ReviewedRequirement requirement)
    {
        foreach (var scenario in requirement.Scenarios)
        {
            var count = scenario.Steps.Count(step => step.Keyword == StepKeyword.When);
            if (count > 1 && !scenario.IsUnchanged)
            {
                yield return RuleHit.On(requirement.Document, scenario.Header, Severity, $"The scenario has {count} WHENs: it is several scenarios in one.") with
                {
                    Suggestion = "Write one scenario for each WHEN, or turn preparations into GIVEN.",
                };
            }
        }
    }
}
