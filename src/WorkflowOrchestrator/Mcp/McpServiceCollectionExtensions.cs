using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Sockets;
using Workflow.Hosting;

namespace Workflow.Mcp;

/// <summary>Composition of this room.</summary>
internal static class McpServiceCollectionExtensions
{
    /// <summary>The daemon's MCP server on its Unix socket. Further tools are added with <see cref="AddDaemonTools{T}"/>.</summary>
    public static IServiceCollection AddOrchestratorMcpServer(this IServiceCollection services)
    {
        services.TryAddSingleton<ChangeNames>();
        services.AddMcpServer(options =>
        {
            options.ServerInfo = new Implementation { Name = "workflow-orchestrator", Title = "Workflow Orchestrator", Version = HealthReporter.Version };
            options.ServerInstructions =
                "Reviews the OpenSpec changes of one repository and finds answers to questions about them. Ask with ask_question; it returns a question_id at once. "
                + "Fetch the answer with get_answer (wait_seconds up to 50), now or days later: answers are stored and never lost.";
        });
        services.AddOptions<McpServerOptions>().PostConfigure<ILoggerFactory>(ToolCalls.AnswerErrorsReadably);
        services.AddDaemonTools<QuestionTools>().AddDaemonTools<OperatorTools>().AddDaemonTools<HumanTools>().AddDaemonTools<ChangeTools>().AddDaemonTools<UpdateTools>();
        services.TryAddSingleton<McpServerService>();
        services.AddHostedService(provider => provider.GetRequiredService<McpServerService>());
        return services;
    }

    /// <summary>Adds a class of tools, with the results written as all tools of the daemon write them.</summary>
    public static IServiceCollection AddDaemonTools<T>(this IServiceCollection services)
    {
        services.AddMcpServer().WithTools<T>(ToolResults.SerializerOptions);
        return services;
    }
}
