using OpenSpec.Parsing;

namespace OpenSpec.Merging;

/// <summary>What a single line is in Markdown, as far as the retirement audit has to know.</summary>
internal static class MarkdownLine
{
    private const int TabStop = 4;

    /// <summary>The line without up to three spaces of indent.</summary>
    public static ReadOnlySpan<char> WithoutIndent(ReadOnlySpan<char> line)
    {
        var at = 0;
        while (at < 3 && at < line.Length && line[at] == ' ')
            at++;
        return line[at..];
    }

    /// <summary>Columns of blanks and tabs before the text.</summary>
    public static int Indent(ReadOnlySpan<char> line)
    {
        var end = line.IndexOfAnyExcept(' ', '\t');
        return Columns(end < 0 ? line : line[..end]);
    }

    /// <summary>The line without blanks and tabs of up to a number of columns; a tab across the border goes whole.</summary>
    public static ReadOnlySpan<char> DropIndent(ReadOnlySpan<char> line, int columns)
    {
        var column = 0;
        var index = 0;
        while (index < line.Length && column < columns && line[index] is ' ' or '\t')
            column += line[index++] == '\t' ? TabStop - (column % TabStop) : 1;
        return line[index..];
    }

    /// <summary><c>^(\s*(?:[-*+]|\d{1,9}[.)])\s+)</c> and the column at which its text starts.</summary>
    public static bool TryBullet(ReadOnlySpan<char> line, out int contentIndent)
    {
        contentIndent = 0;
        var at = EcmaText.SkipSpace(line, 0);
        var end = BulletEnd(line, at);
        if (end < 0 || end >= line.Length || !EcmaText.IsSpace(line[end]))
            return false;
        contentIndent = Columns(line[..EcmaText.SkipSpace(line, end)]);
        return true;
    }

    /// <summary><c>^ {0,3}(?:=+|-+)\s*$</c></summary>
    public static bool IsUnderline(ReadOnlySpan<char> line)
    {
        var text = EcmaText.TrimEnd(WithoutIndent(line));
        return text.Length > 0 && text[0] is '=' or '-' && text.IndexOfAnyExcept(text[0]) < 0;
    }

    /// <summary><c>^ {0,3}#{1,6}(?:[ \t]|$)</c>, or an HTML heading at any indent.</summary>
    public static bool IsHeading(ReadOnlySpan<char> line)
    {
        var text = WithoutIndent(line);
        var end = text.IndexOfAnyExcept('#');
        var hashes = end < 0 ? text.Length : end;
        return (hashes is >= 1 and <= 6 && (end < 0 || text[end] is ' ' or '\t')) || IsHtmlHeading(EcmaText.TrimStart(line));
    }

    /// <summary><c>^&lt;h[1-6]\b</c>, ignoring case.</summary>
    public static bool IsHtmlHeading(ReadOnlySpan<char> text) =>
        text.Length >= 3 && text[0] == '<' && text[1] is 'h' or 'H' && text[2] is >= '1' and <= '6' && (text.Length == 3 || !EcmaText.IsWord(text[3]));

    /// <summary><c>^ {0,3}####\s+Scenario:</c>, ignoring case.</summary>
    public static bool IsScenarioHeader(ReadOnlySpan<char> line)
    {
        var text = WithoutIndent(line);
        return Headers.Level(text) == 4 && EcmaText.StartsWithIgnoreAsciiCase(EcmaText.TrimStart(text[4..]), "Scenario:");
    }

    /// <summary><c>^ {0,3}(?:&gt;|(?:[-*_][ \t]*){3,}$|(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)|[&lt;|])</c></summary>
    public static bool InterruptsParagraph(ReadOnlySpan<char> line)
    {
        var text = WithoutIndent(line);
        if (text.Length == 0)
            return false;
        if (text[0] is '>' or '<' or '|' || IsThematicBreak(text))
            return true;
        var end = BulletEnd(text, 0);
        return end >= 0 && (end == text.Length || text[end] is ' ' or '\t');
    }

    private static bool IsThematicBreak(ReadOnlySpan<char> text)
    {
        if (text[0] is not ('-' or '*' or '_'))
            return false;
        var marks = 0;
        foreach (var c in text)
        {
            if (c is '-' or '*' or '_')
                marks++;
            else if (c is not (' ' or '\t'))
                return false;
        }

        return marks >= 3;
    }

    private static int BulletEnd(ReadOnlySpan<char> line, int at)
    {
        if (at >= line.Length)
            return -1;
        if (line[at] is '-' or '*' or '+')
            return at + 1;
        var end = at;
        while (end < line.Length && EcmaText.IsDigit(line[end]))
            end++;
        return end > at && end - at <= 9 && end < line.Length && line[end] is '.' or ')' ? end + 1 : -1;
    }

    private static int Columns(ReadOnlySpan<char> prefix)
    {
        var column = 0;
        foreach (var c in prefix)
            column += c == '\t' ? TabStop - (column % TabStop) : 1;
        return column;
    }
}
