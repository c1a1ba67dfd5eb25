namespace Workflow.Review.Reading;

/// <summary>Finds the keywords of steps.</summary>
internal static class StepKeywords
{
    private static readonly (string Text, StepKeyword Keyword)[] All =
    [
        ("WHEN", StepKeyword.When), ("THEN", StepKeyword.Then), ("GIVEN", StepKeyword.Given), ("AND", StepKeyword.And), ("BUT", StepKeyword.But),
    ];

    /// <summary>The keyword that begins a line, after its list marker. In a list item any case counts; elsewhere it must be marked or begin with a capital.</summary>
    public static (StepKeyword Keyword, int TextStart)? AtLineStart(string masked, int at, int end, bool isListItem)
    {
        var first = SkipMarks(masked, at, end);
        foreach (var (text, keyword) in All)
        {
            if (!Matches(masked, first, end, text, StringComparison.OrdinalIgnoreCase))
                continue;
            if (!isListItem && first == at && !char.IsUpper(masked[first]))
                return null;
            return (keyword, AfterKeyword(masked, first + text.Length, end));
        }

        return null;
    }

    /// <summary>A further WHEN, THEN or GIVEN within a step: several steps on one line. In capitals, and marked bold or after a comma, semicolon or point.</summary>
    public static (StepKeyword Keyword, int Start, int TextStart)? Inside(string masked, int from, int end)
    {
        for (var at = from; at < end; at++)
        {
            if (masked[at] is not ('W' or 'T' or 'G') || (at > 0 && char.IsLetterOrDigit(masked[at - 1])))
                continue;
            foreach (var (text, keyword) in All)
            {
                if (keyword is StepKeyword.And or StepKeyword.But || !Matches(masked, at, end, text, StringComparison.Ordinal))
                    continue;
                var start = at;
                while (start > from && (masked[start - 1] is '*' or '_'))
                    start--;
                if (start < at || FollowsPause(masked, from, start))
                    return (keyword, start, AfterKeyword(masked, at + text.Length, end));
            }
        }

        return null;
    }

    private static bool FollowsPause(string masked, int from, int at)
    {
        while (at > from && masked[at - 1] is ' ')
            at--;
        return at > from && (masked[at - 1] is ',' or ';' or '.');
    }

    private static bool Matches(string masked, int at, int end, string keyword, StringComparison comparison)
    {
        var after = at + keyword.Length;
        return after <= end
            && string.Compare(masked, at, keyword, 0, keyword.Length, comparison) == 0
            && (after == end || !(char.IsLetterOrDigit(masked[after]) || masked[after] is '-' or '\''));
    }

    private static int SkipMarks(string masked, int at, int end)
    {
        while (at < end && (masked[at] is '*' or '_'))
            at++;
        return at;
    }

    private static int AfterKeyword(string masked, int at, int end)
    {
        while (at < end && (masked[at] is '*' or '_' or ':' or ',' || char.IsWhiteSpace(masked[at])))
            at++;
        return at;
    }
}
