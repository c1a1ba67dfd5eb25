using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>
/// Something is left to be decided. An error where the placeholder is the value itself; advice where the text only mentions such words.
/// </summary>
/// <remarks>Source: NASA ARM "incompletes" (Wilson, Rosenberg, Hyatt 1997); INCOSE Guide to Writing Requirements, completeness.</remarks>
internal sealed class PlaceholderRule : ReviewRule
{
    private static readonly PhraseSet Phrases = new(
        "to be determined, to be decided, to be defined, to be confirmed, to be announced, to be specified, needs clarification");

    private static readonly HashSet<string> Marks = new(StringComparer.Ordinal) { "TBD", "TBC", "TBA", "TODO", "FIXME", "XXX" };

    // After these a placeholder stands where a value belongs: "the limit is TBD", "within TBD seconds".
    private static readonly HashSet<string> ValueLeads =
        new(StringComparer.Ordinal) { "is", "are", "be", "of", "within", "after", "every", "most", "least", "than", "to", "exceeds", "exceed", "by", "=" };

    private static readonly QuestionTemplate Question = new(QuestionCause.Value, "What has been decided for '{name}' where it still says \"{term}\"?");

    public override string Id => "placeholder";

    public override int Number => 1;

    public override string Title => "Placeholder left in the text";

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        foreach (var requirement in change.Requirements)
        {
            foreach (var sentence in requirement.Changed)
            {
                if (Check(sentence, requirement.Name, FindingSeverity.Error) is { } hit)
                    yield return hit with { Requirement = requirement };
            }
        }

        foreach (var sentence in change.ProposalSentences)
        {
            if (Check(sentence, "the proposal", FindingSeverity.Warning) is { Severity: > FindingSeverity.Advice } hit)
                yield return hit;
        }
    }

    private static RuleHit? Check(Sentence sentence, string name, FindingSeverity severity)
    {
        if (Find(sentence) is not { } found)
            return null;
        if (!IsValue(sentence, found.Index, found.Count))
            return RuleHit.In(sentence, found.At, FindingSeverity.Advice, $"\"{found.Text}\" reads like something left open; put it in backquotes when the text is about the word.");
        return RuleHit.In(sentence, found.At, severity, $"\"{found.Text}\" stands where a decision belongs.") with
        {
            Suggestion = "Write what was decided, or take the sentence out until it is.",
            Question = Question.Fill(("name", Short(name)), ("term", found.Text)),
        };
    }

    private static (int Index, int Count, int At, string Text)? Find(Sentence sentence)
    {
        var words = sentence.Words;
        for (var i = 0; i < words.Count; i++)
        {
            if (Marks.Contains(words[i].Text))
                return (i, 1, words[i].Start, words[i].Text);
        }

        foreach (var match in Phrases.Find(sentence))
        {
            // "needs clarification" is a marker of other tools only in capitals
            var isMarker = match.Phrase[0] == 'n';
            // "the order is to be determined by the dates" says how
            var next = match.Index + match.Count < words.Count ? words[match.Index + match.Count].Lower : "";
            if (isMarker ? words[match.Index].Text == "NEEDS" : next is not ("by" or "from" or "solely" or "in" or "through" or "as"))
                return (match.Index, match.Count, words[match.Index].Start, isMarker ? "NEEDS CLARIFICATION" : match.Phrase);
        }

        var marks = sentence.Document.Masked.IndexOf("???", sentence.Start, sentence.End - sentence.Start, StringComparison.Ordinal);
        return marks < 0 ? null : (words.TakeWhile(word => word.Start < marks).Count(), 0, marks, "???");
    }

    private static bool IsValue(Sentence sentence, int index, int count)
    {
        var words = sentence.Words;
        if (words.Count - count <= 1 && words.All(word => !word.IsHidden))
            return true;
        var at = index < words.Count ? words[index].Start : sentence.End;
        var end = count > 0 ? words[index + count - 1].Start + words[index + count - 1].Text.Length : at;
        if (sentence.Place is SentencePlace.When or SentencePlace.Given)
            return false;
        if (IsWrapped(sentence, at, end) || (index == 0 && FollowedBy(sentence, end, ':')))
            return true;
        return index > 0 && ValueLeads.Contains(words[index - 1].Lower) && (sentence.IsTestable || index + count == words.Count);
    }

    /// <summary>Alone in brackets: <c>[TBD]</c>, <c>(TODO: …)</c>.</summary>
    private static bool IsWrapped(Sentence sentence, int at, int end)
    {
        var text = sentence.Document.Masked;
        return at > sentence.Start && (text[at - 1] is '[' or '(') && end < sentence.End && (text[end] is ']' or ')' or ':');
    }

    private static bool FollowedBy(Sentence sentence, int end, char mark) => end < sentence.End && sentence.Document.Masked[end] == mark;
}
