using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpenSpec.Documents;

namespace Workflow.Review;

/// <summary>
/// The guard between what a reviewer says and what is kept: a quote that is not in the text, on one line, drops its finding. It also gives
/// findings their place and their stable id.
/// </summary>
internal static class QuoteAnchor
{
    /// <summary>Longest quote, in UTF-16 units.</summary>
    public const int LongestQuote = 300;

    /// <summary>Findings that stand on the text, by file and line, and the number of those that do not.</summary>
    /// <param name="drafts">What the reviewer says.</param>
    /// <param name="texts">The documents by path relative to the change folder.</param>
    public static (IReadOnlyList<Finding> Findings, int Ungrounded) Ground(IEnumerable<FindingDraft> drafts, IReadOnlyDictionary<string, TextDocument> texts)
    {
        var placed = new List<(FindingDraft Draft, int? Line)>();
        var ungrounded = 0;
        foreach (var draft in drafts)
        {
            if (draft.Quote.Length == 0)
                placed.Add((draft, draft.Line));
            else if (texts.TryGetValue(draft.Path, out var text) && LineOf(text, draft.Quote, draft.Line) is { } line)
                placed.Add((draft, line));
            else
                ungrounded++;
        }

        var occurrences = new Dictionary<(string, string, string), int>();
        var findings = placed
            .OrderBy(item => item.Draft.Path, StringComparer.Ordinal)
            .ThenBy(item => item.Line ?? 0)
            .Select(item => Create(item.Draft, item.Line, NextOccurrence(occurrences, item.Draft)))
            .ToArray();
        return (findings, ungrounded);
    }

    /// <summary>
    /// The part of a range that can serve as a quote: the line with <paramref name="at"/>, trimmed, and not longer than
    /// <see cref="LongestQuote"/>.
    /// </summary>
    public static (string Quote, int Line) Cut(TextDocument document, int start, int end, int at)
    {
        var line = document.GetPosition(at).Line;
        var whole = document.GetLineSpan(line);
        var from = Math.Max(start, whole.Start);
        var to = Math.Min(end, whole.End);
        if (to - from > LongestQuote)
        {
            from = Math.Clamp(at - LongestQuote / 3, from, to - LongestQuote);
            to = from + LongestQuote;
            // a cut must not split a surrogate pair
            from += char.IsLowSurrogate(document.Text[from]) ? 1 : 0;
            to -= char.IsHighSurrogate(document.Text[to - 1]) ? 1 : 0;
        }

        return (document.Text[from..Math.Max(from, to)].Trim(), line);
    }

    private static int? LineOf(TextDocument text, string quote, int? hint)
    {
        if (quote.AsSpan().ContainsAny('\n', '\r'))
            return null;
        if (hint is { } line && line >= 1 && line <= text.LineCount && text.GetLine(line).Contains(quote, StringComparison.Ordinal))
            return line;
        var at = text.Text.IndexOf(quote, StringComparison.Ordinal);
        return at < 0 ? null : text.GetPosition(at).Line;
    }

    private static int NextOccurrence(Dictionary<(string, string, string), int> seen, FindingDraft draft)
    {
        var key = (draft.RuleId, draft.Path, draft.Quote);
        return seen[key] = seen.GetValueOrDefault(key) + 1;
    }

    private static Finding Create(FindingDraft draft, int? line, int occurrence) => new()
    {
        Id = IdOf(draft, occurrence),
        RuleId = draft.RuleId,
        Severity = draft.Severity,
        Path = draft.Path,
        Line = line,
        Quote = draft.Quote,
        Message = draft.Message,
        Suggestion = draft.Suggestion,
        Capability = draft.Capability,
        Requirement = draft.Requirement,
        Question = draft.Question,
    };

    private static string IdOf(FindingDraft draft, int occurrence)
    {
        var identity = string.Join('\n', draft.RuleId, draft.Path, draft.Quote, occurrence.ToString(CultureInfo.InvariantCulture));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 8));
    }
}
