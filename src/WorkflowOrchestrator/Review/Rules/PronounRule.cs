using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A statement or outcome that begins with "it" or "this is": what it stands for is outside the sentence.</summary>
/// <remarks>Sources: Femmer et al., vague pronouns; QuARS implicity.</remarks>
internal sealed class PronounRule : RequirementRule
{
    private static readonly FrozenSet<string> Always = new[] { "it", "they" }.ToFrozenSet();

    private static readonly FrozenSet<string> BeforeVerb = new[] { "this", "that", "these", "those" }.ToFrozenSet();

    private static readonly FrozenSet<string> Verbs =
        new[] { "is", "are", "was", "were", "shall", "must", "will", "can", "may", "should", "has", "have", "does", "do", "applies", "includes", "means", "ensures", "allows", "happens", "works" }.ToFrozenSet();

    public override string Id => "pronoun";

    public override int Number => 16;

    public override string Title => "Pronoun without a referent";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    protected override IEnumerable<RuleHit> Check(ReviewedRequirement requirement)
    {
        // only the first sentence of a statement and of a THEN: elsewhere the referent stands right before it; in a THEN "it" is what the WHEN was about
        var firsts = requirement.Statement.Take(1)
            .Concat(requirement.Scenarios.SelectMany(scenario => scenario.Steps).Where(step => step.Keyword == StepKeyword.Then).SelectMany(step => step.Sentences.Take(1)));
        foreach (var sentence in firsts)
        {
            if (sentence.IsUnchanged || sentence.Words is not [var first, var second, ..])
                continue;
            if ((Always.Contains(first.Lower) && sentence.Place == SentencePlace.Statement) || (BeforeVerb.Contains(first.Lower) && Verbs.Contains(second.Lower)))
            {
                yield return RuleHit.In(sentence, first.Start, Severity, $"\"{first.Text}\" stands for something outside this sentence.") with { Suggestion = "Name the thing." };
            }
        }
    }
}
