namespace Workflow.Review.Reading;

/// <summary>Splits paragraphs and list items into sentences.</summary>
internal static class SentenceReader
{
    private static readonly string[] Abbreviations = ["e.g", "i.e", "etc", "vs", "cf", "approx", "incl", "resp", "no"];

    /// <summary>The sentences of one paragraph or list item.</summary>
    public static void Read(ReviewedDocument document, int start, int end, SentencePlace place, List<Sentence> into)
    {
        var masked = document.Masked;
        var first = start;
        for (var at = start; at < end; at++)
        {
            if (!EndsSentence(masked, first, at, end))
                continue;
            Add(document, first, at + 1, place, into);
            first = at + 1;
        }

        Add(document, first, end, place, into);
    }

    private static bool EndsSentence(string text, int first, int at, int end)
    {
        switch (text[at])
        {
            case '。' or '！' or '？':
                return true;
            case '!' or '?':
                return at + 1 >= end || char.IsWhiteSpace(text[at + 1]);
            case '.':
                break;
            default:
                return false;
        }

        if (at + 1 < end && !char.IsWhiteSpace(text[at + 1]))
            return false;
        var next = at + 1;
        while (next < end && char.IsWhiteSpace(text[next]))
            next++;
        if (next >= end)
            return true;
        // "e.g. a file": an abbreviation ends no sentence; "etc. The" does
        return !char.IsLower(text[next]) || !IsAbbreviation(text.AsSpan(first, at - first));
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> before)
    {
        foreach (var abbreviation in Abbreviations)
        {
            if (before.EndsWith(abbreviation, StringComparison.OrdinalIgnoreCase)
                && (before.Length == abbreviation.Length || !char.IsLetterOrDigit(before[^(abbreviation.Length + 1)])))
                return true;
        }

        return false;
    }

    private static void Add(ReviewedDocument document, int start, int end, SentencePlace place, List<Sentence> into)
    {
        var text = document.Text;
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        if (end > start)
            into.Add(new Sentence(document, start, end, place));
    }
}
