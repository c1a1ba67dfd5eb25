namespace McpOrchestrator.Agents.Librarian.Text;

/// <summary>
/// Words that requirements use for one another. Kept short on purpose: each pair makes some question answerable and some wrong answer possible.
/// </summary>
internal static class Synonyms
{
    private static readonly string[] s_groups =
    [
        "latency delay respond response responsiveness",
        "delete remove erase purge discard",
        "keep retain retention preserve store",
        "expire timeout",
        "fail failure error unavailable unreachable",
        "retry attempt reattempt try",
        "throughput rate",
        "repository repo",
        "configuration config setting settings",
        "directory folder",
        "authenticate authentication login signin",
        "permission authorization authorize privilege role",
        "encrypt encryption cipher",
        "notify notification alert",
        "invalid malformed incorrect",
        "size bytes large",
        "interval period frequency",
        "backup backups snapshot",
        "download export",
        "cancel abort",
        "show display",
        "database db",
        "concurrent concurrency parallel simultaneous",
    ];

    private static readonly Dictionary<string, string[]> s_byStem = Build();

    /// <summary>Stems that may stand for <paramref name="stem"/>, without itself.</summary>
    internal static IReadOnlyList<string> Of(string stem) => s_byStem.GetValueOrDefault(stem, []);

    private static Dictionary<string, string[]> Build()
    {
        var result = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var group in s_groups)
        {
            string[] stems = [.. group.Split(' ').Select(w => Words.StemOf(w)).Distinct(StringComparer.Ordinal)];
            foreach (var stem in stems) result[stem] = [.. result.GetValueOrDefault(stem, []).Concat(stems.Where(s => s != stem)).Distinct(StringComparer.Ordinal)];
        }

        return result;
    }
}
