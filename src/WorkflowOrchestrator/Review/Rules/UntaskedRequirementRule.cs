using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>None of the words that name an added requirement appears in any task: it may be forgotten when the change is built.</summary>
/// <remarks>Source: ISO/IEC/IEEE 29148, traceability. Words are compared by their first five letters.</remarks>
internal sealed class UntaskedRequirementRule : ReviewRule
{
    private const int StemLength = 5;

    private static readonly FrozenSet<string> Empty =
        new[] { "requirement", "support", "supports", "system", "behavior", "behaviour", "handling", "with", "from", "into", "when", "that", "this", "must", "shall", "only", "each", "every", "over", "under" }.ToFrozenSet();

    public override string Id => "untasked-requirement";

    public override int Number => 25;

    public override string Title => "Requirement that no task mentions";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        if (change.Tasks is not { } tasks || change.Documents.Tasks!.Content.Total == 0)
            yield break;
        var known = Words.Of(tasks.Text, 0, tasks.Text.Length).SelectMany(Parts).Select(Stem).ToHashSet(StringComparer.Ordinal);
        foreach (var requirement in change.Requirements.Where(requirement => requirement.Operation == OpenSpec.Documents.DeltaOperation.Added && requirement.Document.IsEnglish))
        {
            var name = requirement.Name;
            var words = Words.Of(name, 0, name.Length).SelectMany(Parts).Where(word => word.Length >= 4 && !Empty.Contains(word)).ToArray();
            if (words.Length == 0 || words.Any(word => known.Contains(Stem(word))))
                continue;
            yield return RuleHit.On(requirement.Document, requirement.Header, Severity, "No task mentions any word of this requirement's name.") with
            {
                Requirement = requirement,
                Suggestion = "Add a task for it, or use its words in the task that covers it.",
            };
        }
    }

    private static IEnumerable<string> Parts(Word word) => word.Lower.Split('-', '_', '\'');

    private static string Stem(string word) => word.Length <= StemLength ? word.TrimEnd('s') : word[..StemLength];
}
