namespace OpenSpec.Parsing;

/// <summary>The header forms of the format, each with exactly the reach of the pattern quoted beside it.</summary>
internal static class Headers
{
    /// <summary><c>^(#{1,6})\s</c>: the level, or 0.</summary>
    public static int Level(ReadOnlySpan<char> line)
    {
        if (line.Length < 2 || line[0] != '#')
            return 0;
        var level = 1;
        while (level < line.Length && line[level] == '#')
            level++;
        return level <= 6 && level < line.Length && EcmaText.IsSpace(line[level]) ? level : 0;
    }

    /// <summary><c>^#{level}\s+(.+)$</c> on a line whose level is known: the trimmed title.</summary>
    public static bool TryTitle(ReadOnlySpan<char> line, int level, out ReadOnlySpan<char> title)
    {
        var rest = line[level..];
        var text = rest[EcmaText.SkipSpace(rest, 0)..];
        title = EcmaText.Trim(text);
        if (text.Length > 0)
            return EcmaText.IsDotRun(text);
        // Blanks only: the pattern gives back at least one of them as the title.
        return rest.Length >= 2 && !EcmaText.IsParagraphBreak(rest[^1]);
    }

    /// <summary><c>^###\s*Requirement:\s*(.+)\s*$</c>, ignoring case: the normalised name.</summary>
    public static bool TryRequirement(ReadOnlySpan<char> line, out ReadOnlySpan<char> name)
    {
        name = default;
        if (!line.StartsWith("###"))
            return false;
        var at = EcmaText.SkipSpace(line, 3);
        return EcmaText.StartsWithIgnoreAsciiCase(line[at..], "requirement:") && TryName(line[(at + 12)..], out name);
    }

    /// <summary><c>^###\s+Requirement:\s*(.+)\s*$</c>, ignoring case: the stricter form of the main spec's structure check.</summary>
    public static bool TrySpacedRequirement(ReadOnlySpan<char> line, out ReadOnlySpan<char> name)
    {
        name = default;
        return line.Length > 3 && EcmaText.IsSpace(line[3]) && TryRequirement(line, out name);
    }

    /// <summary><c>\s*(.+)\s*$</c> after a header's colon, then name normalisation.</summary>
    private static bool TryName(ReadOnlySpan<char> rest, out ReadOnlySpan<char> name)
    {
        name = default;
        var text = rest[EcmaText.SkipSpace(rest, 0)..];
        if (text.Length == 0)
            return rest.IndexOfAnyExcept('\u2028', '\u2029') >= 0;
        if (!EcmaText.IsDotRun(EcmaText.TrimEnd(text)))
            return false;
        var stop = text.IndexOfAny('\u2028', '\u2029');
        name = NormalizeName(stop < 0 ? text : text[..stop]);
        return true;
    }

    /// <summary>A requirement's name without the closing hashes of its heading, trimmed.</summary>
    public static ReadOnlySpan<char> NormalizeName(ReadOnlySpan<char> name) => EcmaText.Trim(EcmaText.WithoutClosingHashes(name));

    /// <summary>
    /// <c>`?###\s*Requirement:\s*(.+?)`?\s*$</c>, case-sensitive: a requirement named in a bullet or in a rename line.
    /// </summary>
    public static bool TryQuotedRequirement(ReadOnlySpan<char> text, out ReadOnlySpan<char> name)
    {
        name = default;
        if (text.StartsWith("`"))
            text = text[1..];
        if (!text.StartsWith("###"))
            return false;
        text = EcmaText.TrimStart(text[3..]);
        if (!text.StartsWith("Requirement:"))
            return false;
        var rest = text["Requirement:".Length..];
        var value = EcmaText.Trim(rest);
        if (value.Length == 0)
            return rest.IndexOfAnyExcept('\u2028', '\u2029') >= 0;
        if (value.Length > 1 && value[^1] == '`')
            value = value[..^1];
        if (!EcmaText.IsDotRun(value))
            return false;
        name = NormalizeName(value);
        return true;
    }

    /// <summary>The name of a <c>####</c> header as the scenario-loss check compares it.</summary>
    public static ReadOnlySpan<char> ScenarioName(ReadOnlySpan<char> line)
    {
        var text = EcmaText.WithoutClosingHashes(EcmaText.TrimStart(line[4..]));
        if (EcmaText.StartsWithIgnoreAsciiCase(text, "scenario:"))
            text = text[9..];
        return EcmaText.Trim(text);
    }
}
