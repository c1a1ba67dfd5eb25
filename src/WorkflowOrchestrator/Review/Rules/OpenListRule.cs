using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A list that does not say where it ends. Examples in brackets are harmless and only advice.</summary>
/// <remarks>Sources: INCOSE Guide to Writing Requirements R9; Femmer et al., open-ended terms.</remarks>
internal sealed class OpenListRule : SentenceRule
{
    private static readonly PhraseSet Phrases = new(
        "etc, and so on, and so forth, such as, e g, including but not limited to, and others, and the like, among others, and similar");

    private static readonly QuestionTemplate Question = new(QuestionCause.Scope, "Which items exactly belong to the list in '{name}' that is left open with \"{term}\"?")
    {
        Options = ["Only those that are written there", "More items, which have to be named"],
    };

    public override string Id => "open-list";

    public override int Number => 8;

    public override string Title => "Open-ended list";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        RuleHit? advice = null;
        foreach (var match in Phrases.Find(sentence))
        {
            var word = sentence.Words[match.Index];
            var term = match.Phrase switch { "e g" => "e.g.", "etc" => "etc.", _ => match.Phrase };
            if ((match.Phrase == "e g" && !IsAbbreviation(sentence, word)) || IsPath(sentence, word))
                continue;
            // An example in brackets or in a trigger explains; measured: none of eighteen such hits was a problem.
            if (match.Phrase is "e g" or "such as" && (word.InBrackets || sentence.Place is SentencePlace.When or SentencePlace.Given))
                continue;
            var isWarning = sentence.IsTestable && !word.InBrackets;
            var hit = RuleHit.In(sentence, word.Start, isWarning ? FindingSeverity.Warning : FindingSeverity.Advice, $"\"{term}\" leaves the list open: a test cannot tell what belongs to it.") with
            {
                Suggestion = "List everything that belongs to it, or name the rule by which something belongs to it.",
                Question = isWarning ? Question.Fill(("name", Short(requirement.Name)), ("term", term)) : null,
            };
            if (isWarning)
                return hit;
            advice ??= hit;
        }

        return advice;
    }

    private static bool IsPath(Sentence sentence, Word word) => word.Start > sentence.Start && sentence.Document.Masked[word.Start - 1] is '/' or '\\';

    private static bool IsAbbreviation(Sentence sentence, Word word) => word.Start + 2 < sentence.End && sentence.Document.Masked[word.Start + 1] == '.';
}
