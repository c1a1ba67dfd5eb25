using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>Something is taken away, and the proposal does not carry the mark <c>**BREAKING**</c> anywhere.</summary>
/// <remarks>
/// Source: OpenSpec's proposal instructions ("mark breaking changes with **BREAKING**"). Words such as "incompatible" are no sign of it: on
/// public repositories they spoke of other things each time.
/// </remarks>
internal sealed class BreakingUnmarkedRule : ReviewRule
{
    private const string Advice = "Mark it with **BREAKING** in the proposal, or say there why nobody is affected.";

    public override string Id => "breaking-unmarked";

    public override int Number => 25;

    public override string Title => "Removal without a word on who it breaks";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        if (change.Proposal is not { } proposal || proposal.Text.Contains("BREAKING", StringComparison.Ordinal))
            yield break;
        foreach (var (_, delta, document) in change.Deltas)
        {
            if (delta.Removed is not [var removed, ..])
                continue;
            yield return RuleHit.On(document, document.Source.GetLineSpan(removed.Span.Line), Severity, "A requirement is removed; the proposal does not say whether that breaks anyone.") with { Suggestion = Advice };
            yield break;
        }

        if (change.Documents.Proposal!.Content.Find("What Changes") is not { } section)
            yield break;
        foreach (var sentence in change.ProposalSentences)
        {
            var isInside = sentence.Start >= section.Span.Start && sentence.End <= section.Span.End;
            if (!isInside || sentence.Words is not [{ Lower: "remove" or "removes" or "drop" or "drops" or "rename" or "renames" } verb, ..])
                continue;
            yield return RuleHit.In(sentence, verb.Start, Severity, $"\"{verb.Text}\": the proposal does not say whether that breaks anyone.") with { Suggestion = Advice };
            yield break;
        }
    }
}
