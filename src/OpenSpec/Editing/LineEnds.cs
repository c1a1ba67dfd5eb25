namespace OpenSpec.Editing;

/// <summary>The line ends of a document: what is written into it uses the same.</summary>
internal static class LineEnds
{
    /// <summary>The line end that prevails; LF when there is none to learn from.</summary>
    public static string Of(string text)
    {
        var feeds = text.AsSpan().Count('\n');
        if (feeds == 0)
            return text.Contains('\r', StringComparison.Ordinal) ? "\r" : "\n";
        var pairs = text.AsSpan().Count("\r\n");
        return pairs > feeds - pairs ? "\r\n" : "\n";
    }

    /// <summary>Text with the line ends of a document.</summary>
    public static string Adapt(string newText, string document)
    {
        var plain = Parsing.EcmaText.NormalizeLineEnds(newText);
        var end = Of(document);
        return end == "\n" ? plain : plain.Replace("\n", end, StringComparison.Ordinal);
    }
}
