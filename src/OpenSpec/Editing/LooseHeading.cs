using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Editing;

/// <summary>A line that a person would take for a heading, whether the format does or not.</summary>
internal readonly ref struct LooseHeading
{
    private LooseHeading(int indent, int level, bool hasBlank, ReadOnlySpan<char> title)
    {
        Indent = indent;
        Level = level;
        HasBlank = hasBlank;
        RawTitle = title;
    }

    /// <summary>Spaces before the hashes, up to three.</summary>
    public int Indent { get; }

    public int Level { get; }

    /// <summary>Whether a blank stands between hashes and title.</summary>
    public bool HasBlank { get; }

    /// <summary>The title as written, trimmed.</summary>
    public ReadOnlySpan<char> RawTitle { get; }

    public static bool TryParse(ReadOnlySpan<char> line, out LooseHeading heading)
    {
        heading = default;
        var indent = 0;
        while (indent < 3 && indent < line.Length && line[indent] == ' ')
            indent++;
        var level = 0;
        while (indent + level < line.Length && line[indent + level] == '#')
            level++;
        var rest = line[(indent + level)..];
        if (level is 0 or > 6 || EcmaText.IsBlank(rest))
            return false;
        heading = new(indent, level, EcmaText.IsSpace(rest[0]), EcmaText.Trim(rest));
        return true;
    }

    /// <summary>Whether the format reads it as a heading of this level.</summary>
    public bool IsProper(int level) => Indent == 0 && HasBlank && Level == level;

    /// <summary>Whether the title is <c>WORD: NAME</c> without anything between word and colon, and not in bold type.</summary>
    public bool HasColonForm(string word) => EcmaText.StartsWithIgnoreAsciiCase(RawTitle, word) && RawTitle.Length > word.Length && RawTitle[word.Length] == ':';

    /// <summary>ADDED, MODIFIED, REMOVED or RENAMED before Requirement or Requirements, in any case, with an extra colon, hashes, blanks or bold type.</summary>
    public bool TryOperation(out DeltaOperation operation)
    {
        operation = default;
        var title = EcmaText.WithoutClosingHashes(RawTitle);
        title = EcmaText.Trim(EcmaText.Trim(title).Trim('*').TrimEnd(":."));
        var blank = title.IndexOfAny(' ', '\t');
        if (blank < 0 || Level > 3)
            return false;
        var noun = EcmaText.Trim(title[blank..]).TrimEnd('*');
        if (!EcmaText.EqualsIgnoreAsciiCase(noun, "requirements") && !EcmaText.EqualsIgnoreAsciiCase(noun, "requirement"))
            return false;
        if (DeltaReader.OperationOf($"{title[..blank]} Requirements") is not { } found)
            return false;
        operation = found;
        return true;
    }

    /// <summary><c>WORD: NAME</c>, with a blank before the colon, a full-width colon or bold type allowed.</summary>
    public bool TryNamed(string word, out string name) => TryNamed(EcmaText.Trim(EcmaText.WithoutClosingHashes(RawTitle)), word, out name);

    /// <summary>A whole line <c>**Scenario: NAME**</c> or <c>**Scenario:** NAME</c>, as it is or as a list item at the margin.</summary>
    public static bool TryBoldScenario(ReadOnlySpan<char> line, out string name)
    {
        name = "";
        if (line.Length > 2 && line[0] is '-' or '*' or '+' && line[1] == ' ')
            line = EcmaText.TrimStart(line[1..]);
        line = EcmaText.TrimEnd(line);
        return line.StartsWith("**") && TryNamed(line, "scenario", out name);
    }

    /// <summary>A list item that begins with GIVEN or WHEN.</summary>
    public static bool IsStep(ReadOnlySpan<char> line)
    {
        var text = EcmaText.TrimStart(line);
        if (text.Length < 2 || text[0] is not ('-' or '*' or '+') || text[1] != ' ')
            return false;
        text = EcmaText.TrimStart(text[1..]).TrimStart('*');
        return StartsWithWord(text, "WHEN") || StartsWithWord(text, "GIVEN");
    }

    private static bool StartsWithWord(ReadOnlySpan<char> text, string word) =>
        EcmaText.StartsWithIgnoreAsciiCase(text, word) && (text.Length == word.Length || !EcmaText.IsWord(text[word.Length]));

    private static bool TryNamed(ReadOnlySpan<char> title, string word, out string name)
    {
        name = "";
        var isBold = title.StartsWith("**");
        if (isBold)
            title = title[2..];
        if (!EcmaText.StartsWithIgnoreAsciiCase(title, word))
            return false;
        var rest = EcmaText.TrimStart(title[word.Length..]);
        if (rest.Length == 0 || rest[0] is not (':' or '\uff1a'))
            return false;
        rest = EcmaText.Trim(rest[1..]);
        if (isBold && !TryLeaveBold(ref rest))
            return false;
        // What is left has to be a name that the format reads back as it is.
        if (rest.Length == 0 || rest.IndexOfAny('\u2028', '\u2029') >= 0 || (isBold && rest.IndexOf("**") >= 0))
            return false;
        name = rest.ToString();
        return true;
    }

    /// <summary><c>WORD:** NAME</c> or <c>WORD: NAME**</c></summary>
    private static bool TryLeaveBold(ref ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("**"))
            rest = EcmaText.TrimStart(rest[2..]);
        else if (rest.EndsWith("**"))
            rest = EcmaText.TrimEnd(rest[..^2]);
        else
            return false;
        return true;
    }
}
