using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Validation;

/// <summary>Finds the first list item that a reader would see: not in front matter, fences, comments or indented code (rule T1).</summary>
internal static class ListItemScanner
{
    private const int CodeIndent = 4;

    /// <summary>1-based line; null when there is none. The document's lines end at LF only.</summary>
    public static int? FirstLine(TextDocument document)
    {
        var fence = (Marker: '\0', Length: 0);
        var isComment = false;
        for (var i = AfterFrontMatter(document); i < document.LineCount; i++)
        {
            var line = document.At(i);
            if (isComment)
            {
                isComment = line.IndexOf("-->") < 0;
                continue;
            }

            if (TryFence(line, out var run, out var rest))
            {
                if (fence.Length == 0)
                    fence = run;
                else if (run.Marker == fence.Marker && run.Length >= fence.Length && EcmaText.IsBlank(rest))
                    fence = default;
                continue;
            }

            if (fence.Length > 0)
                continue;
            var text = EcmaText.TrimStart(line);
            if (text.StartsWith("<!--"))
                isComment = text[4..].IndexOf("-->") < 0;
            else if (IsListItem(text) && Indent(line) < CodeIndent)
                return i + 1;
        }

        return null;
    }

    private static int AfterFrontMatter(TextDocument document)
    {
        var first = document.At(0);
        if (!IsDashes(first.StartsWith("\ufeff") ? first[1..] : first))
            return 0;
        for (var i = 1; i < document.LineCount; i++)
        {
            if (IsDashes(document.At(i)))
                return i + 1;
        }

        return 0;
    }

    private static bool IsDashes(ReadOnlySpan<char> line) => EcmaText.TrimEnd(line) is "---";

    /// <summary><c>^ {0,3}(`{3,}|~{3,})(.*)</c></summary>
    private static bool TryFence(ReadOnlySpan<char> line, out (char Marker, int Length) run, out ReadOnlySpan<char> rest)
    {
        run = default;
        rest = default;
        var at = 0;
        while (at < 3 && at < line.Length && line[at] == ' ')
            at++;
        if (at >= line.Length || line[at] is not ('`' or '~'))
            return false;
        var end = at + 1;
        while (end < line.Length && line[end] == line[at])
            end++;
        run = (line[at], end - at);
        var stop = line[end..].IndexOfAny('\r', '\u2028', '\u2029');
        rest = stop < 0 ? line[end..] : line.Slice(end, stop);
        return run.Length >= 3;
    }

    /// <summary><c>^\s*(?:[-*+]|\d{1,9}[.)])\s+\S</c> on a line without its indent.</summary>
    private static bool IsListItem(ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length && EcmaText.IsDigit(text[at]))
            at++;
        var hasMarker = at == 0
            ? text.Length > 0 && text[0] is '-' or '*' or '+'
            : at <= 9 && at < text.Length && text[at] is '.' or ')';
        if (!hasMarker || at + 1 >= text.Length || !EcmaText.IsSpace(text[at + 1]))
            return false;
        return !EcmaText.IsBlank(text[(at + 1)..]);
    }

    private static int Indent(ReadOnlySpan<char> line)
    {
        var column = 0;
        foreach (var c in line)
        {
            if (c == ' ')
                column++;
            else if (c == '\t')
                column += CodeIndent - (column % CodeIndent);
            else
                break;
        }

        return column;
    }
}
