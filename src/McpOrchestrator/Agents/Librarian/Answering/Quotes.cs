using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using McpOrchestrator.Agents.Librarian.Passages;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>Makes evidence out of passages: the very lines, with a hash that tells later whether they still say the same.</summary>
internal static partial class Quotes
{
    private const int LongestQuote = 700;

    /// <summary>The whole passage, or, when it is long, the lines of the sentence.</summary>
    internal static Evidence Of(ScoredPassage scored)
    {
        var passage = scored.Candidate.Passage;
        var sentence = scored.Best;
        if (passage.Text.Length <= LongestQuote || sentence is null) return Lines(scored, 0, LastLine(passage, sentence is null));
        var first = passage.Text.AsSpan(0, sentence.Start).Count('\n');
        return Lines(scored, first, first + sentence.Text.AsSpan().Count('\n'));
    }

    /// <summary>A sentence as part of an answer: without list marker, on one line.</summary>
    internal static string Inline(string sentence) => Collapse(sentence.TrimStart('-', '*', '+', ' ', '>') is { Length: > 0 } text && sentence.StartsWith("- ", StringComparison.Ordinal) ? text.StartsWith("**", StringComparison.Ordinal) ? text : Unmarked(sentence) : sentence);

    /// <summary>A sentence of a code comment: without comment marks and documentation tags, on one line.</summary>
    internal static string InlineComment(string sentence) => Collapse(CommentMarkPattern().Replace(sentence, " "));

    internal static string HashOf(string quote) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Collapse(quote))));

    internal static string Collapse(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Unmarked(string sentence) => sentence[2..];

    // A passage that does not answer is shown by its beginning.
    private static int LastLine(Passage passage, bool shorten)
    {
        var lines = passage.Text.Split('\n');
        if (!shorten) return lines.Length - 1;
        var (last, length) = (0, lines[0].Length);
        while (last + 1 < lines.Length && length + lines[last + 1].Length < LongestQuote) length += lines[++last].Length;
        return last;
    }

    private static Evidence Lines(ScoredPassage scored, int first, int last)
    {
        var passage = scored.Candidate.Passage;
        var quote = string.Join('\n', passage.Text.Split('\n')[first..(last + 1)]);
        return new Evidence(scored.Candidate.Path, passage.Line + first, passage.Line + last, quote, HashOf(quote), Math.Round(scored.Confidence, 3));
    }

    [GeneratedRegex("""^\s*(?:/{2,3}!?|/\*{1,2}!?|\*/?|\#+|-{2,}|"{3}|'{3})|(?:\*/|"{3}|'{3})\s*$|</?(?:summary|remarks|para|returns|value|example|exception|param|typeparam|c|code|b|i)\b[^>]*>""", RegexOptions.Multiline)]
    private static partial Regex CommentMarkPattern();
}
