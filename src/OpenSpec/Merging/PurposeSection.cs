using System.Text;
using OpenSpec.Documents;
using OpenSpec.Parsing;
using OpenSpec.Validation;

namespace OpenSpec.Merging;

/// <summary>The purpose that a delta brings for a new capability.</summary>
internal static class PurposeSection
{
    /// <summary>
    /// The body of the first <c>## Purpose</c> section outside of fences and HTML comments, with LF line ends, trimmed; null when there is
    /// none or nothing is left of it without fences and comments. A byte order mark is not stripped here.
    /// </summary>
    public static string? Extract(string text)
    {
        if (text.IndexOf("purpose", StringComparison.OrdinalIgnoreCase) < 0)
            return null;
        var normalized = EcmaText.NormalizeLineEnds(text);
        var masked = LineReader.ReadLineFeeds(MaskComments(normalized));
        var start = FindHeader(masked);
        if (start < 0)
            return null;
        var end = start + 1;
        while (end < masked.LineCount && (masked.IsFenced(end) || Headers.Level(masked.At(end)) != 2))
            end++;
        var hasProse = false;
        for (var i = start + 1; i < end; i++)
            hasProse |= !masked.IsFenced(i) && !EcmaText.IsBlank(masked.At(i));
        if (!hasProse)
            return null;
        // Masking keeps every offset, so the body can be taken from the unmasked text.
        var body = normalized.AsSpan(masked.StartOf(start + 1), masked.EndOf(end - 1) - masked.StartOf(start + 1));
        return EcmaText.Trim(body).ToString();
    }

    /// <summary>The text that a new main spec starts from.</summary>
    public static string Skeleton(string capability, string purpose) => $"# {capability} Specification\n\n## Purpose\n{purpose}\n\n## Requirements\n";

    /// <summary>The sentence that stands in for a purpose.</summary>
    public static string Placeholder(string changeId) => PurposePlaceholder.Prefix + changeId + PurposePlaceholder.Suffix;

    /// <summary>The purpose as the readers of the new spec would see it; null when it would leave a spec that they cannot read.</summary>
    public static string? ReadableOverview(string skeleton)
    {
        if (skeleton.Contains("<!--", StringComparison.Ordinal))
            return null;
        var spec = MainSpec.Parse(skeleton);
        if (SpecStructure.Find(spec.Source).Count > 0 || spec.Purpose is not { } purpose || spec.Outline.Find("Requirements") is null)
            return null;
        var overview = purpose.Content;
        return overview.Length == 0 ? null : overview;
    }

    private static int FindHeader(TextDocument document)
    {
        for (var i = 0; i < document.LineCount; i++)
        {
            var line = document.At(i);
            if (Headers.Level(line) == 2 && !document.IsFenced(i) && EcmaText.EqualsIgnoreAsciiCase(EcmaText.Trim(line[2..]), "Purpose"))
                return i;
        }

        return -1;
    }

    /// <summary>Blanks out <c>&lt;!-- … --&gt;</c>, keeping line ends. An unterminated comment runs to the end.</summary>
    private static string MaskComments(string text)
    {
        var open = text.IndexOf("<!--", StringComparison.Ordinal);
        if (open < 0)
            return text;
        var result = new StringBuilder(text.Length);
        var at = 0;
        while (open >= 0)
        {
            var close = CommentEnd(text, open + 4);
            result.Append(text, at, open - at);
            foreach (var c in text.AsSpan(open, close - open))
                result.Append(c == '\n' ? '\n' : ' ');
            at = close;
            open = text.IndexOf("<!--", at, StringComparison.Ordinal);
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private static int CommentEnd(string text, int from)
    {
        for (var at = text.IndexOf("--", from, StringComparison.Ordinal); at >= 0; at = text.IndexOf("--", at + 1, StringComparison.Ordinal))
        {
            var rest = text.AsSpan(at + 2);
            if (rest.StartsWith(">"))
                return at + 3;
            if (rest.StartsWith("!>"))
                return at + 4;
        }

        return text.Length;
    }
}
