using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>The proposal names other capabilities than the delta specs change, or calls new what exists.</summary>
/// <remarks>Source: ISO/IEC/IEEE 29148, traceability; OpenSpec's proposal template ("Capabilities" is the contract for the delta specs).</remarks>
internal sealed class CapabilityMismatchRule : ReviewRule
{
    private static readonly QuestionTemplate Missing = new(QuestionCause.Scope, "The proposal names the capability '{name}', but no delta spec changes it: is it part of this change?")
    {
        Options = ["Yes: its delta spec is still missing", "No: it can go from the proposal"],
    };

    public override string Id => "capability-mismatch";

    public override int Number => 25;

    public override string Title => "Proposal and delta specs name different capabilities";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        if (change.Proposal is not { } document || change.Deltas.Count == 0 || ProposalCapabilities.Of(change.Documents.Proposal!.Content) is not { Named.Count: > 0 } proposal)
            yield break;
        var deltas = change.Deltas.Select(delta => delta.Capability).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, isNew, line) in proposal.Named)
        {
            if (!deltas.Contains(name))
            {
                yield return RuleHit.On(document, line, Severity, $"The proposal names '{name}', but there is no specs/{name}/spec.md in this change.") with { Question = Missing.Fill(("name", name)) };
            }
            else if (isNew == change.MainSpecs.ContainsKey(name))
            {
                yield return RuleHit.On(document, line, Severity, isNew ? $"'{name}' is called new, but its spec exists already." : $"'{name}' is called modified, but there is no such spec yet.") with
                {
                    Suggestion = isNew ? "Move it below \"Modified Capabilities\"." : "Move it below \"New Capabilities\", or correct the name.",
                };
            }
        }

        var named = proposal.Named.Select(capability => capability.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var capability in deltas.Where(capability => !named.Contains(capability)).Order(StringComparer.Ordinal))
        {
            yield return RuleHit.On(document, proposal.Section, Severity, $"The delta specs change '{capability}', which the proposal does not name.") with { Suggestion = $"Add \"- `{capability}`: …\" to the list." };
        }
    }
}
