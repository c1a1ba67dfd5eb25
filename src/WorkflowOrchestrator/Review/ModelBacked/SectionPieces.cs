using OpenSpec.Documents;

namespace Workflow.Review.ModelBacked;

/// <summary>Cuts a section that is too long for one call into pieces of whole lines. Pure.</summary>
internal static class SectionPieces
{
    /// <summary>The pieces in order; all lines are in one of them. The section itself when it is short enough.</summary>
    /// <param name="source">The document.</param>
    /// <param name="section">The section's place there.</param>
    /// <param name="longest">Characters of a piece. Only a piece of a single line can have more.</param>
    public static IReadOnlyList<SourceSpan> Of(TextDocument source, SourceSpan section, int longest)
    {
        if (section.Length <= longest)
            return [section];
        var pieces = new List<SourceSpan>();
        var last = source.GetPosition(section.End - 1).Line;
        for (var first = section.Line; first <= last;)
        {
            var end = first;
            while (end < last && End(end + 1) - Start(first) <= longest)
                end++;
            var next = end == last ? last + 1 : Break(source, first, end + 1);
            pieces.Add(new SourceSpan(Start(first), End(next - 1) - Start(first), first, first == section.Line ? section.Column : 1));
            first = next;
        }

        return pieces;

        int Start(int line) => Math.Max(source.GetLineSpan(line).Start, section.Start);

        int End(int line) => Math.Min(source.GetLineSpan(line).End, section.End);
    }

    // The line with which the next piece begins: the last heading, else what follows the last empty line, else the first that has no room.
    private static int Break(TextDocument source, int first, int full)
    {
        for (var line = full; line > first; line--)
        {
            if (source.GetLine(line).StartsWith('#'))
                return line;
        }

        for (var line = full; line > first + 1; line--)
        {
            if (source.GetLine(line - 1).IsWhiteSpace())
                return line;
        }

        return full;
    }
}
