using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>"And/or" leaves open which; "as well as" hides a second duty.</summary>
/// <remarks>Source: INCOSE Guide to Writing Requirements R17 (oblique symbol) and R19 (combinators).</remarks>
internal sealed class CombinatorRule : SentenceRule
{
    private static readonly PhraseSet Phrases = new("and or, as well as, but also");

    private static readonly QuestionTemplate Question = new(QuestionCause.Scope, "Does \"and/or\" in '{name}' mean both, either one, or the user's choice?")
    {
        Options = ["Both are needed", "One of them is enough", "The user chooses"],
    };

    public override string Id => "combinator";

    public override int Number => 18;

    public override string Title => "And/or and other combinators";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        if (!sentence.IsTestable)
            return null;
        foreach (var match in Phrases.Find(sentence))
        {
            var word = sentence.Words[match.Index];
            if (match.Phrase != "and or")
            {
                if (sentence.Place == SentencePlace.Statement)
                    return RuleHit.In(sentence, word.Start, FindingSeverity.Advice, $"\"{match.Phrase}\" joins two requirements in one sentence.") with { Suggestion = "Use \"and\" for one thought, two sentences for two." };
                continue;
            }

            var slash = word.Start + word.Text.Length;
            if (slash >= sentence.End || sentence.Document.Masked[slash] != '/')
                continue;
            return RuleHit.In(sentence, word.Start, Severity, "\"and/or\" leaves open which of them.") with
            {
                Suggestion = "Write \"and\", \"or\", or \"one or both of\".",
                Question = Question.Fill(("name", Short(requirement.Name))),
            };
        }

        return null;
    }
}
