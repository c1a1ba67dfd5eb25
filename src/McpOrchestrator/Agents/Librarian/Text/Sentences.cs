namespace McpOrchestrator.Agents.Librarian.Text;

/// <summary>Cuts a passage into what can be quoted on its own: sentences and list items, each a slice of the text as it stands there.</summary>
internal static class Sentences
{
    internal static IReadOnlyList<Range> Of(string text)
    {
        var result = new List<Range>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var end = EndAt(text, i);
            if (end < 0) continue;
            Add(text, start, end, result);
            start = end;
            i = end - 1;
        }

        Add(text, start, text.Length, result);
        return result;
    }

    /// <summary>Where the sentence ends that <c>text[i]</c> closes, closing quotes and emphasis included; -1 when it closes none.</summary>
    private static int EndAt(string text, int i)
    {
        if (!ClosesAt(text, i)) return -1;
        var end = i + 1;
        if (text[i] != '\n') end = AfterClosers(text, end);
        return end;
    }

    private static int AfterClosers(string text, int at)
    {
        while (at < text.Length && text[at] is '*' or '_' or '"' or '\'' or '”' or '’' or ')') at++;
        return at;
    }

    private static bool ClosesAt(string text, int i) => text[i] switch
    {
        '\n' => i + 1 >= text.Length || text[i + 1] == '\n' || StartsItem(text, i + 1) || IsHeading(text, i),
        '.' or '!' or '?' => AfterClosers(text, i + 1) is var next && next < text.Length && char.IsWhiteSpace(text[next]) && StartsSentence(text, next) && !IsAbbreviation(text, i),
        _ => false,
    };

    private static bool IsHeading(string text, int newline)
    {
        var start = newline == 0 ? 0 : text.LastIndexOf('\n', newline - 1) + 1;
        return text.AsSpan(start, newline - start).TrimStart().StartsWith("#", StringComparison.Ordinal);
    }

    private static bool StartsItem(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        if (at >= text.Length) return false;
        if (text[at] is '|' or '#' or '>') return true;
        if (text[at] is '-' or '*' or '+') return at + 1 < text.Length && text[at + 1] == ' ';
        var digits = at;
        while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;
        return digits > at && digits + 1 < text.Length && text[digits] is '.' or ')' && text[digits + 1] == ' ';
    }

    private static bool StartsSentence(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at >= text.Length || !char.IsLower(text[at]);
    }

    private static bool IsAbbreviation(string text, int dot)
    {
        if (text[dot] != '.') return false;
        var start = dot;
        while (start > 0 && (char.IsLetter(text[start - 1]) || text[start - 1] == '.')) start--;
        return text[start..dot].ToLowerInvariant() is "e.g" or "i.e" or "etc" or "vs" or "approx" or "no" or "incl" or "max" or "min";
    }

    private static void Add(string text, int start, int end, List<Range> result)
    {
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        if (end > start) result.Add(start..end);
    }
}
