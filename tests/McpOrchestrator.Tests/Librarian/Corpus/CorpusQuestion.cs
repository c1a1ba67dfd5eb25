namespace McpOrchestrator.Tests.Librarian.Corpus;

/// <summary>A question of <c>questions.txt</c> with the passages that answer it.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Corpus">Short name of the repository.</param>
/// <param name="Spec">The capability; null when the repository does not answer the question.</param>
/// <param name="Requirements">Requirements that answer it.</param>
/// <param name="Text">The question.</param>
internal sealed record CorpusQuestion(int Number, string Corpus, string? Spec, IReadOnlyList<string> Requirements, string Text)
{
    /// <summary>Nothing in the librarian may be tuned on these.</summary>
    public bool IsHeldOut => Number % 2 == 0;

    public static IReadOnlyList<CorpusQuestion> All { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Librarian", "Corpus", "questions.txt"))
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select((l, i) => Parse(l.Split('|', 4, StringSplitOptions.TrimEntries), i + 1)),
    ];

    private static CorpusQuestion Parse(string[] parts, int number) =>
        new(number, parts[0], parts[1] == "-" ? null : parts[1], parts[2] == "-" ? [] : parts[2].Split(";;", StringSplitOptions.TrimEntries), parts[3]);
}
