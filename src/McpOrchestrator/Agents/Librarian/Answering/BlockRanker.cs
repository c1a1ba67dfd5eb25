using McpOrchestrator.Agents.Librarian.Index;
using McpOrchestrator.Agents.Librarian.Passages;
using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>A candidate with its place in the order.</summary>
/// <param name="Candidate">The passage.</param>
/// <param name="Text">The passage taken apart.</param>
/// <param name="Coverage">Share of the question's words, by weight, that its requirement with all its scenarios has: 0 to 1.</param>
/// <param name="Rank">How well it fits, by words alone: about 0 to 1.</param>
/// <param name="Prior">How far its source is to be believed, 0 to 1; <paramref name="Rank"/> has it already.</param>
internal sealed record RankedPassage(Candidate Candidate, PassageText Text, double Coverage, double Rank, double Prior);

/// <summary>
/// Orders candidates by the words that they share with the question. A requirement and its scenarios are one text that was cut for quoting: a
/// question may take one word from the requirement and another from a scenario, so they are weighed together.
/// </summary>
internal sealed class BlockRanker(Question question, TermWeights weights)
{
    // Weights of the features. Found by a random search over the questions for tuning of tests/McpOrchestrator.Tests/Librarian/Corpus, which began
    // at guesses and was drawn back to them; then rounded. They add up to about 1.
    private const double ForBlock = 0.14;
    private const double ForPassage = 0.125;
    private const double ForAskedTitle = 0.23;
    private const double ForNamedTitle = 0.25;
    private const double ForPairs = 0.105;
    private const double ForIndexRank = 0.09;
    private const double AgainstLength = 0.007;
    private const double AgainstBlockLength = 0.0105;

    private readonly List<Term> _terms = [.. question.Terms.Where(t => t.Role != TermRole.Hint)];

    /// <summary>The candidates, best first. What an archived change said of a requirement that a spec states today is left out.</summary>
    internal IReadOnlyList<RankedPassage> Rank(IEnumerable<Candidate> candidates)
    {
        List<(Candidate Candidate, PassageText Text)> all = [.. candidates.Select(c => (c, new PassageText(c.Passage)))];
        var live = all.Where(c => c.Candidate.Source == SourceKind.Spec).Select(c => RequirementOf(c.Candidate)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var bestRank = all.Count == 0 ? -1 : all.Min(c => c.Candidate.Rank);
        return [.. all
            .Where(c => c.Candidate.Source != SourceKind.Archive || c.Candidate.Passage.Kind == PassageKind.Section || !live.Contains(RequirementOf(c.Candidate)))
            .GroupBy(c => KeyOf(c.Candidate), StringComparer.Ordinal)
            .SelectMany(b => RankBlock(b, bestRank))
            .OrderByDescending(r => r.Rank).ThenBy(r => r.Candidate.Rank)];
    }

    private IEnumerable<RankedPassage> RankBlock(IEnumerable<(Candidate Candidate, PassageText Text)> block, double bestRank)
    {
        var passages = block.ToList();
        var covers = passages.ConvertAll(p => _terms.ConvertAll(t => TermCoverage.Anywhere(t, p.Text, null)));
        var whole = Share(i => covers.Max(c => c[i]));
        var blockLength = LengthBeyond(passages.Sum(p => p.Text.Sequence.Count), 200, 40);
        for (var i = 0; i < passages.Count; i++)
        {
            var (candidate, text) = passages[i];
            var own = covers[i];
            var (asked, named) = TitleShares(text);
            var rank = (ForBlock * whole) + (ForPassage * Share(k => own[k])) + (ForAskedTitle * asked) + (ForNamedTitle * named) + (ForPairs * PairShare(text))
                + (ForIndexRank * candidate.Rank / bestRank) - (AgainstLength * LengthBeyond(text.Sequence.Count, 80, 20)) - (AgainstBlockLength * blockLength);
            var prior = Prior(candidate);
            yield return new RankedPassage(candidate, text, whole, rank * prior, prior);
        }
    }

    /// <summary>How often a length doubles the usual one; a long text has every word somewhere.</summary>
    private static double LengthBeyond(int words, int usual, int least) => Math.Log2((double)Math.Max(words, least) / usual);

    /// <summary>How far what a source says holds: specs state what is, documents explain it, archived changes tell what was once meant.</summary>
    private static double Prior(Candidate candidate) => candidate.Source switch
    {
        SourceKind.Spec => candidate.Passage.Kind == PassageKind.Section ? 0.75 : 1.0, // the purpose of a capability names everything and states nothing
        SourceKind.Document => 0.92,
        SourceKind.Comment => 0.86,
        _ => candidate.Passage.Kind == PassageKind.Section ? 0.57 : 0.68,
    };

    private static string RequirementOf(Candidate candidate) => candidate.Passage.Kind switch
    {
        PassageKind.Requirement => candidate.Passage.Title,
        PassageKind.Scenario => candidate.Passage.Context.Split(" / ")[^1],
        _ => "",
    };

    /// <summary>The requirement that a passage belongs to; a section stands for itself.</summary>
    internal static string KeyOf(Candidate candidate) => candidate.Passage.Kind == PassageKind.Section
        ? $"{candidate.Path}:{candidate.Passage.Line}"
        : $"{candidate.Path}:{RequirementOf(candidate)}";

    private double Share(Func<int, double> cover)
    {
        double sum = 0, all = 0;
        for (var i = 0; i < _terms.Count; i++)
        {
            var weight = weights.ForRanking(_terms[i]);
            all += weight;
            sum += weight * cover(i);
        }

        return all > 0 ? sum / all : 0;
    }

    /// <summary>
    /// How much of the question the names of requirement and scenario have, by weight, and how much of these names the question has: a long name
    /// has a word of everything.
    /// </summary>
    private (double Asked, double Named) TitleShares(PassageText text)
    {
        var content = text.Title.Where(s => !StopWords.Contains(s)).ToList();
        if (content.Count == 0) return (0, 0);
        var asked = Share(i => text.Title.Contains(_terms[i].Stem) ? 1 : Synonyms.Of(_terms[i].Stem).Any(text.Title.Contains) ? TermCoverage.BySynonym : 0);
        return (asked, (double)content.Count(s => _terms.Exists(t => t.Stem == s || Synonyms.Of(t.Stem).Contains(s))) / content.Count);
    }

    /// <summary>Share of the question's neighbouring words that stand close together in the passage.</summary>
    private double PairShare(PassageText text)
    {
        if (_terms.Count < 2) return 0;
        var near = 0;
        for (var i = 0; i + 1 < _terms.Count; i++)
        {
            if (text.AreNear(_terms[i].Stem, _terms[i + 1].Stem)) near++;
        }

        return (double)near / (_terms.Count - 1);
    }
}
