using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace McpOrchestrator.Tests.Sockets;

/// <summary>An MCP server on a real socket with the given tools.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    private TestServer(McpSocketListener listener)
    {
        Listener = listener;
        _run = listener.RunAsync(_stop.Token);
    }

    public McpSocketListener Listener { get; }

    public static McpServerTool Tool(string name, Delegate method, bool structured = false) =>
        McpServerTool.Create(method, new McpServerToolCreateOptions { Name = name, UseStructuredContent = structured, SerializerOptions = ToolCalls.SerializerOptions });

    public static TestServer Start(McpListenerSettings settings, params McpServerTool[] tools) => Start(settings, null, tools);

    public static TestServer Start(McpListenerSettings settings, Action<string>? sessionEnded, params McpServerTool[] tools)
    {
        var options = new McpServerOptions { ServerInfo = new() { Name = "test-server", Version = "1" }, ToolCollection = [] };
        foreach (var tool in tools) options.ToolCollection.Add(tool);
        ToolCalls.AnswerErrorsReadably(options, NullLoggerFactory.Instance);
        var listener = new McpSocketListener(settings, options, NullLoggerFactory.Instance, null, TimeProvider.System) { SessionEnded = sessionEnded };
        var claim = listener.Open();
        Assert.IsType<SocketClaim.Claimed>(claim);
        return new TestServer(listener);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run.Within();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        Listener.Dispose();
    }
}
