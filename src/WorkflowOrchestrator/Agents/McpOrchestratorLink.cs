using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Platform.Sockets;
using Workflow.Hosting;

namespace Workflow.Agents;

/// <summary>What the daemon registers with the MCP Orchestrator.</summary>
/// <param name="Name">Name of the service.</param>
/// <param name="SocketPath">Where its MCP server listens.</param>
/// <param name="Tools">The tools that the MCP Orchestrator may offer to its agents.</param>
internal sealed record ServiceRegistration(string Name, string SocketPath, IReadOnlyList<string> Tools, string Version);

/// <summary>
/// Keeps the connection to the MCP Orchestrator: connects whenever it is there, registers our service each time, repeats the registration as a heartbeat,
/// and tells the health board what can be done with it. Its absence is a degraded state, never an error.
/// </summary>
internal sealed class McpOrchestratorLink : SupervisedService, IAgentDirectory
{
    private const string HealthName = "mcp_orchestrator";

    // Registration is idempotent; this often keeps a restarted registry behind the same socket from missing us.
    private static readonly TimeSpan s_heartbeatInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_shortCall = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(1);

    // How long the MCP Orchestrator usually takes to start. A question waits this long for it, counted from when it was lost.
    private static readonly TimeSpan s_startTime = TimeSpan.FromSeconds(5);

    private readonly ServiceRegistration _registration;
    private readonly HealthBoard _health;
    private readonly TimeProvider _time;
    private readonly ILogger<McpOrchestratorLink> _logger;
    private readonly string _path;
    private readonly AgentToolNames _tools;
    private readonly TimeSpan _interval;
    private readonly McpLink _link;
    private readonly Lock _gate = new();
    private Action? _available;
    private volatile bool _hadTrouble;

    public McpOrchestratorLink(
        OrchestratorSettings settings, ServiceRegistration registration, HealthBoard health, ServiceSupervisor supervisor, ILoggerFactory loggers, TimeProvider time)
        : base(supervisor)
    {
        (_registration, _health, _time) = (registration, health, time);
        _logger = loggers.CreateLogger<McpOrchestratorLink>();
        _path = settings.Connection.McpSocket;
        _tools = settings.Questions.Tools;
        _interval = TimeSpan.FromTicks(Math.Min(s_heartbeatInterval.Ticks, settings.HeartbeatTimeout.Ticks / 3));
        var client = new McpClientSettings { Path = _path, Client = new Implementation { Name = registration.Name, Version = registration.Version } };
        _link = new McpLink(client, RegisterAsync, loggers, time) { StateChanged = OnStateChanged };
        _health.Report(HealthName, HealthState.Degraded, $"not yet connected to {_path}", Remedy);
    }

    /// <summary>Process id of the MCP Orchestrator that we are, or were last, registered with; known before it connects to us.</summary>
    public int? ServerProcess { get; private set; }

    public bool IsAvailable => _link.State is LinkState.Connected;

    protected override string Name => "mcp_orchestrator_link";

    private static string Remedy => "Start it with scripts/start-all.sh; until then questions are answered from earlier answers or by you (wo questions).";

