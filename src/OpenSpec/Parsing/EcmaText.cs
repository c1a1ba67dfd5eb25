using System.Text;

namespace OpenSpec.Parsing;

/// <summary>
/// Text tests with ECMAScript's meaning. .NET's <c>\s</c>, <c>Trim</c>, <c>$</c> and case folding differ (U+0085, U+FEFF, end of string),
/// and the format is defined by what the JavaScript tool does with it.
/// </summary>
internal static class EcmaText
{
    /// <summary>ECMAScript <c>\s</c>.</summary>
    public static bool IsSpace(char c) => c <= ' '
        ? c is ' ' or (>= '\t' and <= '\r')
        : c >= '\u00a0' && IsWideSpace(c);

    public static bool IsParagraphBreak(char c) => c is '\u2028' or '\u2029';

    public static bool IsDigit(char c) => c is >= '0' and <= '9';

    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    public static int SkipSpace(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && IsSpace(text[index]))
            index++;
        return index;
    }

    public static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text) => text[SkipSpace(text, 0)..];

    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text)
    {
        var end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => TrimStart(TrimEnd(text));

    public static string Trim(string text)
    {
        var trimmed = Trim(text.AsSpan());
        return trimmed.Length == text.Length ? text : trimmed.ToString();
    }

    public static string TrimEnd(string text)
    {
        var trimmed = TrimEnd(text.AsSpan());
        return trimmed.Length == text.Length ? text : trimmed.ToString();
    }

    public static bool IsBlank(ReadOnlySpan<char> text) => SkipSpace(text, 0) == text.Length;

    /// <summary>No character that <c>.</c> refuses (inside a line only the two Unicode separators are left).</summary>
    public static bool IsDotRun(ReadOnlySpan<char> text) => text.IndexOfAny('\u2028', '\u2029') < 0;

    public static bool EqualsIgnoreAsciiCase(ReadOnlySpan<char> text, ReadOnlySpan<char> ascii) => Ascii.EqualsIgnoreCase(text, ascii);

    public static bool StartsWithIgnoreAsciiCase(ReadOnlySpan<char> text, ReadOnlySpan<char> ascii) =>
        text.Length >= ascii.Length && Ascii.EqualsIgnoreCase(text[..ascii.Length], ascii);

    /// <summary>CR LF and lone CR become LF.</summary>
    public static string NormalizeLineEnds(ReadOnlySpan<char> text)
    {
        if (text.IndexOf('\r') < 0)
            return text.ToString();
        var result = new StringBuilder(text.Length);
        while (true)
        {
            var at = text.IndexOf('\r');
            if (at < 0)
                return result.Append(text).ToString();
            result.Append(text[..at]).Append('\n');
            text = text[(at + 1 < text.Length && text[at + 1] == '\n' ? at + 2 : at + 1)..];
        }
    }

    /// <summary>Removes a trailing run of '#' that blanks or tabs precede: the closing sequence of an ATX heading.</summary>
    public static ReadOnlySpan<char> WithoutClosingHashes(ReadOnlySpan<char> text)
    {
        var end = text.Length;
        while (end > 0 && text[end - 1] is ' ' or '\t')
            end--;
        var hashes = end;
        while (hashes > 0 && text[hashes - 1] == '#')
            hashes--;
        if (hashes == end || hashes == 0 || text[hashes - 1] is not (' ' or '\t'))
            return text;
        while (hashes > 0 && text[hashes - 1] is ' ' or '\t')
            hashes--;
        return text[..hashes];
    }

    private static bool IsWideSpace(char c) => c is '\u00a0' or '\u1680' or (>= '\u2000' and <= '\u200a') or '\u2028' or '\u2029'
        or '\u202f' or '\u205f' or '\u3000' or '\ufeff';
}
