using System.Formats.Tar;
using System.IO.Compression;
using McpOrchestrator.Agents;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Librarian;
using McpOrchestrator.Agents.Librarian.Index;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpOrchestrator.Tests.Librarian.Corpus;

/// <summary>
/// Librarians over public repositories' openspec folders, and over the repository that the tests bring along. The public ones are not ours to ship: their
/// archives are read from the folder that <c>WO_TEST_CORPUS</c> names, else from <c>shared/corpus</c> beside a folder above this one.
/// </summary>
public sealed class CorpusLibrary : IAsyncLifetime, IDisposable
{
    private static readonly Dictionary<string, string> s_archives = new(StringComparer.Ordinal)
    {
        ["studio"] = "fraction12+openspec-studio.tar.gz",
        ["flow"] = "dwmkerr+openspec-flow.tar.gz",
        ["intellij"] = "johnnyblabs+intellij-openspec.tar.gz",
    };

    /// <summary>The repository that is always there.</summary>
    internal const string Own = "lumen";

    private readonly string _folder = Directory.CreateTempSubdirectory("corpus-").FullName;
    private readonly Dictionary<string, LibrarianAgent> _librarians = new(StringComparer.Ordinal);

    /// <summary>Where the archives are; null when they are not here.</summary>
    internal static string? Archives { get; } = Find();

    public async Task InitializeAsync()
    {
        Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures", Own), Path.Combine(_folder, Own));
        await IndexAsync(Own);
        if (Archives is null) return;
        foreach (var (name, archive) in s_archives)
        {
            Unpack(Path.Combine(Archives, archive), Path.Combine(_folder, name));
            await IndexAsync(name);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var librarian in _librarians.Values) await librarian.DisposeAsync();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal Task<AgentAnswer> AskAsync(CorpusQuestion question) => _librarians[question.Corpus].AskAsync(new AgentQuestion(question.Text, AskContext.None, null), CancellationToken.None);

    internal Task<IReadOnlyList<Evidence>> FindAsync(CorpusQuestion question) => _librarians[question.Corpus].FindAsync(new AgentQuestion(question.Text, AskContext.None, null), 3, CancellationToken.None);

    /// <summary>Whether the evidence stands in a requirement that answers the question.</summary>
    internal bool IsRight(CorpusQuestion question, Evidence evidence)
    {
        if (evidence.Path != $"openspec/specs/{question.Spec}/spec.md") return false;
        var lines = File.ReadAllLines(Path.Combine(_folder, question.Corpus, evidence.Path));
        for (var at = evidence.Line - 1; at >= 0; at--)
        {
            if (lines[at].StartsWith("### Requirement:", StringComparison.Ordinal)) return question.Requirements.Contains(lines[at]["### Requirement:".Length..].Trim());
        }

        return false;
    }

    /// <summary>Whether the corpus has what the question says; a typing error in it would otherwise count as the librarian's.</summary>
    internal bool Exists(CorpusQuestion question)
    {
        var text = File.ReadAllLines(Path.Combine(_folder, question.Corpus, "openspec", "specs", question.Spec!, "spec.md")).Select(l => l.Trim()).ToHashSet(StringComparer.Ordinal);
        return question.Requirements.All(r => text.Contains($"### Requirement: {r}"));
    }

    private async Task IndexAsync(string name)
    {
        var librarian = new LibrarianAgent(
            AgentDefinition.BuiltIn, Path.Combine(_folder, name), PassageStore.Open(Path.Combine(_folder, name + ".db")), TimeProvider.System, NullLogger<LibrarianAgent>.Instance);
        _librarians[name] = librarian;
        await librarian.RefreshAsync(CancellationToken.None);
    }

    private static void Copy(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
    }

    private static void Unpack(string archive, string target)
    {
        using var stream = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var reader = new TarReader(stream);
        while (reader.GetNextEntry() is { } entry)
        {
            var parts = entry.Name.TrimEnd('/').Split('/', 3);
            if (parts.Length < 3 || parts[1] != "active" || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;
            var path = Path.GetFullPath(parts[2], target);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            entry.ExtractToFile(path, overwrite: true);
        }
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("WO_TEST_CORPUS") is { Length: > 0 } named) return named;
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, "shared", "corpus");
            if (s_archives.Values.All(a => File.Exists(Path.Combine(candidate, a)))) return candidate;
        }

        return null;
    }
}
