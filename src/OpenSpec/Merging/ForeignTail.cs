using OpenSpec.Parsing;

namespace OpenSpec.Merging;

/// <summary>
/// What stands in a requirement block but is not its own: everything from its first header of level 1 to 3 on.
/// </summary>
internal static class ForeignTail
{
    /// <summary>The header and the text from it on, right-trimmed; null when there is none.</summary>
    public static (string Heading, string Text)? Find(string block)
    {
        if (!block.Contains('\n'))
            return null;
        var lines = LineReader.ReadAny(block);
        for (var i = 1; i < lines.LineCount; i++)
        {
            if (IsHeading(lines.At(i)) && !lines.IsFenced(i))
                return (EcmaText.Trim(lines.At(i)).ToString(), EcmaText.TrimEnd(block[lines.StartOf(i)..]));
        }

        return null;
    }

    /// <summary>Whether a block has as many copies of a tail as another.</summary>
    public static bool IsKept(string tail, string before, string? after) =>
        after is not null && Count(EcmaText.Trim(after), EcmaText.Trim(tail)) >= Count(EcmaText.Trim(before), EcmaText.Trim(tail));

    /// <summary><c>^ {0,3}#{1,3}(?:[ \t]|$)</c></summary>
    private static bool IsHeading(ReadOnlySpan<char> line)
    {
        var at = 0;
        while (at < 3 && at < line.Length && line[at] == ' ')
            at++;
        var end = at;
        while (end < line.Length && line[end] == '#')
            end++;
        return end > at && end - at <= 3 && (end == line.Length || line[end] is ' ' or '\t');
    }

    private static int Count(string text, string part) => part.Length == 0 ? 0 : text.AsSpan().Count(part);
}
