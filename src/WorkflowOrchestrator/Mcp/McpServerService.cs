using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Mcp;
using Platform.Sockets;
using Workflow.Agents;
using Workflow.Hosting;

namespace Workflow.Mcp;

/// <summary>The daemon's socket cannot be used; the message says who has it and what to do. The process ends with <see cref="ExitCodes.Failed"/>.</summary>
internal sealed class SocketUnavailableException(string message) : Exception(message);

/// <summary>Serves MCP on the daemon's Unix socket. The socket listens before the host counts as started.</summary>
internal sealed class McpServerService : SupervisedService
{
    private const string HealthName = "mcp_server";

    // A connection that waits costs some tens of kilobytes; a machine with more clients than this has a client that leaks them.
    private const int MaxConnections = 2048;

    // On one connection; enough to keep both processors busy.
    private const int MaxBriefRequests = 32;

    private readonly McpSocketListener _listener;
    private readonly HealthBoard _health;
    private readonly Readiness _readiness;
    private readonly OrchestratorSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<McpServerService> _logger;

    public McpServerService(
        OrchestratorSettings settings,
        IOptions<McpServerOptions> options,
        IServiceProvider services,
        McpSessions sessions,
        HealthBoard health,
        Readiness readiness,
        ServiceSupervisor supervisor,
        ILoggerFactory loggers,
        TimeProvider time)
        : base(supervisor)
    {
        (_settings, _health, _readiness, _time) = (settings, health, readiness, time);
        _logger = loggers.CreateLogger<McpServerService>();
        var agents = services.GetService<AgentProcesses>();
        var limits = new McpTransportLimits { MaxBriefRequests = MaxBriefRequests, MayTakeLong = MayTakeLong };
        var listening = new McpListenerSettings { Path = SocketPath, MaxSessions = MaxConnections, Limits = limits, Identify = peer => Callers.OnSocket(peer, agents) };
        _listener = new McpSocketListener(listening, options.Value, loggers, services, time) { Sessions = sessions };
    }

    protected override string Name => "mcp_server";

    private string SocketPath => _settings.Connection.SocketPath;

    /// <summary>Becomes the listener on the socket.</summary>
    /// <exception cref="SocketUnavailableException">Somebody else is, or the path cannot be used.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var claim = _listener.Open();
        if (claim is not SocketClaim.Claimed)
            throw new SocketUnavailableException(claim.Message);
        _logger.LogInformation(McpEventIds.Listening, "The MCP server listens on {Path}", SocketPath);
        _health.Report(HealthName, HealthState.Ok, $"listens on {SocketPath}");
        _readiness.Met("mcp_socket");
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Subscriptions, and calls that wait for an answer: in that time the caller itself may be asked (elicitation), so its messages have to be read.</summary>
    internal static bool MayTakeLong(JsonRpcRequest request) => request.Method switch
    {
        RequestMethods.SubscriptionsListen => true,
        RequestMethods.ToolsCall => (request.Params as JsonObject)?["arguments"] is JsonObject arguments && arguments.ContainsKey("wait_seconds"),
        _ => false,
    };

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var serving = _listener.RunAsync(stoppingToken);
        using var timer = new PeriodicTimer(_settings.HeartbeatTimeout / 3, _time);
        while (!serving.IsCompleted)
        {
            Heartbeat();
            await Task.WhenAny(serving, timer.WaitForNextTickAsync(CancellationToken.None).AsTask());
        }

        await serving;
    }
}
