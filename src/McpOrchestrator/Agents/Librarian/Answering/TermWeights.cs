namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>How much each word of a question tells, by how rare it is in the repository.</summary>
internal sealed class TermWeights(IReadOnlyDictionary<string, int> frequencies, int passages)
{
    // Below this share of all passages a word is taken to be what the question is about.
    private const double RareShare = 0.02;
    private const int RareAnyway = 3;

    /// <summary>Inverse document frequency, at least a little for every word.</summary>
    internal double Of(string stem) => Math.Log(1 + ((passages + 1.0) / (Frequency(stem) + 0.5)));

    internal int Frequency(string stem) => frequencies.GetValueOrDefault(stem);

    /// <summary>True for a word that few passages hold, or none: an answer without it is an answer to another question.</summary>
    internal bool IsRare(string stem) => Frequency(stem) <= Math.Max(RareAnyway, passages * RareShare);
}
