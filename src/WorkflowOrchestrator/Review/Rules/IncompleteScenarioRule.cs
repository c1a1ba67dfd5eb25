using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A scenario without trigger or without outcome cannot be tested. OpenSpec's own validation does not look at the steps.</summary>
/// <remarks>Source: OpenSpec's format of scenarios; EARS (Mavin 2009): trigger and response. English texts only.</remarks>
internal sealed class IncompleteScenarioRule : RequirementRule
{
    private static readonly QuestionTemplate NoOutcome = new(QuestionCause.Outcome, "What can be observed at the end of scenario '{scenario}' of '{name}'?");

    private static readonly QuestionTemplate NoTrigger = new(QuestionCause.Trigger, "What sets off scenario '{scenario}' of '{name}'?");

    public override string Id => "scenario-incomplete";

    public override int Number => 2;

    public override string Title => "Scenario without WHEN or THEN";

    public override FindingSeverity Severity => FindingSeverity.Error;

    protected override IEnumerable<RuleHit> Check(ReviewedRequirement requirement)
    {
        foreach (var scenario in requirement.Scenarios)
        {
            var (when, then) = (scenario.Has(StepKeyword.When), scenario.Has(StepKeyword.Then));
            if ((when && then) || scenario.IsUnchanged || !requirement.Document.IsEnglish)
                continue;
            var missing = (when, then) switch { (false, false) => "neither WHEN nor THEN", (false, true) => "no WHEN", _ => "no THEN" };
            // a state that holds all the time needs no trigger, only its precondition
            var severity = then && scenario.Has(StepKeyword.Given) ? FindingSeverity.Warning : Severity;
            yield return RuleHit.On(requirement.Document, scenario.Header, severity, $"The scenario has {missing}: a test would not know {(then ? "what to do" : "what to expect")}.") with
            {
                Suggestion = "Write the steps as \"- **WHEN** …\" and \"- **THEN** …\".",
                Question = (then ? NoTrigger : NoOutcome).Fill(("scenario", Short(scenario.Name)), ("name", Short(requirement.Name))),
            };
        }
    }
}
