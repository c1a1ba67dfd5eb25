using McpOrchestrator.Agents;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Librarian;
using McpOrchestrator.Agents.Librarian.Index;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpOrchestrator.Tests.Librarian;

/// <summary>A librarian over a copy of the fixture repository.</summary>
public sealed class LibrarianFixture : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "librarian-" + Guid.NewGuid().ToString("N")[..8]);

    internal string Root => Path.Combine(_folder, "lumen");

    internal string Database => Path.Combine(_folder, "librarian.db");

    internal LibrarianAgent Agent { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures", "lumen"), Root);
        Agent = Open();
        await Agent.RefreshAsync(CancellationToken.None);
    }

    internal LibrarianAgent Open() => new(
        AgentDefinition.BuiltIn with { Paths = ["."] }, Root, PassageStore.Open(Database), TimeProvider.System, NullLogger<LibrarianAgent>.Instance);

    internal Task<AgentAnswer> AskAsync(string question, string? context = null, string? conversation = null) =>
        Agent.AskAsync(new AgentQuestion(question, context is null ? AskContext.None : AskContext.Parse(System.Text.Json.JsonSerializer.SerializeToElement(context)), conversation), CancellationToken.None);

    public async Task DisposeAsync() => await Agent.DisposeAsync();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
