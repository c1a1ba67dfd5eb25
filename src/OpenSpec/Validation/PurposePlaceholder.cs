using System.Globalization;
using System.Text;
using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Validation;

/// <summary>Rule S10: a purpose that nobody wrote.</summary>
internal static class PurposePlaceholder
{
    public const string Prefix = "TBD - created by archiving change ";
    public const string Suffix = ". Update Purpose after archive.";

    /// <summary>Whether the purpose is a placeholder, and on which 1-based line if that can be told.</summary>
    public static bool IsPlaceholder(MainSpec spec, Section purpose, out int? line)
    {
        line = null;
        var prose = Prose(spec.Source, purpose);
        var isLeading = StartsWithMarker(prose);
        if (!isLeading && FindGenerated(prose) < 0)
            return false;
        line = isLeading ? FirstProseLine(spec.Source) : GeneratedLine(spec.Source);
        return true;
    }

    private static string Prose(TextDocument document, Section purpose)
    {
        var result = new StringBuilder();
        for (var i = purpose.HeaderLine + 1; i < purpose.EndLine; i++)
        {
            if (!document.IsFenced(i))
                result.Append(document.At(i)).Append('\n');
        }

        return EcmaText.Trim(result.ToString());
    }

    /// <summary>TBD or TODO as a word: in capitals with anything after it, otherwise only before punctuation or at the line's end.</summary>
    private static bool StartsWithMarker(string prose)
    {
        var length = EcmaText.StartsWithIgnoreAsciiCase(prose, "TBD") ? 3 : EcmaText.StartsWithIgnoreAsciiCase(prose, "TODO") ? 4 : 0;
        if (length == 0 || !EndsWord(prose.AsSpan(length)))
            return false;
        if (prose.StartsWith("TBD", StringComparison.Ordinal) || prose.StartsWith("TODO", StringComparison.Ordinal))
            return true;
        var rest = prose.AsSpan(length).TrimStart(" \t");
        return rest.Length == 0 || rest[0] is '\n' or ':' or '-' or '\u2013' or '\u2014' or '.' or ',' or ';' or '(' or ')' or '[' or ']' or '{' or '}';
    }

    /// <summary><c>(?![\p{L}\p{N}\p{M}_])</c></summary>
    private static bool EndsWord(ReadOnlySpan<char> rest)
    {
        if (rest.Length == 0 || rest[0] == '_')
            return rest.Length == 0;
        if (Rune.DecodeFromUtf16(rest, out var rune, out _) != System.Buffers.OperationStatus.Done)
            return true;
        return Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
            or UnicodeCategory.OtherNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark);
    }

    /// <summary>Index of the sentence that archiving writes, from the prefix that is nearest to its end; -1 when it is not there.</summary>
    private static int FindGenerated(string text)
    {
        var first = text.IndexOf(Prefix, StringComparison.Ordinal);
        var end = first < 0 ? -1 : text.IndexOf(Suffix, first, StringComparison.Ordinal);
        return end < 0 ? -1 : text.AsSpan(0, end).LastIndexOf(Prefix);
    }

    private static int? FirstProseLine(TextDocument document)
    {
        foreach (var index in ProseLines(document))
        {
            if (!EcmaText.IsBlank(document.At(index)))
                return index + 1;
        }

        return null;
    }

    private static int? GeneratedLine(TextDocument document)
    {
        var text = new StringBuilder();
        var lines = new List<int>();
        foreach (var index in ProseLines(document))
        {
            if (lines.Count > 0)
                text.Append('\n');
            text.Append(document.At(index));
            lines.Add(index + 1);
        }

        var joined = text.ToString();
        var at = FindGenerated(joined);
        return at < 0 ? null : lines[joined.AsSpan(0, at).Count('\n')];
    }

    /// <summary>The unfenced lines below <c>^ {0,3}##(?!#)[ \t]+Purpose[ \t]*$</c> up to <c>^ {0,3}#{1,2}(?!#)[ \t]+</c>.</summary>
    private static IEnumerable<int> ProseLines(TextDocument document)
    {
        var isInside = false;
        for (var i = 0; i < document.LineCount; i++)
        {
            // The byte order mark is not stripped here either: a header behind it is none.
            if (document.IsFenced(i) || (i == 0 && document.HasByteOrderMark && !isInside))
                continue;
            var level = IndentedLevel(document.At(i), out var title);
            if (!isInside)
                isInside = level == 2 && EcmaText.EqualsIgnoreAsciiCase(title.TrimEnd(" \t"), "Purpose");
            else if (level is 1 or 2)
                yield break;
            else
                yield return i;
        }
    }

    /// <summary>Level of <c>^ {0,3}#+[ \t]+</c>; 0 for anything else.</summary>
    private static int IndentedLevel(ReadOnlySpan<char> line, out ReadOnlySpan<char> title)
    {
        title = default;
        var at = 0;
        while (at < 3 && at < line.Length && line[at] == ' ')
            at++;
        var hashes = line[at..].IndexOfAnyExcept('#');
        if (hashes <= 0 || line[at + hashes] is not (' ' or '\t'))
            return 0;
        title = line[(at + hashes)..].TrimStart(" \t");
        return hashes;
    }
}
