using OpenSpec.Documents;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>What a proposal says about capabilities: the bullets below "New Capabilities" and "Modified Capabilities".</summary>
/// <param name="Section">The "Capabilities" header.</param>
/// <param name="Named">The capabilities named in backquotes at the beginning of a bullet.</param>
internal sealed record ProposalCapabilities(SourceSpan Section, IReadOnlyList<(string Name, bool IsNew, SourceSpan Line)> Named)
{
    /// <summary>Reads a proposal; null when it has no such section.</summary>
    public static ProposalCapabilities? Of(Proposal proposal)
    {
        if (proposal.Find("Capabilities") is not { } section)
            return null;
        var named = new List<(string, bool, SourceSpan)>();
        foreach (var part in section.Children)
        {
            var isNew = part.Title.StartsWith("New", StringComparison.OrdinalIgnoreCase);
            if (!isNew && !part.Title.StartsWith("Modified", StringComparison.OrdinalIgnoreCase))
                continue;
            var last = proposal.Source.GetPosition(part.Span.End).Line;
            for (var line = part.Header.Line + 1; line <= last; line++)
            {
                if (NameIn(proposal.Source.GetLine(line)) is { } name)
                    named.Add((name, isNew, proposal.Source.GetLineSpan(line)));
            }
        }

        return new ProposalCapabilities(section.Header, named);
    }

    private static string? NameIn(ReadOnlySpan<char> line)
    {
        var text = line.TrimStart();
        var marker = MarkdownLines.MarkerLength(text);
        if (marker == 0)
            return null;
        text = text[marker..].TrimStart('*');
        if (text.Length == 0 || text[0] != '`')
            return null;
        var close = text[1..].IndexOf('`');
        return close <= 0 ? null : text[1..(close + 1)].Trim().ToString();
    }
}
