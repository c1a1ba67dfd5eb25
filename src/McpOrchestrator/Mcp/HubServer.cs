using McpOrchestrator.Agents;
using McpOrchestrator.Hosting;
using McpOrchestrator.Services;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace McpOrchestrator.Mcp;

/// <summary>The MCP server: our own tools and those of the registered services, on the Unix socket.</summary>
internal sealed partial class HubServer : CriticalService, IAsyncDisposable
{
    private readonly McpSocketListener _listener;
    private readonly ServiceRegistry _services;
    private readonly string _path;
    private readonly ILogger<HubServer> _logger;

    public HubServer(RunSettings settings, AgentDirectory agents, ServiceFailures failures, ILoggerFactory loggerFactory, TimeProvider timeProvider)
        : base(failures)
    {
        _logger = loggerFactory.CreateLogger<HubServer>();
        _path = settings.SocketPath;
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = Product.Name, Title = "MCP Orchestrator", Version = Product.Version },
            ServerInstructions = "list_agents tells who can answer; ask_agent asks. Services register themselves, and their tools appear here.",
            ToolCollection = [],
        };
        _services = new ServiceRegistry(options.ToolCollection, _path, loggerFactory, timeProvider);
        _listener = new McpSocketListener(new McpListenerSettings { Path = _path }, options, loggerFactory, null, timeProvider);
        foreach (var tool in new HubTools(agents, _services, settings, () => _listener.SessionCount, timeProvider).All()) options.ToolCollection.Add(tool);
        ToolCalls.AnswerErrorsReadably(options, loggerFactory);
    }

    /// <summary>Takes the socket; clients can connect from then on.</summary>
    internal SocketClaim Open() => _listener.Open();

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        LogListening(_path);
        await _listener.RunAsync(stoppingToken);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _services.DisposeAsync();
        Dispose();
    }

    [LoggerMessage(EventId = 2031, Level = LogLevel.Information, Message = "Listening on {Path}")]
    private partial void LogListening(string path);
}
