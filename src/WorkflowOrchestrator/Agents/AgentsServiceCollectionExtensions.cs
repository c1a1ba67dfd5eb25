using Microsoft.Extensions.DependencyInjection.Extensions;
using Workflow.Hosting;

namespace Workflow.Agents;

/// <summary>Composition of this room.</summary>
internal static class AgentsServiceCollectionExtensions
{
    /// <summary>Name under which the daemon registers.</summary>
    public const string ServiceName = "workflow-orchestrator";

    // What agents may do: ask, and hear the answer. Operators use the daemon's own socket.
    private static readonly string[] s_toolsForAgents = ["ask_question", "get_answer", "list_questions"];

    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new ServiceRegistration(
            ServiceName, provider.GetRequiredService<OrchestratorSettings>().Connection.SocketPath, s_toolsForAgents, HealthReporter.Version));
        services.TryAddSingleton<McpOrchestratorLink>();
        services.TryAddSingleton<IAgentDirectory>(provider => provider.GetRequiredService<McpOrchestratorLink>());
        services.TryAddSingleton(provider =>
        {
            var link = provider.GetRequiredService<McpOrchestratorLink>();
            return new AgentProcesses(() => link.ServerProcess);
        });
        services.AddHostedService(provider => provider.GetRequiredService<McpOrchestratorLink>());
        return services;
    }
}
