using System.Text;

namespace Workflow.Documents.Drafting;

/// <summary>Puts text from elsewhere (quotes, questions, answers) into Markdown so that it stays on its line and cannot become structure.</summary>
internal static class Markdown
{
    /// <summary>One line of prose: white space collapsed, control characters dropped, comments and headings disarmed.</summary>
    public static string Line(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (result.Length > 0 && result[^1] != ' ')
                    result.Append(' ');
            }
            else if (IsVisible(rune))
            {
                result.Append(rune.ToString());
            }
        }

        return result.ToString().TrimEnd().Replace("<!--", "&lt;!--").Replace("-->", "--&gt;");
    }

    /// <summary>A code span with a fence longer than any run of backticks inside (CommonMark 6.1).</summary>
    public static string Code(string text)
    {
        var line = Line(text).Replace("&lt;!--", "<!--").Replace("--&gt;", "-->");
        var longest = 0;
        for (int i = 0, run = 0; i < line.Length; i++)
        {
            run = line[i] == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        if (longest == 0)
            return $"`{Disarm(line)}`";
        var fence = new string('`', longest + 1);
        return $"{fence} {Disarm(line)} {fence}";
    }

    /// <summary>A line of a code block: as it is, without control and hidden characters, comments disarmed.</summary>
    public static string Visible(string line) =>
        Disarm(string.Concat(line.EnumerateRunes().Where(rune => rune.Value == '\t' || IsVisible(rune) || (Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune))).Select(rune => rune.ToString())));

    // Not: control characters, zero-width and direction marks, tag characters, halves of surrogate pairs.
    private static bool IsVisible(Rune rune) =>
        rune != Rune.ReplacementChar
        && !Rune.IsWhiteSpace(rune)
        && Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.Surrogate);

    /// <summary>At most <paramref name="length"/> characters, with an ellipsis when shortened; never half a surrogate pair.</summary>
    public static string Shorten(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end].TrimEnd() + "…";
    }

    // OpenSpec's own placeholder scan does not know code spans; a comment opened here would swallow the rest of the file for readers that do not either.
    private static string Disarm(string line) => line.Replace("<!--", "<!- -");
}
