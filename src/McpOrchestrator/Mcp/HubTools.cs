using System.ComponentModel;
using System.Text.Json;
using McpOrchestrator.Agents;
using McpOrchestrator.Hosting;
using McpOrchestrator.Services;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace McpOrchestrator.Mcp;

/// <summary>The tools of the MCP Orchestrator. Parameter names are the wire's.</summary>
internal sealed class HubTools(AgentDirectory agents, ServiceRegistry services, RunSettings settings, Func<int> connections, TimeProvider timeProvider)
{
    private const int LongestQuestion = 16_000; // characters
    private static readonly JsonSerializerOptions s_json = CreateOptions();

    private readonly long _started = timeProvider.GetTimestamp();

    internal IEnumerable<McpServerTool> All() =>
    [
        Create("register_service", "Register a service", RegisterServiceAsync, readOnly: false, idempotent: true),
        Create("deregister_service", "Deregister a service", DeregisterServiceAsync, readOnly: false, idempotent: true),
        Create("list_agents", "List the agents", ListAgents, readOnly: true, idempotent: true),
        Create("ask_agent", "Ask an agent", AskAgentAsync, readOnly: true, idempotent: true),
        Create("get_health", "Health", GetHealth, readOnly: true, idempotent: true),
    ];

    [Description("Registers a service: its tools are offered here under their own names while it lives. Registering again is harmless; do so after a restart of either side.")]
    internal async Task<RegisterResult> RegisterServiceAsync(
        [Description("Name of the service: letters, digits, '.', '_', '-'.")] string name,
        [Description("Absolute path of the Unix socket on which its MCP server listens.")] string socket_path,
        [Description("Names of its tools that may be offered here; empty means all.")] string[] tools,
        [Description("Version of the service.")] string version,
        CancellationToken cancellationToken) =>
        new(true, await services.RegisterAsync(new Registration(name, socket_path, tools, version), cancellationToken));

    [Description("Forgets a registered service and withdraws its tools.")]
    internal async Task<DeregisterResult> DeregisterServiceAsync([Description("Name of the service.")] string name) => new(name, await services.DeregisterAsync(name));

    [Description("Lists the agents that can be asked, with what they can answer and how busy they are.")]
    internal IReadOnlyList<AgentListing> ListAgents([Description("Only those with this capability, the one to ask first at the head.")] string? capability = null) => agents.List(capability);

    [Description("Asks an agent. The answer is null when it does not know; the evidence then shows the nearest that it found.")]
    internal async Task<AskResult> AskAgentAsync(
        [Description("Which agent: an id from list_agents.")] string agent_id,
        [Description("The question.")] string question,
        CancellationToken cancellationToken,
        [Description("What the agent should know besides: text, or an object with change (whose own documents are then no evidence), capability, and others.")] JsonElement? context = null,
        [Description("Questions with the same id are one conversation: a follow-up is understood from the ones before.")] string? conversation_id = null)
    {
        if (string.IsNullOrWhiteSpace(question)) throw new McpException("question: must not be empty.");
        if (question.Length > LongestQuestion) throw new McpException($"question: has {question.Length} characters; at most {LongestQuestion} are taken.");
        var answer = await agents.AskAsync(agent_id, new AgentQuestion(question, AskContext.Parse(context), conversation_id), cancellationToken);
        return new AskResult(answer.Answer, answer.Confidence, answer.Evidence, agent_id);
    }

    [Description("Tells whether this server, its agents and the registered services work.")]
    internal HealthResult GetHealth()
    {
        var (agentList, serviceList) = (agents.Reports(), services.List());
        var isWell = agentList.All(a => a.Status is not ("failing" or "unavailable")) && serviceList.All(s => s.Status == "connected");
        var uptime = Math.Round(timeProvider.GetElapsedTime(_started).TotalSeconds, 1);
        return new HealthResult(isWell ? "ok" : "degraded", Product.Version, uptime, Environment.ProcessId, settings.Root, connections(), agentList, serviceList);
    }

    private static McpServerTool Create(string name, string title, Delegate method, bool readOnly, bool idempotent) => McpServerTool.Create(method, new McpServerToolCreateOptions
    {
        Name = name,
        Title = title,
        ReadOnly = readOnly,
        Destructive = false,
        Idempotent = idempotent,
        OpenWorld = false,
        UseStructuredContent = true,
        SerializerOptions = s_json,
    });

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(ToolCalls.SerializerOptions) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
        options.MakeReadOnly();
        return options;
    }
}
