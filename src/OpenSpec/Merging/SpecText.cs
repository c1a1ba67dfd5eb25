using System.Text;
using OpenSpec.Parsing;

namespace OpenSpec.Merging;

/// <summary>Puts a merged spec together and gives it the line ends that the file had.</summary>
internal static class SpecText
{
    /// <summary>The parts joined by one blank line, runs of empty lines outside of fences collapsed, one line end at the end.</summary>
    public static string Compose(params ReadOnlySpan<string> parts)
    {
        var joined = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Length == 0)
                continue;
            if (joined.Length > 0)
                joined.Append("\n\n");
            joined.Append(part);
        }

        return EcmaText.TrimEnd(CollapseBlankRuns(joined.ToString())) + "\n";
    }

    /// <summary>The text with the line ends that prevail in another one; CR LF wins a tie.</summary>
    public static string MatchLineEnds(string text, string other)
    {
        var feeds = other.AsSpan().Count('\n');
        if (feeds == 0)
            return text;
        var pairs = other.AsSpan().Count("\r\n");
        var plain = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        return pairs >= feeds - pairs ? plain.Replace("\n", "\r\n", StringComparison.Ordinal) : plain;
    }

    private static string CollapseBlankRuns(string text)
    {
        if (!text.Contains("\n\n\n", StringComparison.Ordinal) && !text.StartsWith("\n\n", StringComparison.Ordinal))
            return text;
        var lines = LineReader.ReadLineFeeds(text);
        var result = new StringBuilder(text.Length);
        var wasEmpty = false;
        for (var i = 0; i < lines.LineCount; i++)
        {
            var line = lines.At(i);
            var isEmpty = line.Length == 0 && !lines.IsFenced(i);
            if (isEmpty && wasEmpty)
                continue;
            wasEmpty = isEmpty;
            if (i > 0)
                result.Append('\n');
            result.Append(line);
        }

        return result.ToString();
    }
}
