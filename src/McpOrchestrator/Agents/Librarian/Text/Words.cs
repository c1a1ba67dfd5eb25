using System.Collections.Concurrent;

namespace McpOrchestrator.Agents.Librarian.Text;

/// <summary>A word of a text: as it stands there, and the stem under which it is found.</summary>
internal readonly record struct Word(string Stem, int Start, int Length);

/// <summary>Cuts text into stemmed words, the same way for passages and questions.</summary>
internal static class Words
{
    private const int StemCacheLimit = 200_000;
    private const int LongestWord = 64;

    private static readonly ConcurrentDictionary<string, string> s_stems = new(StringComparer.Ordinal);

    // Porter leaves irregular forms apart, and these carry questions ("how long are backups kept", "who may sign in").
    private static readonly Dictionary<string, string> s_irregular = new(StringComparer.Ordinal)
    {
        ["kept"] = "keep", ["sent"] = "send", ["ran"] = "run", ["written"] = "write", ["wrote"] = "write", ["chosen"] = "choose", ["held"] = "hold",
        ["shown"] = "show", ["hidden"] = "hide", ["lost"] = "lose", ["built"] = "build", ["begun"] = "begin", ["began"] = "begin", ["given"] = "give",
        ["taken"] = "take", ["broken"] = "break", ["children"] = "child", ["indices"] = "index", ["data"] = "data", ["found"] = "find", ["met"] = "meet",
        ["left"] = "leave", ["paid"] = "pay", ["read"] = "read", ["known"] = "know", ["tried"] = "try", ["tries"] = "try", ["failure"] = "fail", ["failures"] = "fail", ["expiry"] = "expire",
        ["expiration"] = "expire", ["retention"] = "retain", ["deletion"] = "delete", ["deletions"] = "delete", ["removal"] = "remove",
    };

    /// <summary>All words in order. Letters and digits make words; <c>camelCase</c>, <c>snake_case</c>, <c>kebab-case</c> and <c>200ms</c> are cut apart.</summary>
    internal static IEnumerable<Word> Of(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            if (!char.IsLetterOrDigit(text[at]))
            {
                at++;
                continue;
            }

            var start = at++;
            while (at < text.Length && at - start < LongestWord && Continues(text, at)) at++;
            yield return new Word(StemOf(text.AsSpan(start, at - start)), start, at - start);
        }
    }

    internal static IEnumerable<string> StemsOf(string text) => Of(text).Select(w => w.Stem);

    /// <summary>The stem of one word in any case.</summary>
    internal static string StemOf(ReadOnlySpan<char> word)
    {
        Span<char> lower = stackalloc char[word.Length];
        word.ToLowerInvariant(lower);
        if (lower.EndsWith("'s", StringComparison.Ordinal) || lower.EndsWith("’s", StringComparison.Ordinal)) lower = lower[..^2];
        var lookup = s_stems.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(lower, out var known)) return known;
        var text = lower.ToString();
        var stem = PorterStemmer.Stem(s_irregular.GetValueOrDefault(text, text));
        if (s_stems.Count < StemCacheLimit) s_stems[text] = stem;
        return stem;
    }

    private static bool Continues(string text, int at)
    {
        var (previous, current) = (text[at - 1], text[at]);
        if (current is '\'' or '’') // user's, don't
            return char.IsLetter(previous) && at + 1 < text.Length && char.IsLetter(text[at + 1]);
        if (previous is '\'' or '’') return char.IsLetter(current);
        if (!char.IsLetterOrDigit(current) || char.IsDigit(previous) != char.IsDigit(current)) return false;
        if (char.IsLower(previous) && char.IsUpper(current)) return false;

        // HTTPServer: the last capital belongs to the next word.
        return !(char.IsUpper(previous) && char.IsUpper(current) && at + 1 < text.Length && char.IsLower(text[at + 1]));
    }
}
