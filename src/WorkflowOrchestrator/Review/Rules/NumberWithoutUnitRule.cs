using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>"Within 5": seconds, requests, pages? A word after the number settles it, also one in backquotes.</summary>
/// <remarks>Source: INCOSE Guide to Writing Requirements R6 (units).</remarks>
internal sealed class NumberWithoutUnitRule : SentenceRule
{
    // Only words before which a number is a duration, a distance or a count. "At least 1" often counts what was named before.
    private static readonly FrozenSet<string> Leads = new[] { "within", "every", "after", "exceeds", "exceeding" }.ToFrozenSet();

    private static readonly FrozenSet<string> NotUnits =
        new[] { "and", "or", "of", "the", "a", "an", "when", "if", "to", "in", "on", "at", "for", "while", "until", "before", "then", "with", "from", "but", "so", "it", "is", "are", "shall", "must" }.ToFrozenSet();

    private static readonly QuestionTemplate Question = new(QuestionCause.Limit, "In which unit is \"{term}\" in '{name}'?");

    public override string Id => "number-without-unit";

    public override int Number => 19;

    public override string Title => "Number without a unit";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        var words = sentence.Words;
        for (var i = 0; i + 1 < words.Count; i++)
        {
            if (!Leads.Contains(words[i].Lower) || !IsBareNumber(words[i + 1].Text) || HasUnit(sentence, i + 1))
                continue;
            var term = $"{words[i].Text} {words[i + 1].Text}";
            return RuleHit.In(sentence, words[i].Start, Severity, $"\"{term}\" has no unit.") with
            {
                Suggestion = "Write the unit after the number.",
                Question = Question.Fill(("name", Short(requirement.Name)), ("term", term)),
            };
        }

        return null;
    }

    private static bool IsBareNumber(string text) => text.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c is '.' or ',');

    private static bool HasUnit(Sentence sentence, int index)
    {
        var words = sentence.Words;
        var end = words[index].Start + words[index].Text.Length;
        // "2:30", "5/s", "3 × 4", "1–5 s": more than a bare number
        if (end < sentence.End && (sentence.Document.Masked[end] is ':' or '/' or '-' or '–' or '×' or '°' or '$' or '€' or '+'))
            return true;
        return index + 1 < words.Count && !NotUnits.Contains(words[index + 1].Lower);
    }
}
