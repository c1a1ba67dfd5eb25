using McpOrchestrator.Hosting;

namespace McpOrchestrator.Agents.Librarian;

/// <summary>Indexes the repository right after the start, so that the first question need not wait for it.</summary>
internal sealed class LibrarianWarmup(IEnumerable<IAgent> agents, ServiceFailures failures) : CriticalService(failures)
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        foreach (var librarian in agents.OfType<LibrarianAgent>()) await librarian.RefreshAsync(stoppingToken);
    }
}
