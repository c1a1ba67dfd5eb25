using System.Buffers;

namespace Workflow.Review.Reading;

/// <summary>
/// Hides what an author mentions and does not say: fenced code, code spans, quoted words, HTML comments, link targets and addresses.
/// The masked text has the same length as the original, so positions are the same in both. Linear in the length of the text.
/// </summary>
internal static class TextMask
{
    /// <summary>Stands in the place of each hidden character.</summary>
    public const char Hidden = '\u0001';

    // A quotation is hidden only when it closes within so many characters: a stray quote must not hide the rest of a paragraph.
    private const int LongestQuote = 240;

    private static readonly SearchValues<char> Openers = SearchValues.Create("\"“”'‘`(<h");

    /// <summary>Masks a whole document.</summary>
    public static string Of(string text)
    {
        var masked = text.ToCharArray();
        HideComments(text, masked);
        foreach (var (start, end, isCode) in Blocks(text))
        {
            if (isCode)
                Hide(masked, start, end);
            else
                HideInline(masked, start, end);
        }

        return new string(masked);
    }

    /// <summary>Fenced blocks, and the paragraphs and list items between them: a span or a quotation does not go beyond one.</summary>
    private static IEnumerable<(int Start, int End, bool IsCode)> Blocks(string text)
    {
        var fence = default(Fence);
        var blockStart = -1;
        foreach (var (start, end) in MarkdownLines.Of(text))
        {
            var wasOpen = fence.IsOpen;
            if (fence.Next(text.AsSpan(start, end - start)) || wasOpen)
            {
                if (blockStart >= 0)
                    yield return (blockStart, start, false);
                blockStart = -1;
                yield return (start, end, true);
                continue;
            }

            var kind = MarkdownLines.KindOf(text.AsSpan(start, end - start));
            if (blockStart >= 0 && kind != LineKind.Text)
            {
                yield return (blockStart, start, false);
                blockStart = -1;
            }

            if (blockStart < 0 && kind != LineKind.Blank)
                blockStart = start;
        }

        if (blockStart >= 0)
            yield return (blockStart, text.Length, false);
    }

    private static void HideComments(string text, char[] masked)
    {
        var at = 0;
        while ((at = text.IndexOf("<!--", at, StringComparison.Ordinal)) >= 0)
        {
            var close = text.IndexOf("-->", at + 4, StringComparison.Ordinal);
            var end = close < 0 ? text.Length : close + 3;
            Hide(masked, at, end);
            at = end;
        }
    }

    private static void HideInline(char[] masked, int start, int end)
    {
        HideCodeSpans(masked, start, end);
        var at = start;
        while (at < end)
        {
            var next = masked.AsSpan(at, end - at).IndexOfAny(Openers);
            if (next < 0)
                return;
            at += next;
            at = masked[at] switch
            {
                '"' => HidePair(masked, at, end, '"'),
                '“' or '”' => HidePair(masked, at, end, '”'),
                '\'' or '‘' => HideSingleQuoted(masked, start, at, end),
                '(' when at > start && masked[at - 1] == ']' => HidePair(masked, at, end, ')'),
                '<' => HideTag(masked, at, end),
                'h' => HideAddress(masked, at, end),
                _ => at + 1,
            };
        }
    }

    private static void HideCodeSpans(char[] masked, int start, int end)
    {
        List<(int At, int Length)>? runs = null;
        for (var at = start; at < end; at++)
        {
            if (masked[at] != '`')
                continue;
            var first = at;
            while (at < end && masked[at] == '`')
                at++;
            (runs ??= []).Add((first, at - first));
        }

        if (runs is null)
            return;
        var partner = Partners(runs);
        for (var i = 0; i < runs.Count; i++)
        {
            if (partner[i] < 0)
                continue;
            Hide(masked, runs[i].At, runs[partner[i]].At + runs[partner[i]].Length);
            i = partner[i];
        }
    }

    /// <summary>For each run of backticks the next one of the same length; -1 when there is none.</summary>
    private static int[] Partners(List<(int At, int Length)> runs)
    {
        var next = new Dictionary<int, int>();
        var partner = new int[runs.Count];
        for (var i = runs.Count - 1; i >= 0; i--)
        {
            partner[i] = next.GetValueOrDefault(runs[i].Length, -1);
            next[runs[i].Length] = i;
        }

        return partner;
    }

    private static int HidePair(char[] masked, int at, int end, char close)
    {
        var length = masked.AsSpan(at + 1, Math.Min(LongestQuote, end - at - 1)).IndexOf(close);
        if (length < 0)
            return at + 1;
        Hide(masked, at, at + length + 2);
        return at + length + 2;
    }

    /// <summary>An apostrophe opens a quotation only before a word and closes it only after one: "don't" and "users' files" are neither.</summary>
    private static int HideSingleQuoted(char[] masked, int start, int at, int end)
    {
        var opens = (at == start || !char.IsLetterOrDigit(masked[at - 1])) && at + 1 < end && !char.IsWhiteSpace(masked[at + 1]);
        if (!opens)
            return at + 1;
        var limit = Math.Min(end, at + LongestQuote / 2);
        for (var close = at + 2; close < limit; close++)
        {
            if (masked[close] is not ('\'' or '’') || char.IsWhiteSpace(masked[close - 1]))
                continue;
            if (close + 1 < end && char.IsLetterOrDigit(masked[close + 1]))
                continue;
            Hide(masked, at, close + 1);
            return close + 1;
        }

        return at + 1;
    }

    private static int HideTag(char[] masked, int at, int end)
    {
        // <name>, <div class="x">: a placeholder or markup; "a < b" is neither
        if (at + 1 >= end || !(char.IsLetter(masked[at + 1]) || masked[at + 1] == '/'))
            return at + 1;
        return HidePair(masked, at, end, '>');
    }

    private static int HideAddress(char[] masked, int at, int end)
    {
        var rest = masked.AsSpan(at, end - at);
        if (!rest.StartsWith("http://") && !rest.StartsWith("https://"))
            return at + 1;
        var length = 0;
        while (length < rest.Length && !char.IsWhiteSpace(rest[length]) && rest[length] != ')')
            length++;
        Hide(masked, at, at + length);
        return at + length;
    }

    private static void Hide(char[] masked, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (masked[i] is not ('\n' or '\r'))
                masked[i] = Hidden;
        }
    }
}
