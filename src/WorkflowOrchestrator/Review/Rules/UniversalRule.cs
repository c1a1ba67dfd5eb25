using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>"Always", "never" and "all" are promises that one counter-example breaks: worth a second look, mostly fine.</summary>
/// <remarks>Source: INCOSE Guide to Writing Requirements R32 (universal qualification).</remarks>
internal sealed class UniversalRule : SentenceRule
{
    // Not "all", "every", "none": measured, two of nineteen such hits were a problem, and those had a vague word too.
    private static readonly PhraseSet Phrases = new("always, never, 100%, completely, entirely, fully");

    public override string Id => "universal";

    public override int Number => 11;

    public override string Title => "Universal claim";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        if (sentence.Place != SentencePlace.Statement || !sentence.IsBinding)
            return null;
        var matches = Phrases.Find(sentence).ToArray();
        return matches.Length == 0
            ? null
            : RuleHit.In(sentence, sentence.Words[matches[0].Index].Start, Severity, $"{Listed(matches.Select(match => match.Phrase))}: one exception breaks this promise.") with
            {
                Suggestion = "Check that there is no exception, or name the set that it holds for.",
            };
    }
}
