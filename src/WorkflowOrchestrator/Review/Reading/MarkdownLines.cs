namespace Workflow.Review.Reading;

/// <summary>What a line is at its beginning.</summary>
internal enum LineKind
{
    /// <summary>Goes on with the paragraph or list item above.</summary>
    Text,
    Blank,
    Header,
    ListItem,
    TableRow,
}

/// <summary>Lines of a text by offsets; they end at LF, CR LF or a lone CR.</summary>
internal static class MarkdownLines
{
    public static IEnumerable<(int Start, int End)> Of(string text)
    {
        var start = 0;
        while (start <= text.Length)
        {
            var length = text.AsSpan(start).IndexOfAny('\n', '\r');
            if (length < 0)
            {
                yield return (start, text.Length);
                yield break;
            }

            var end = start + length;
            yield return (start, end);
            start = text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
        }
    }

    public static LineKind KindOf(ReadOnlySpan<char> line)
    {
        var text = line.TrimStart();
        if (text.IsEmpty)
            return LineKind.Blank;
        if (text[0] == '#' && text.TrimStart('#') is var title && (title.IsEmpty || title[0] is ' ' or '\t'))
            return LineKind.Header;
        if (text[0] == '|')
            return LineKind.TableRow;
        return MarkerLength(text) > 0 ? LineKind.ListItem : LineKind.Text;
    }

    /// <summary>Length of the list marker with the blanks after it, at the start of a text without leading blanks; 0 when there is none.</summary>
    public static int MarkerLength(ReadOnlySpan<char> text)
    {
        var marker = 0;
        if (text.Length > 1 && (text[0] is '-' or '*' or '+'))
        {
            marker = 1;
        }
        else
        {
            while (marker < text.Length && marker < 9 && char.IsAsciiDigit(text[marker]))
                marker++;
            if (marker == 0 || marker >= text.Length || text[marker] is not ('.' or ')'))
                return 0;
            marker++;
        }

        if (marker >= text.Length || text[marker] is not (' ' or '\t'))
            return 0;
        while (marker < text.Length && (text[marker] is ' ' or '\t'))
            marker++;
        return marker;
    }
}

/// <summary>Follows fenced code line by line, as OpenSpec does: any indent, closed by a run of the same character that is at least as long.</summary>
internal struct Fence
{
    private char _marker;
    private int _length;

    public readonly bool IsOpen => _length > 0;

    /// <summary>Whether the line belongs to a fence, its first and last line included.</summary>
    public bool Next(ReadOnlySpan<char> line)
    {
        var text = line.Trim();
        var run = 0;
        while (run < text.Length && text[run] == text[0] && (text[0] is '`' or '~'))
            run++;
        if (IsOpen)
        {
            if (run >= _length && run == text.Length && text[0] == _marker)
                _length = 0;
            return true;
        }

        if (run < 3)
            return false;
        (_marker, _length) = (text[0], run);
        return true;
    }
}