    public async Task<bool> WaitAvailableAsync(CancellationToken cancellationToken)
    {
        if (_link.State is not LinkState.Disconnected lost)
            return true;
        var left = s_startTime - (_time.GetUtcNow() - lost.Since);
        if (left <= TimeSpan.Zero)
            return false;
        using var timer = new CancellationTokenSource(left, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _link.WaitUsableAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public IDisposable OnAvailable(Action handler)
    {
        lock (_gate)
        {
            _available += handler;
        }

        return new Registration(() =>
        {
            lock (_gate)
            {
                _available -= handler;
            }
        });
    }

    public async Task<IReadOnlyList<AgentInfo>?> ListAgentsAsync(CancellationToken cancellationToken)
    {
        var outcome = await CallAsync(_tools.ListAgents, [], s_shortCall, cancellationToken);
        if (outcome is CallOutcome.Answered answered && AgentReplyParser.ParseAgents(answered.Structured) is { } agents)
            return agents;
        if (outcome is not CallOutcome.Lost { MayHaveRun: false })
            _logger.LogWarning(AgentEventIds.ListFailed, "The MCP Orchestrator did not list its agents: {Reason}", outcome.Summary);
        return null;
    }

    public async Task<AgentReply> AskAgentAsync(AgentRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var arguments = new JsonObject { ["agent_id"] = request.AgentId, ["question"] = request.Text };
        if (!string.IsNullOrEmpty(request.Context))
            arguments["context"] = request.Context;
        if (request.ConversationId is { } conversation)
            arguments["conversation_id"] = conversation;
        return await CallAsync(_tools.AskAgent, arguments, timeout, cancellationToken) switch
        {
            CallOutcome.Answered answered => AgentReplyParser.ParseReply(answered.Structured, request.AgentId),
            CallOutcome.Lost lost => new AgentReply.Unavailable(lost.Reason, WasReached: false),
            var other => new AgentReply.Unavailable(other.Summary, WasReached: true),
        };
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ending = new CancellationTokenSource(); // the link outlives the stop by our farewell
        var link = _link.RunAsync(ending.Token);
        using var timer = new PeriodicTimer(_interval, _time);
        try
        {
            while (!link.IsCompleted && await timer.WaitForNextTickAsync(stoppingToken))
            {
                Heartbeat();
                if (IsAvailable)
                    await ConfirmRegistrationAsync(stoppingToken);
            }
        }
        finally
        {
            await DeregisterAsync();
            await ending.CancelAsync();
            await link;
        }
    }

    // Politeness: without it the MCP Orchestrator offers our tools until it notices that nobody serves them.
    private async Task DeregisterAsync()
    {
        if (_link.State is LinkState.Connected connected && connected.Tools.Contains(_tools.DeregisterService))
            await _link.CallToolAsync(_tools.DeregisterService, new JsonObject { ["name"] = _registration.Name }, s_farewell, CancellationToken.None);
    }

    private async Task ConfirmRegistrationAsync(CancellationToken cancellationToken)
    {
        var outcome = await CallAsync(_tools.RegisterService, Arguments(), s_shortCall, cancellationToken);
        if (outcome is CallOutcome.Answered)
        {
            ReportConnected();
            if (_hadTrouble)
                TellAvailable();
            return;
        }

        if (!IsAvailable)
            return; // the connection was lost meanwhile; that has been reported
        _logger.LogWarning(AgentEventIds.HeartbeatFailed, "The MCP Orchestrator on {Path} does not confirm our registration: {Reason}", _path, outcome.Summary);
        _health.Report(HealthName, HealthState.Degraded, $"connected to {_path}, but it does not confirm our registration: {outcome.Summary}", "Look into its log; scripts/stop-all.sh and scripts/start-all.sh start it anew.");
    }

    private async Task RegisterAsync(McpSocketClient client, CancellationToken cancellationToken)
    {
        ServerProcess = client.Server?.ProcessId;
        var start = _time.GetTimestamp();
        var outcome = await client.CallToolAsync(_tools.RegisterService, Arguments(), s_shortCall, cancellationToken);
        AgentMetrics.Record(_tools.RegisterService, outcome, _time.GetElapsedTime(start));
        if (outcome is not CallOutcome.Answered)
            throw new IOException($"it did not register this service: {outcome.Summary}");
        _logger.LogInformation(AgentEventIds.Registered, "Registered with the MCP Orchestrator on {Path} as {Service}", _path, _registration.Name);
    }

    private JsonObject Arguments() => new()
    {
        ["name"] = _registration.Name,
        ["socket_path"] = _registration.SocketPath,
        ["tools"] = new JsonArray([.. _registration.Tools.Select(tool => (JsonNode)tool)]),
        ["version"] = _registration.Version,
    };

    private async Task<CallOutcome> CallAsync(string tool, JsonObject arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var activity = Instruments.Source.StartActivity($"mcp_orchestrator {tool}");
        var start = _time.GetTimestamp();
        var outcome = await _link.CallToolAsync(tool, arguments, timeout, cancellationToken);
        AgentMetrics.Record(tool, outcome, _time.GetElapsedTime(start));
        if (outcome is not (CallOutcome.Answered or CallOutcome.Failed))
            _hadTrouble = true; // whoever was turned away is told when it works again
        return outcome;
    }

    private void OnStateChanged(LinkState state)
    {
        if (state is LinkState.Disconnected lost)
        {
            _health.Report(HealthName, HealthState.Degraded, $"{_path} cannot be reached: {lost.LastError ?? "no attempt yet"}", Remedy);
            return;
        }

        ReportConnected();
        TellAvailable();
    }

    private void TellAvailable()
    {
        Action? available;
        lock (_gate)
        {
            available = _available;
        }

        _hadTrouble = false;
        available?.Invoke();
    }

    private void ReportConnected()
    {
        if (_link.State is not LinkState.Connected connected)
            return;
        var missing = new[] { _tools.ListAgents, _tools.AskAgent }.Except(connected.Tools, StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
            _health.Report(HealthName, HealthState.Ok, $"{connected.Server} on {_path}");
        else
            _health.Report(
                HealthName,
                HealthState.Degraded,
                $"{connected.Server} on {_path} offers no tool {string.Join(" and no tool ", missing)}",
                $"If it calls them otherwise, name them with question_routing.list_agents_tool and question_routing.ask_agent_tool. It offers: {string.Join(", ", connected.Tools.Take(20))}.");
    }

    private sealed class Registration(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
