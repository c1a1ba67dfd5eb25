using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>Where a phrase stands in a sentence.</summary>
/// <param name="Index">Index of its first word.</param>
/// <param name="Count">Number of words.</param>
/// <param name="Phrase">The phrase as listed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PhraseMatch(int Index, int Count, string Phrase);

/// <summary>Words and phrases that a rule looks for; whole words, any case, the longest phrase first, no overlaps.</summary>
internal sealed class PhraseSet
{
    private readonly FrozenDictionary<string, (string Phrase, string[] Words)[]> _byFirst;

    /// <summary>Reads the list.</summary>
    /// <param name="phrases">Lower-case phrases, separated by commas.</param>
    public PhraseSet(string phrases) =>
        _byFirst = phrases.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(phrase => (Phrase: phrase, Words: phrase.Split(' ')))
            .GroupBy(entry => entry.Words[0], StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.OrderByDescending(entry => entry.Words.Length).ToArray(), StringComparer.Ordinal);

    public IEnumerable<PhraseMatch> Find(Sentence sentence)
    {
        var words = sentence.Words;
        for (var i = 0; i < words.Count; i++)
        {
            if (MatchAt(words, i) is not { } match)
                continue;
            yield return match;
            i += match.Count - 1;
        }
    }

    public bool IsIn(Sentence sentence) => Find(sentence).Any();

    public bool Contains(string word) => _byFirst.TryGetValue(word, out var entries) && entries[^1].Words.Length == 1;

    private PhraseMatch? MatchAt(IReadOnlyList<Word> words, int index)
    {
        if (!_byFirst.TryGetValue(words[index].Lower, out var entries))
            return null;
        foreach (var (phrase, parts) in entries)
        {
            if (index + parts.Length > words.Count)
                continue;
            var at = 1;
            while (at < parts.Length && words[index + at].Lower == parts[at])
                at++;
            if (at == parts.Length)
                return new PhraseMatch(index, parts.Length, phrase);
        }

        return null;
    }
}
