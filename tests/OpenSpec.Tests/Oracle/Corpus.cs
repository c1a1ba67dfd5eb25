namespace OpenSpec.Tests.Oracle;

/// <summary>Where the oracles are: our edge cases always, real repositories when the corpus is present.</summary>
internal static class Corpus
{
    /// <summary>Set to the folder with the archives of real repositories.</summary>
    private const string Variable = "OPENSPEC_CORPUS";

    public static CorpusArchive EdgeCases { get; } = CorpusArchive.Open(Path.Combine(AppContext.BaseDirectory, "EdgeCases", "edge-cases.tar.gz"));

    public static IReadOnlyList<CorpusArchive> Repositories { get; } = FindRepositories();

    private static CorpusArchive[] FindRepositories()
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder))
            folder = FindShared();
        return folder is null || !Directory.Exists(folder)
            ? []
            : Directory.GetFiles(folder, "*.tar.gz").Where(f => !f.EndsWith("edge-cases.tar.gz", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(CorpusArchive.Open).ToArray();
    }

    /// <summary><c>shared/corpus</c> beside a directory above this one.</summary>
    private static string? FindShared()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", "corpus");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
