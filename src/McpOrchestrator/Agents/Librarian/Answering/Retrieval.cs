using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>Chooses with which words to search: the rarest, as many as keep the number of passages to rank small.</summary>
internal static class Retrieval
{
    /// <summary>Passages that one search may have to rank; keeps a query within milliseconds on any repository.</summary>
    private const int Budget = 2000;

    /// <summary>Words of a question for which a frequency is needed: its own and their synonyms.</summary>
    internal static IReadOnlyCollection<string> StemsOf(Question question) =>
        question.Terms.SelectMany(t => Synonyms.Of(t.Stem).Prepend(t.Stem)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The FTS5 expression; null when no word of the question occurs anywhere.</summary>
    internal static string? Expression(Question question, TermWeights weights)
    {
        var groups = question.Terms.Where(t => t.Role != TermRole.Hint)
            .Select(t => Group(t, weights)).Where(g => g.Frequency > 0)
            .OrderBy(g => g.Frequency).ToList();
        if (groups.Count == 0) return null;
        if (groups[0].Frequency > Budget && groups.Count > 1) return $"({AnyOf(groups[0].Stems)}) AND ({AnyOf(groups[1].Stems)})";
        var chosen = new List<string>();
        var ranked = 0;
        foreach (var group in groups)
        {
            if (chosen.Count > 0 && ranked + group.Frequency > Budget) break;
            chosen.AddRange(group.Stems);
            ranked += group.Frequency;
        }

        return AnyOf(chosen);
    }

    private static (IReadOnlyList<string> Stems, int Frequency) Group(Term term, TermWeights weights)
    {
        List<string> stems = [term.Stem, .. Synonyms.Of(term.Stem).Where(s => weights.IsRare(s))];
        stems.RemoveAll(s => weights.Frequency(s) == 0);
        return (stems, stems.Sum(weights.Frequency));
    }

    // Stems are letters and digits only, so quoting them is safe.
    private static string AnyOf(IEnumerable<string> stems) => string.Join(" OR ", stems.Distinct(StringComparer.Ordinal).Select(s => $"\"{s}\""));
}
