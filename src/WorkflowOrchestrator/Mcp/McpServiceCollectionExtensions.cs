using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Http;
using Platform.Mcp;
using Platform.Sockets;
using Workflow.Agents;
using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Questions;

namespace Workflow.Mcp;

/// <summary>Composition of this room.</summary>
internal static class McpServiceCollectionExtensions
{
    private const string HttpPath = "/mcp";

    /// <summary>The daemon's MCP server: one description for the Unix socket and for HTTP. Further tools are added with <see cref="AddDaemonTools{T}"/>.</summary>
    public static IServiceCollection AddOrchestratorMcpServer(this IServiceCollection services)
    {
        services.AddMcpDescription();
        services.TryAddSingleton<ChangeNames>();
        services.TryAddSingleton<ChangeFiles>();
        services.TryAddSingleton<McpSessions>();
        services.TryAddSingleton(provider => OperatorToken.Ensure(provider.GetRequiredService<Repository>()));
        services.TryAddSingleton<DaemonResources>();
        services.TryAddSingleton(provider => new McpSubscriptions(
            provider.GetRequiredService<McpSessions>(), provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>())
        {
            Refuse = provider.GetRequiredService<DaemonResources>().Refuse,
        });
        services.TryAddSingleton(provider => new Completions(
            provider.GetRequiredService<ChangeStore>(), provider.GetRequiredService<ChangeFiles>(), provider.GetRequiredService<IQuestions>(), provider.GetService<IAgentDirectory>()));
        services.AddOptions<McpServerOptions>().PostConfigure<ILoggerFactory, DaemonResources, McpSubscriptions, Completions, OperatorToken>(Complete);
        services.TryAddSingleton<McpServerService>();
        services.AddHostedService(provider => provider.GetRequiredService<McpServerService>());
        services.AddHostedService<ResourceNews>();
        services.TryAddSingleton(new McpHttpSettings());
        services.TryAddSingleton(provider => new McpHttpEndpoint(
            provider.GetRequiredService<McpHttpSettings>(),
            provider.GetRequiredService<IOptions<McpServerOptions>>().Value,
            provider.GetRequiredService<McpSessions>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider,
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>What the server says of itself, without anything that answers: also <c>wo mcp</c> can say it while there is no daemon.</summary>
    public static IServiceCollection AddMcpDescription(this IServiceCollection services)
    {
        services.AddMcpServer(options =>
        {
            options.ServerInfo = new Implementation { Name = "workflow-orchestrator", Title = "Workflow Orchestrator", Version = HealthReporter.Version, Icons = [Icons.Work] };
            options.ScopeRequests = false; // every service of the tools is a singleton
            options.ServerInstructions =
                "Reviews the OpenSpec changes of one repository and finds answers to questions about them. Ask with ask_question; it returns a question_id at once. "
                + "Fetch the answer with get_answer (wait_seconds up to 50), now or days later: answers are stored and never lost. "
                + "Instead of asking again and again, subscribe to question://{id}.";
            options.Capabilities = new ServerCapabilities { Resources = new ResourcesCapability { Subscribe = true, ListChanged = true }, Completions = new CompletionsCapability() };
        }).WithPrompts<Prompts>();
        services.AddOptions<McpServerOptions>().PostConfigure(options =>
        {
            foreach (var tool in options.ToolCollection ?? [])
                tool.ProtocolTool.Icons ??= [Icons.Question];
        });
        return services.AddDaemonTools<QuestionTools>().AddDaemonTools<OperatorTools>().AddDaemonTools<HumanTools>().AddDaemonTools<ChangeTools>().AddDaemonTools<UpdateTools>();
    }

    /// <summary>Adds a class of tools, with the results written as all tools of the daemon write them.</summary>
    public static IServiceCollection AddDaemonTools<T>(this IServiceCollection services)
    {
        services.AddMcpServer().WithTools<T>(ToolResults.SerializerOptions);
        return services;
    }

    /// <summary>Serves MCP over HTTP, for callers with the token as on the socket, for others the three question tools.</summary>
    public static void MapMcp(this WebApplication app)
    {
        var token = app.Services.GetRequiredService<OperatorToken>();
        app.UseWhen(context => context.Request.Path.StartsWithSegments(HttpPath), branch => branch.UseCallers(token));
        app.Services.GetRequiredService<McpHttpEndpoint>().Map(app, HttpPath);
    }

    private static void Complete(McpServerOptions options, ILoggerFactory loggers, DaemonResources resources, McpSubscriptions subscriptions, Completions completions, OperatorToken token)
    {
        CallerAccess.Guard(options, token.Path);
        ToolCalls.AnswerErrorsReadably(options, loggers);
        resources.Install(options);
        subscriptions.Install(options);
        completions.Install(options);
    }
}
