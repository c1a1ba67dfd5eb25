using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>Two duties in one sentence are traced, tested and changed as one.</summary>
/// <remarks>Sources: INCOSE Guide to Writing Requirements R18 (single thought); Paska, non-atomic requirement.</remarks>
internal sealed class SeveralShallsRule : SentenceRule
{
    public override string Id => "several-shalls";

    public override int Number => 17;

    public override string Title => "Several SHALLs in one sentence";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        if (sentence.Place != SentencePlace.Statement)
            return null;
        // "SHALL do X and SHALL NOT do Y": the second is the limit of the first
        var words = sentence.Words;
        var bindings = words.Where((word, i) => word.IsBinding && !(i + 1 < words.Count && words[i + 1].Lower == "not")).ToArray();
        if (bindings.Length < 2)
            return null;
        // a duty with its limit ("SHALL do X and SHALL NOT do Y") is one thought more often than not
        var severity = bindings.Length > 2 ? FindingSeverity.Warning : FindingSeverity.Advice;
        return RuleHit.In(sentence, bindings[1].Start, severity, $"The sentence has {bindings.Length} duties: each wants a sentence of its own.") with { Suggestion = "Split it into one sentence for each SHALL." };
    }
}
