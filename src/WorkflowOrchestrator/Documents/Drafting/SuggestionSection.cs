using System.Text;

namespace Workflow.Documents.Drafting;

/// <summary>The part of the report with texts that a model drafted and that are not written, each with the reason.</summary>
internal static class SuggestionSection
{
    public static void Append(StringBuilder text, IReadOnlyList<DraftedBlock> suggestions)
    {
        if (suggestions.Count == 0)
            return;
        text.Append("\n## Suggestions\n\nDrafted by a model and not written; take over what is right.\n");
        foreach (var block in suggestions)
        {
            text.Append($"\n- {Markdown.Code(block.Path)} **{Markdown.Line(block.Requirement)}** ({Markdown.Code(block.Model)})\n");
            text.Append($"  - not written: {Markdown.Line(block.Refusal ?? "")}\n\n");
            Fenced(text, block.Text);
        }
    }

    // A fence longer than any in the text, and nothing that a reader of comments or a terminal could take for its own.
    private static void Fenced(StringBuilder text, string block)
    {
        var longest = 2;
        for (int i = 0, run = 0; i < block.Length; i++)
        {
            run = block[i] == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', longest + 1);
        text.Append(fence).Append("markdown\n");
        foreach (var line in block.Split('\n'))
            text.Append(Markdown.Visible(line)).Append('\n');
        text.Append(fence).Append('\n');
    }
}
