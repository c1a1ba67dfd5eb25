using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A requirement goes, and nobody says why or what its users do from now on.</summary>
/// <remarks>Source: OpenSpec's delta format (REMOVED wants <c>**Reason**</c> and <c>**Migration**</c>, by convention).</remarks>
internal sealed class RemovalWithoutReasonRule : ReviewRule
{
    private static readonly QuestionTemplate Question = new(QuestionCause.Value, "Why is the requirement '{name}' removed, and what do those who rely on it do from then on?");

    public override string Id => "removal-without-reason";

    public override int Number => 25;

    public override string Title => "Removal without reason or migration";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        foreach (var (_, delta, document) in change.Deltas)
        {
            foreach (var removed in delta.Removed)
            {
                var text = removed.IsBullet ? "" : removed.Span.In(document.Text);
                var (reason, migration) = (text.Contains("Reason", StringComparison.OrdinalIgnoreCase), text.Contains("Migration", StringComparison.OrdinalIgnoreCase));
                if (reason && migration)
                    continue;
                var missing = (reason, migration) switch { (false, false) => "neither reason nor migration", (true, _) => "no migration", _ => "no reason" };
                yield return RuleHit.On(document, document.Source.GetLineSpan(removed.Span.Line), reason ? FindingSeverity.Advice : Severity, $"The removal has {missing}.") with
                {
                    Suggestion = "Write \"**Reason**: …\" and \"**Migration**: …\" below the header.",
                    Question = reason ? null : Question.Fill(("name", Short(removed.Name))),
                };
            }
        }
    }
}
