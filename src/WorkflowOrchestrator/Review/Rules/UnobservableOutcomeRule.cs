using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A THEN of one or two words, such as "it works", says nothing that a test can see.</summary>
/// <remarks>Source: INCOSE Guide to Writing Requirements, "verifiable"; ISO/IEC/IEEE 29148 §5.2.5.</remarks>
internal sealed class UnobservableOutcomeRule : RequirementRule
{
    private const int FewestWords = 3;

    private static readonly QuestionTemplate Question = new(QuestionCause.Outcome, "What exactly can be observed at the end of scenario '{scenario}' of '{name}', where it says \"{term}\"?");

    public override string Id => "outcome-unobservable";

    public override int Number => 3;

    public override string Title => "Outcome too short to observe";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override IEnumerable<RuleHit> Check(ReviewedRequirement requirement)
    {
        if (!requirement.Document.IsEnglish)
            yield break;
        foreach (var scenario in requirement.Scenarios)
        {
            foreach (var step in scenario.Steps)
            {
                if (step.Keyword != StepKeyword.Then || step.HasDetailBelow || step.Sentences is not [var sentence] || sentence.IsUnchanged)
                    continue;
                // A value in backquotes is as observable as a thing can be: "THEN `42`", "THEN exit `1`".
                if (sentence.Words.Count >= FewestWords || sentence.HasNumber || sentence.Words.Any(word => word.IsHidden))
                    continue;
                yield return RuleHit.In(sentence, sentence.Start, Severity, $"\"{sentence}\" is too short to say what can be observed.") with
                {
                    Suggestion = "Name the thing that changes and how it is then: a message, a value, a file, a status.",
                    Question = Question.Fill(("scenario", Short(scenario.Name)), ("name", Short(requirement.Name)), ("term", sentence.ToString())),
                };
            }
        }
    }
}
