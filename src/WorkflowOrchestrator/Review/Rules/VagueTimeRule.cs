using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A time that nobody can measure. "Immediately after X" gives an order, not a time, and a number beside it settles it.</summary>
/// <remarks>Source: INCOSE Guide to Writing Requirements R35 (temporal dependencies).</remarks>
internal sealed class VagueTimeRule : SentenceRule
{
    private static readonly PhraseSet Phrases = new(
        "eventually, soon, immediately, promptly, periodically, regularly, real-time, real time, as soon as possible, as soon as, instantly, shortly, instantaneously, in a timely manner, timely");

    private static readonly FrozenSet<string> OrderWords =
        new[]
        {
            "after", "before", "following", "preceding", "above", "below", "under", "beneath", "adjacent", "inside", "followed", "preceded", "next", "prior", "upon", "when", "on", "once",
            "visible", "available",
        }.ToFrozenSet();

    private static readonly QuestionTemplate Delay = new(QuestionCause.Limit, "What is the longest time that \"{term}\" may mean in '{name}', in which unit, and what happens beyond it?");

    private static readonly QuestionTemplate Interval = new(QuestionCause.Limit, "At which interval is \"{term}\" in '{name}', in which unit, and can it be configured?");

    public override string Id => "vague-time";

    public override int Number => 12;

    public override string Title => "Vague time";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        if (sentence.HasNumber)
            return null;
        foreach (var match in Phrases.Find(sentence))
        {
            var words = sentence.Words;
            var next = match.Index + match.Count < words.Count ? words[match.Index + match.Count].Lower : "";
            var previous = match.Index > 0 ? words[match.Index - 1].Lower : "";
            var after = words[match.Index].Start + words[match.Index].Text.Length;
            // "immediately, not in a batch", "immediately (set -e)": the contrast says what is meant
            if (IsOrder(match.Phrase, previous, next) || (after < sentence.End && match.Count == 1 && (sentence.Document.Masked[after] == ',' ? next == "not" : sentence.Document.Masked[after..sentence.End].TrimStart().StartsWith('('))))
                continue;
            var isWarning = sentence.IsTestable && !words[match.Index].InBrackets;
            var template = match.Phrase is "periodically" or "regularly" ? Interval : Delay;
            return RuleHit.In(sentence, words[match.Index].Start, isWarning ? FindingSeverity.Warning : FindingSeverity.Advice, $"\"{match.Phrase}\" is a time that nobody can measure.") with
            {
                Suggestion = "Give a number with a unit, or the event that it follows.",
                Question = isWarning ? template.Fill(("name", Short(requirement.Name)), ("term", match.Phrase)) : null,
            };
        }

        return null;
    }

    private static bool IsOrder(string phrase, string previous, string next) => phrase switch
    {
        "immediately" or "shortly" => OrderWords.Contains(next),
        "soon" => previous is "too" or "as",
        "as soon as" => next.Length > 0, // "as soon as X happens" names its event
        _ => false,
    };
}
