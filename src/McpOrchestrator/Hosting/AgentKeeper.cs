using McpOrchestrator.Agents;

namespace McpOrchestrator.Hosting;

/// <summary>Runs what agents have to do besides answering: indexing, connections, child processes.</summary>
internal sealed class AgentKeeper(AgentDirectory agents, ServiceFailures failures) : CriticalService(failures)
{
    protected override Task RunAsync(CancellationToken stoppingToken) => Task.WhenAll(agents.Agents.Select(a => a.RunAsync(stoppingToken)));
}
