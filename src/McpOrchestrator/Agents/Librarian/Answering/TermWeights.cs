using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>How much each word of a question tells, by how rare it is in the repository.</summary>
internal sealed class TermWeights(IReadOnlyDictionary<string, int> frequencies, int passages)
{
    // Below this share of all passages a word is taken to be what the question is about.
    private const double RareShare = 0.02;
    private const int RareAnyway = 3;
    private const double UnknownShare = 0.6;

    /// <summary>Inverse document frequency, at least a little for every word.</summary>
    internal double Of(string stem) => Math.Log(1 + ((passages + 1.0) / (Frequency(stem) + 0.5)));

    /// <summary>Weight of a word when passages are ordered. One that stands nowhere here tells less: people have their own words for things.</summary>
    internal double ForRanking(Term term)
    {
        var known = Frequency(term.Stem) > 0 || Synonyms.Of(term.Stem).Any(s => Frequency(s) > 0);
        var role = term.Role switch { TermRole.WeakSubject => 0.35, TermRole.Subject => 1.2, _ => 1.0 };
        return role * (known ? Of(term.Stem) : UnknownShare * Of(term.Stem));
    }

    internal int Frequency(string stem) => frequencies.GetValueOrDefault(stem);

    /// <summary>True for a word that few passages hold, or none: an answer without it is an answer to another question.</summary>
    internal bool IsRare(string stem) => Frequency(stem) <= Math.Max(RareAnyway, passages * RareShare);
}
