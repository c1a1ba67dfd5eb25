using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A loophole: the sentence binds only as far as someone feels like it.</summary>
/// <remarks>Sources: Femmer et al., loopholes; INCOSE Guide to Writing Requirements R8; QuARS optionality. Triggers and preconditions are left out.</remarks>
internal sealed class EscapeClauseRule : SentenceRule
{
    private static readonly PhraseSet Phrases = new(
        string.Join(',', from lead in new[] { "where", "if", "when", "as", "wherever", "whenever" }
                         from tail in new[] { "possible", "practical", "practicable", "applicable", "necessary", "needed", "appropriate", "feasible", "required" }
                         select $"{lead} {tail}")
        + ",as far as possible,to the extent possible,to the extent practical,to the extent feasible,as much as possible,best effort,best-effort,try to,tries to,attempt to,attempts to,ideally,preferably");

    private static readonly QuestionTemplate Condition = new(QuestionCause.Condition, "In '{name}', which says \"{term}\": under which exact condition does it apply, and what happens otherwise?")
    {
        Options = ["It always applies: the words can go", "Only under a condition that has to be named"],
    };

    private static readonly QuestionTemplate Effort = new(QuestionCause.Failure, "In '{name}', which says \"{term}\": what happens when the attempt does not succeed?")
    {
        Options = ["An error is reported, and nothing is changed", "It goes on without it and says so", "It must succeed: the words can go"],
    };

    public override string Id => "escape-clause";

    public override int Number => 7;

    public override string Title => "Escape clause";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        if (sentence.Place is SentencePlace.When or SentencePlace.Given)
            return null;
        foreach (var match in Phrases.Find(sentence))
        {
            var words = sentence.Words;
            var next = match.Index + match.Count < words.Count ? words[match.Index + match.Count].Lower : "";
            // "as required by the schema", "if required fields are missing", "when needed by" name their condition
            if (next is "by" or "for" or "in" || (match.Phrase.EndsWith("required", StringComparison.Ordinal) && next.Length > 0 && !IsPause(sentence, match)))
                continue;
            if (SaysItself(sentence, match))
                continue;
            var severity = sentence.IsTestable ? FindingSeverity.Warning : FindingSeverity.Advice;
            var template = IsEffort(match.Phrase) ? Effort : Condition;
            return RuleHit.In(sentence, words[match.Index].Start, severity, $"\"{match.Phrase}\" leaves open when the sentence binds.") with
            {
                Suggestion = "Name the condition, and say what happens when it does not hold.",
                Question = severity == FindingSeverity.Warning ? template.Fill(("name", Short(requirement.Name)), ("term", match.Phrase)) : null,
            };
        }

        return null;
    }

    private static bool IsEffort(string phrase) => phrase is "try to" or "tries to" or "attempt to" or "attempts to" or "best effort" or "best-effort";

    /// <summary>"SHALL NOT attempt to" forbids; "best-effort: a failure SHALL be logged" says what happens.</summary>
    private static bool SaysItself(Sentence sentence, PhraseMatch match)
    {
        if (match.Phrase == "as applicable")
            return true; // "present X as applicable" is a predicate; as a clause it is rare
        if (match.Phrase == "as required" && match.Index + match.Count < sentence.Words.Count)
            return true;
        if (!IsEffort(match.Phrase))
            return false;
        var last = sentence.Words[match.Index + match.Count - 1];
        if (last.Start + last.Text.Length < sentence.End && sentence.Document.Masked[last.Start + last.Text.Length] == ':')
            return true; // what it means follows
        return (match.Index > 0 && sentence.Words[match.Index - 1].Lower is "not" or "never")
            || sentence.Words.Any(word => word.Lower.StartsWith("fail", StringComparison.Ordinal) || word.Lower.StartsWith("error", StringComparison.Ordinal));
    }

    private static bool IsPause(Sentence sentence, PhraseMatch match)
    {
        var last = sentence.Words[match.Index + match.Count - 1];
        var after = last.Start + last.Text.Length;
        return after < sentence.End && (sentence.Document.Masked[after] is ',' or ';' or ')');
    }
}
