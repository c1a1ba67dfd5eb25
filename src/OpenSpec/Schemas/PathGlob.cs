using System.Text;
using System.Text.RegularExpressions;

namespace OpenSpec.Schemas;

/// <summary>
/// A path pattern with <c>*</c>, <c>?</c>, <c>**</c>, character classes, braces and extended groups, as workflow schemas use them.
/// Names that begin with a dot are matched only by a pattern segment that does, too.
/// </summary>
internal sealed class PathGlob
{
    /// <summary>Most alternatives that braces may make; the rest is dropped. Keeps a hostile schema from exhausting memory.</summary>
    private const int MaxAlternatives = 256;

    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(200);

    private readonly Segment[][] _alternatives;

    public PathGlob(string pattern) =>
        _alternatives = ExpandBraces(pattern.Replace('\\', '/')).Select(a => ToSegments(a)).ToArray();

    /// <summary>Whether a text is a pattern at all; otherwise it is a path.</summary>
    public static bool IsPattern(string text) =>
        text.AsSpan().IndexOfAny('*', '?', '[') >= 0 || HasExtendedGroup(text) || HasBraces(text);

    public bool IsMatch(string path)
    {
        var names = path.Split('/');
        return Array.Exists(_alternatives, a => IsMatch(a, 0, names, 0));
    }

    private static bool IsMatch(Segment[] pattern, int at, string[] names, int index)
    {
        for (; at < pattern.Length; at++, index++)
        {
            if (pattern[at].IsGlobstar)
                return MatchesRest(pattern, at + 1, names, index);
            if (index >= names.Length || !pattern[at].IsMatch(names[index]))
                return false;
        }

        return index == names.Length;
    }

    private static bool MatchesRest(Segment[] pattern, int at, string[] names, int index)
    {
        for (; index <= names.Length; index++)
        {
            if (IsMatch(pattern, at, names, index))
                return true;
            if (index == names.Length || names[index].StartsWith('.'))
                return false;
        }

        return false;
    }

    private static Segment[] ToSegments(string pattern)
    {
        var segments = new List<Segment>();
        foreach (var text in pattern.Split('/'))
        {
            // Two globstars in a row mean one, and would only cost time.
            if (text is "" or "." || (text == "**" && segments.Count > 0 && segments[^1].IsGlobstar))
                continue;
            segments.Add(new(text));
        }

        return [.. segments];
    }

    private static bool HasExtendedGroup(string text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '(' && text[i - 1] is '!' or '*' or '+' or '?' or '@' && text.IndexOf(')', i) > 0)
                return true;
        }

        return false;
    }

    private static bool HasBraces(string text)
    {
        var open = text.IndexOf('{');
        var close = open < 0 ? -1 : text.IndexOf('}', open);
        return close > 0 && (text.AsSpan(open, close - open).Contains(',') || text.AsSpan(open, close - open).IndexOf("..") >= 0);
    }

    private static List<string> ExpandBraces(string pattern)
    {
        var done = new List<string>();
        var pending = new Stack<string>([pattern]);
        while (pending.TryPop(out var text) && done.Count < MaxAlternatives)
        {
            if (!TryInnermostBraces(text, out var open, out var close))
            {
                done.Add(text);
                continue;
            }

            foreach (var choice in Choices(text[(open + 1)..close]).Take(MaxAlternatives))
                pending.Push(string.Concat(text.AsSpan(0, open), choice, text.AsSpan(close + 1)));
        }

        return done;
    }

    private static bool TryInnermostBraces(string text, out int open, out int close)
    {
        open = -1;
        for (close = 0; close < text.Length; close++)
        {
            if (text[close] == '{')
                open = close;
            else if (text[close] == '}' && open >= 0 && Choices(text[(open + 1)..close]).Skip(1).Any())
                return true;
        }

        return false;
    }

    private static IEnumerable<string> Choices(string inner)
    {
        var dots = inner.IndexOf("..", StringComparison.Ordinal);
        if (dots > 0 && int.TryParse(inner[..dots], out var from) && int.TryParse(inner[(dots + 2)..], out var to))
            return Enumerable.Range(Math.Min(from, to), Math.Min(Math.Abs(to - from) + 1, MaxAlternatives)).Select(i => $"{i}");
        if (dots == 1 && inner.Length == 4)
            return Enumerable.Range(Math.Min(inner[0], inner[3]), Math.Abs(inner[3] - inner[0]) + 1).Select(i => $"{(char)i}");
        return inner.Split(',');
    }

    private sealed class Segment
    {
        private readonly string _text;
        private readonly Regex? _regex;

        public Segment(string text)
        {
            _text = text;
            IsGlobstar = text == "**";
            if (text.AsSpan().IndexOfAny('[', '(') >= 0)
                _regex = new(ToRegex(text), RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchLimit);
        }

        public bool IsGlobstar { get; }

        public bool IsMatch(string name)
        {
            if (name.StartsWith('.') && !_text.StartsWith('.'))
                return false;
            if (_regex is null)
                return IsSimpleMatch(_text, name);
            try
            {
                return _regex.IsMatch(name);
            }
            catch (RegexMatchTimeoutException)
            {
                // A pattern that takes this long matches nothing that anybody meant.
                return false;
            }
        }

        /// <summary><c>*</c> and <c>?</c> only; at most length times length steps.</summary>
        private static bool IsSimpleMatch(string pattern, string name)
        {
            int p = 0, n = 0, star = -1, mark = 0;
            while (n < name.Length)
            {
                if (p < pattern.Length && pattern[p] == '*')
                {
                    star = p++;
                    mark = n;
                }
                else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
                {
                    p++;
                    n++;
                }
                else if (star >= 0)
                {
                    p = star + 1;
                    n = ++mark;
                }
                else
                {
                    return false;
                }
            }

            return pattern.AsSpan(p).TrimStart('*').Length == 0;
        }

        private static string ToRegex(string text)
        {
            var result = new StringBuilder("\\A");
            var closers = new Stack<string>();
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                if (i + 1 < text.Length && text[i + 1] == '(' && c is '!' or '*' or '+' or '?' or '@')
                {
                    result.Append(c == '!' ? "(?!(?:" : "(?:");
                    closers.Push(c switch { '!' => ")\\z).*?", '@' => ")", _ => ")" + c });
                    i++;
                }
                else if (c == ')' && closers.TryPop(out var closer))
                {
                    result.Append(closer);
                }
                else if (c == '[' && text.IndexOf(']', i + 2 < text.Length ? i + 2 : i) is var end and > 0)
                {
                    AppendClass(result, text[(i + 1)..end]);
                    i = end;
                }
                else
                {
                    result.Append(c switch { '*' => ".*?", '?' => ".", '|' when closers.Count > 0 => "|", _ => Regex.Escape(c.ToString()) });
                }
            }

            // An unclosed group is no group.
            return closers.Count == 0 ? result.Append("\\z").ToString() : "\\A" + Regex.Escape(text) + "\\z";
        }

        private static void AppendClass(StringBuilder result, string inner)
        {
            var isNegated = inner[0] is '!' or '^';
            result.Append(isNegated ? "[^" : "[").Append((isNegated ? inner[1..] : inner).Replace("\\", "\\\\").Replace("[", "\\[").Replace("]", "\\]")).Append(']');
        }
    }
}
