using System.Globalization;
using System.Text;
using OpenSpec.Editing;
using Workflow.Review.Prompts;
using Workflow.Review.Reading;

namespace Workflow.Review.ModelBacked;

/// <summary>
/// Writes the part of a prompt that is about a change and a section. What all sections of a change share comes first and is the same bytes for each, so
/// that the server's prompt cache holds it; the section comes last.
/// </summary>
internal sealed class SectionPrompt
{
    // Enough to know what it is about; sending more with every section would cost more than it tells.
    private const int LongestWhy = 700;
    private const int MostNeighbours = 24;
    private const int LongestName = 90;

    // The rule's name and the words that it is about; each further word is one that no prompt cache holds.
    private const int LongestHint = 80;

    private readonly TextFence _fence;
    private readonly string _shared;

    public SectionPrompt(TextFence fence, ReviewedChange change, IReadOnlyList<DismissedFinding> dismissed)
    {
        _fence = fence;
        _shared = Shared(fence, change, dismissed);
        PrefixKey = TextEdits.Hash(_shared);
    }

    /// <summary>The same for all sections of a change.</summary>
    public string PrefixKey { get; }

    /// <summary>The text for one section with its hints.</summary>
    public string For(ReviewSection section, IReadOnlyList<FindingDraft> hints)
    {
        var text = new StringBuilder(_shared);
        text.Append("\nSection (").Append(section.Kind).Append(")\n").Append(_fence.Around(section.Kind, section.Numbered())).Append('\n');
        if (hints.Count > 0)
            text.Append("Hints\n").Append(_fence.Around("hints", Hints(section, hints))).Append('\n');
        return text.Append("Answer").ToString();
    }

    /// <summary>The hints as they are numbered for the model; part of what identifies a section.</summary>
    public static string Hints(ReviewSection section, IReadOnlyList<FindingDraft> hints)
    {
        var text = new StringBuilder();
        for (var i = 0; i < hints.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {hints[i].RuleId}, line {hints[i].Line - section.FirstLine + 1}: {StrictJson.Line(hints[i].Message, LongestHint)}\n");
        return text.ToString().TrimEnd('\n');
    }

    private static string Shared(TextFence fence, ReviewedChange change, IReadOnlyList<DismissedFinding> dismissed)
    {
        var text = new StringBuilder();
        if (dismissed.Count > 0)
        {
            var examples = string.Join('\n', dismissed.Select(finding => $"- {finding.RuleId}: \"{StrictJson.Line(finding.Quote, 100)}\" ({StrictJson.Line(finding.Message, 120)})"));
            text.Append("People of this project dismissed these findings; do not report the like\n").Append(fence.Around("dismissed", examples)).Append('\n');
        }

        text.Append("Context\n").Append(fence.Around("context", Context(change))).Append('\n');
        return text.ToString();
    }

    private static string Context(ReviewedChange change)
    {
        var text = new StringBuilder();
        if (change.Documents.Proposal?.Content.Why is { HasContent: true } why)
            text.Append("Why: ").Append(StrictJson.Line(why.Content, LongestWhy)).Append('\n');
        text.Append("Requirements of this change:\n");
        foreach (var requirement in change.Requirements.Take(MostNeighbours))
            text.Append("- ").Append(StrictJson.Line(requirement.Name, LongestName)).Append('\n');
        return text.ToString().TrimEnd('\n');
    }
}
