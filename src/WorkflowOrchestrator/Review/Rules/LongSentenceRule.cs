using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>Over 45 words a sentence has several thoughts, and readers lose one of them.</summary>
/// <remarks>Sources: NASA ARM (size); ISO/IEC/IEEE 29148, singular.</remarks>
internal sealed class LongSentenceRule : SentenceRule
{
    /// <summary>Most words of a sentence that is not reported.</summary>
    internal const int MostWords = 45;

    public override string Id => "long-sentence";

    public override int Number => 21;

    public override string Title => "Very long sentence";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence) =>
        sentence.Words.Count <= MostWords
            ? null
            : RuleHit.In(sentence, sentence.Start, Severity, $"The sentence has {sentence.Words.Count} words.") with { Suggestion = "Split it; a list often says the same better." };
}
