using System.Runtime.InteropServices;

namespace Workflow.Review.Reading;

/// <summary>A word of a sentence; a run of hidden text counts as one opaque word.</summary>
/// <param name="Start">Offset in the document.</param>
/// <param name="Text">As written; empty for hidden text.</param>
/// <param name="Lower">In lower case; empty for hidden text.</param>
/// <param name="InBrackets">Inside round brackets.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Word(int Start, string Text, string Lower, bool InBrackets)
{
    public bool IsHidden => Text.Length == 0;

    public bool IsNumber => Text.Length > 0 && char.IsAsciiDigit(Text[0]);

    /// <summary>An RFC 2119 keyword that makes a sentence binding.</summary>
    public bool IsBinding => Text is "SHALL" or "MUST";
}

/// <summary>Splits masked text into words. Hyphens and apostrophes inside a word and points inside a number belong to it.</summary>
internal static class Words
{
    public static Word[] Of(string masked, int start, int end)
    {
        var words = new List<Word>();
        var depth = 0;
        for (var at = start; at < end;)
        {
            var c = masked[at];
            if (c == TextMask.Hidden)
            {
                words.Add(new Word(at, "", "", depth > 0));
                while (at < end && masked[at] == TextMask.Hidden)
                    at++;
                continue;
            }

            if (!IsPart(c))
            {
                depth = c switch { '(' => depth + 1, ')' => Math.Max(0, depth - 1), _ => depth };
                at++;
                continue;
            }

            var first = at;
            while (at < end && (IsPart(masked[at]) || IsJoint(masked, at, end)))
                at++;
            var text = masked[first..at];
            words.Add(new Word(first, text, text.ToLowerInvariant(), depth > 0));
        }

        return [.. words];
    }

    private static bool IsPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '%' || char.IsSurrogate(c);

    private static bool IsJoint(string text, int at, int end)
    {
        if (at + 1 >= end)
            return false;
        var (before, after) = (text[at - 1], text[at + 1]);
        return text[at] switch
        {
            '-' or '\'' or '’' => char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after),
            '.' or ',' => char.IsAsciiDigit(before) && char.IsAsciiDigit(after),
            _ => false,
        };
    }
}
