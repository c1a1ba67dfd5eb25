using System.Text;

namespace Workflow.Documents.Drafting;

/// <summary>Puts text from elsewhere (quotes, questions, answers) into Markdown so that it stays on its line and cannot become structure.</summary>
internal static class Markdown
{
    /// <summary>One line of prose: white space collapsed, control characters dropped, comments and headings disarmed.</summary>
    public static string Line(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                if (result.Length > 0 && result[^1] != ' ')
                    result.Append(' ');
            }
            else if (!char.IsControl(c) && char.GetUnicodeCategory(c) is not (System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.Surrogate))
            {
                result.Append(c);
            }
            else if (char.IsSurrogate(c))
            {
                result.Append(c);
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
