using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace Testing;

/// <summary>An MCP Orchestrator on a real socket whose answers the test writes. It can end and start again like a process.</summary>
public sealed class FakeMcpOrchestrator(string socketPath) : IAsyncDisposable
{
    private readonly ConcurrentQueue<JsonNode> _registrations = new();
    private readonly SemaphoreSlim _registered = new(0);
    private CancellationTokenSource? _stopping;
    private Task? _running;

    /// <summary>Answers <c>register_service</c>. The default: agreed.</summary>
    public Func<JsonNode, CancellationToken, Task<CallToolResult>> OnRegister { get; set; } = (_, _) => Task.FromResult(Structured(new JsonObject { ["registered"] = true }));

    /// <summary>Answers <c>list_agents</c>. The default: one librarian.</summary>
    public Func<JsonNode, CancellationToken, Task<CallToolResult>> OnListAgents { get; set; } = (_, _) => Task.FromResult(Structured(JsonNode.Parse(
        """{"agents":[{"id":"librarian","description":"Searches the specs","capabilities":["search"],"status":"ready","load":0}]}""")!));

    /// <summary>Answers <c>ask_agent</c>. The default: does not know.</summary>
    public Func<JsonNode, CancellationToken, Task<CallToolResult>> OnAskAgent { get; set; } = (_, _) => Task.FromResult(Structured(JsonNode.Parse(
        """{"answer":null,"confidence":0,"evidence":[],"agent_id":"librarian"}""")!));

    /// <summary>How it calls its tools. The default: by their own names.</summary>
    public Func<string, string> NameOf { get; set; } = name => name;

    /// <summary>What was deregistered, in order.</summary>
    public ConcurrentQueue<JsonNode> Deregistrations { get; } = new();

    /// <summary>What was registered, in order.</summary>
    public IReadOnlyList<JsonNode> Registrations => [.. _registrations];

    public static CallToolResult Structured(JsonNode content) => new()
    {
        StructuredContent = System.Text.Json.JsonElement.Parse(content.ToJsonString()),
        Content = [new TextContentBlock { Text = content.ToJsonString() }],
    };

    public static CallToolResult Error(string message) => new() { IsError = true, Content = [new TextContentBlock { Text = message }] };

    /// <summary>Waits for one more registration.</summary>
    public async Task<JsonNode> NextRegistrationAsync(TimeSpan patience)
    {
        if (!await _registered.WaitAsync(patience))
            throw new TimeoutException("Nobody registered.");
        return _registrations.Last();
    }

    public void Start()
    {
        var options = new McpServerOptions { ServerInfo = new Implementation { Name = "fake-orchestrator", Version = "1.0" }, ToolCollection = [] };
        options.ToolCollection.Add(new ScriptedTool(NameOf("register_service"), RegisterAsync));
        options.ToolCollection.Add(new ScriptedTool(NameOf("list_agents"), (arguments, token) => OnListAgents(arguments, token)));
        options.ToolCollection.Add(new ScriptedTool(NameOf("ask_agent"), (arguments, token) => OnAskAgent(arguments, token)));
        options.ToolCollection.Add(new ScriptedTool(NameOf("deregister_service"), (arguments, _) =>
        {
            Deregistrations.Enqueue(arguments);
            return Task.FromResult(Structured(new JsonObject { ["deregistered"] = true }));
        }));
        var listener = new McpSocketListener(
            new McpListenerSettings { Path = socketPath, StopGrace = TimeSpan.Zero }, options, NullLoggerFactory.Instance, null, TimeProvider.System);
        if (listener.Open() is not SocketClaim.Claimed)
            throw new InvalidOperationException($"{socketPath} is taken.");
        _stopping = new CancellationTokenSource();
        _running = listener.RunAsync(_stopping.Token);
    }

    /// <summary>Ends: connections are cut, the socket file goes.</summary>
    public async Task StopAsync()
    {
        if (_stopping is null || _running is null)
            return;
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
        (_stopping, _running) = (null, null);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _registered.Dispose();
    }

    private async Task<CallToolResult> RegisterAsync(JsonNode arguments, CancellationToken cancellationToken)
    {
        var result = await OnRegister(arguments, cancellationToken);
        _registrations.Enqueue(arguments);
        _registered.Release();
        return result;
    }

    private sealed class ScriptedTool(string name, Func<JsonNode, CancellationToken, Task<CallToolResult>> answer) : McpServerTool
    {
        public override Tool ProtocolTool { get; } = new() { Name = name, InputSchema = System.Text.Json.JsonElement.Parse("""{"type":"object"}""") };

        public override IReadOnlyList<object> Metadata => [];

        public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
        {
            var arguments = new JsonObject();
            foreach (var (key, value) in request.Params?.Arguments ?? new Dictionary<string, System.Text.Json.JsonElement>(StringComparer.Ordinal))
                arguments[key] = JsonNode.Parse(value.GetRawText());
            return await answer(arguments, cancellationToken);
        }
    }
}
