using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Platform.Sockets;

namespace McpOrchestrator.Services;

/// <summary>What a service says about itself when it registers.</summary>
/// <param name="Name">Its name; one service a name.</param>
/// <param name="SocketPath">Where its MCP server listens.</param>
/// <param name="Tools">Its tools that may be offered here; empty means all.</param>
/// <param name="Version">Its version.</param>
internal sealed record Registration(string Name, string SocketPath, IReadOnlyList<string> Tools, string Version)
{
    internal bool IsSameAs(Registration other) =>
        Name == other.Name && SocketPath == other.SocketPath && Version == other.Version && Tools.Order(StringComparer.Ordinal).SequenceEqual(other.Tools.Order(StringComparer.Ordinal));
}

/// <summary>A registered service with the connection that shows whether it lives.</summary>
internal sealed class RegisteredService : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly McpLink _link;
    private readonly Task _run;

    /// <summary>Begins to connect.</summary>
    /// <param name="registration">The service.</param>
    /// <param name="connected">Called with its tools whenever a connection has been made, and with each heartbeat.</param>
    /// <param name="disconnected">Called when there is no connection, and again at each failed attempt.</param>
    /// <param name="loggerFactory">Where to log.</param>
    /// <param name="timeProvider">Clock.</param>
    internal RegisteredService(
        Registration registration, Action<RegisteredService, IReadOnlyList<Tool>> connected, Action<RegisteredService, LinkState.Disconnected> disconnected, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        Registration = registration;
        var settings = new McpClientSettings { Path = registration.SocketPath, Client = new Implementation { Name = "mcp-orchestrator", Version = Product.Version } };
        _link = new McpLink(settings, async (client, token) => connected(this, await client.ListToolsAsync(token)), loggerFactory, timeProvider)
        {
            StateChanged = state =>
            {
                if (state is LinkState.Disconnected lost) disconnected(this, lost);
            },
        };

        var heartbeat = new Heartbeat(registration.Name, _link, tools => connected(this, tools), timeProvider, loggerFactory.CreateLogger<Heartbeat>());

        // Not on this thread: the callbacks must find this service in the registry, whose lock the caller holds.
        _run = Task.Run(() => Task.WhenAll(_link.RunAsync(_stop.Token), heartbeat.RunAsync(_stop.Token)));
    }

    internal Registration Registration { get; }

    internal LinkState State => _link.State;

    /// <summary>Waits until the service is connected, or the time is up; tells which.</summary>
    internal async Task<bool> WaitConnectedAsync(TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, timeProvider);
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

    internal Task<CallOutcome> CallAsync(string tool, System.Text.Json.Nodes.JsonObject arguments, TimeSpan timeout, CancellationToken cancellationToken) =>
        _link.CallToolAsync(tool, arguments, timeout, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }
}
