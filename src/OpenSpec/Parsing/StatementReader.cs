using System.Text;
using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>Reads a requirement's statement: the text between its header and its first scenario.</summary>
internal static class StatementReader
{
    public static Result Read(TextDocument document, int first, int end)
    {
        var text = default(Lines);
        var metadata = default(Lines);
        var stop = first;
        for (; stop < end; stop++)
        {
            if (document.IsFenced(stop))
                continue;
            var line = document.At(stop);
            if (Headers.Level(line) > 0)
                break;
            var trimmed = EcmaText.Trim(line);
            if (trimmed.Length == 0)
                continue;
            if (IsMetadata(trimmed))
                metadata.Add(stop, trimmed);
            else
                text.Add(stop, trimmed);
        }

        return text.Count > 0 ? new(text, stop, Metadata: false) : new(metadata, stop, Metadata: true);
    }

    /// <summary>
    /// The same for the tree reader, which trims the content first: an indented header on its first line counts as one.
    /// </summary>
    public static Result ReadTrimmed(TextDocument document, int first, int end)
    {
        while (first < end && EcmaText.IsBlank(document.At(first)))
            first++;
        if (first < end && !document.IsFenced(first) && Headers.Level(EcmaText.TrimStart(document.At(first))) > 0)
            return default;
        return Read(document, first, end);
    }

    /// <summary><c>^\*\*[^*]+\*\*:</c></summary>
    private static bool IsMetadata(ReadOnlySpan<char> trimmed)
    {
        if (!trimmed.StartsWith("**"))
            return false;
        var close = trimmed[2..].IndexOf('*');
        return close > 0 && trimmed[(2 + close)..].StartsWith("**:");
    }

    /// <summary><c>\b(SHALL|MUST)\b</c></summary>
    public static bool HasKeyword(ReadOnlySpan<char> text) => HasWord(text, "SHALL") || HasWord(text, "MUST");

    private static bool HasWord(ReadOnlySpan<char> text, ReadOnlySpan<char> word)
    {
        while (true)
        {
            var at = text.IndexOf(word);
            if (at < 0)
                return false;
            var after = at + word.Length;
            if ((at == 0 || !EcmaText.IsWord(text[at - 1])) && (after == text.Length || !EcmaText.IsWord(text[after])))
                return true;
            // Keep the last character of the match: it may be the one that stands before the next occurrence.
            text = text[(after - 1)..];
        }
    }

    internal struct Lines
    {
        public int First;
        public int Last;
        public int Count;
        public int Length;
        public bool Keyword;

        public void Add(int line, ReadOnlySpan<char> trimmed)
        {
            if (Count++ == 0)
                First = line;
            Last = line;
            Length += trimmed.Length;
            Keyword |= HasKeyword(trimmed);
        }
    }

    internal readonly record struct Result(Lines Content, int Stop, bool Metadata)
    {
        public int LineCount => Content.Count;

        public bool HasKeyword => Content.Keyword;

        /// <summary>UTF-16 length of the text, without building it.</summary>
        public int Length => Content.Count == 0 ? 0 : Content.Length + Content.Count - 1;

        public string ToText(TextDocument document)
        {
            if (Content.Count == 0)
                return "";
            var result = new StringBuilder(Length);
            for (var i = Content.First; i <= Content.Last; i++)
            {
                var trimmed = EcmaText.Trim(document.At(i));
                if (document.IsFenced(i) || trimmed.Length == 0 || IsMetadata(trimmed) != Metadata)
                    continue;
                if (result.Length > 0)
                    result.Append('\n');
                result.Append(trimmed);
            }

            return result.ToString();
        }

        public SourceSpan? ToSpan(TextDocument document)
        {
            if (Content.Count == 0)
                return null;
            var line = document.At(Content.First);
            var indent = EcmaText.SkipSpace(line, 0);
            var start = document.StartOf(Content.First) + indent;
            var end = document.StartOf(Content.Last) + EcmaText.TrimEnd(document.At(Content.Last)).Length;
            return new(start, end - start, Content.First + 1, indent + 1);
        }
    }
}
