using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>How well a passage has a word of the question: 1 for the word itself where it matters, less for surroundings and stand-ins, 0 for not at all.</summary>
internal static class TermCoverage
{
    internal const double Beside = 0.95;
    internal const double InContext = 0.85;
    internal const double ByCue = 0.8;
    internal const double BySynonym = 0.75;
    private const double BySynonymInContext = 0.6;

    /// <summary>Anywhere in the passage or above it.</summary>
    internal static double Anywhere(Term term, PassageText text, Sentence? best)
    {
        if (text.Body.Contains(term.Stem)) return 1;
        if (text.Context.Contains(term.Stem)) return InContext;
        if (best is not null && ByQuality(term, best)) return ByCue;
        var synonyms = Synonyms.Of(term.Stem);
        if (synonyms.Any(text.Body.Contains)) return BySynonym;
        return synonyms.Any(text.Context.Contains) ? BySynonymInContext : 0;
    }

    /// <summary>In the answering sentence, beside it, or above it in the headings.</summary>
    /// <param name="term">The word.</param>
    /// <param name="text">The passage.</param>
    /// <param name="best">The answering sentence.</param>
    /// <param name="isWhole">Whether the passage is quoted as a whole, so that all of it counts as beside.</param>
    internal static double Near(Term term, PassageText text, Sentence best, bool isWhole)
    {
        if (best.Stems.Contains(term.Stem) || text.Title.Contains(term.Stem)) return 1;
        var neighbours = isWhole ? text.Sentences : Neighbours(text, best);
        if (neighbours.Any(s => s.Stems.Contains(term.Stem))) return Beside;
        if (text.Context.Contains(term.Stem)) return InContext;
        if (ByQuality(term, best)) return ByCue;
        return Synonyms.Of(term.Stem).Any(s => text.Title.Contains(s) || best.Stems.Contains(s) || neighbours.Any(n => n.Stems.Contains(s))) ? BySynonym : 0;
    }

    /// <summary>In one sentence.</summary>
    internal static double In(Term term, Sentence sentence)
    {
        if (sentence.Stems.Contains(term.Stem)) return 1;
        if (ByQuality(term, sentence)) return ByCue;
        return Synonyms.Of(term.Stem).Any(sentence.Stems.Contains) ? BySynonym : 0;
    }

    /// <summary>"Within 300 ms" has the latency without naming it.</summary>
    private static bool ByQuality(Term term, Sentence sentence) =>
        term.Role == TermRole.Quality && Qualities.Of(term.Stem) is { } quality
        && quality.Cues.Any(sentence.Stems.Contains) && (Quantities.In(sentence.Text) & quality.Dimension) != Dimension.None;

    private static IReadOnlyList<Sentence> Neighbours(PassageText text, Sentence best)
    {
        for (var i = 0; i < text.Sentences.Count; i++)
        {
            if (!ReferenceEquals(text.Sentences[i], best)) continue;
            var from = Math.Max(0, i - 1);
            return [.. text.Sentences.Skip(from).Take(i + 2 - from)];
        }

        return [best];
    }
}
