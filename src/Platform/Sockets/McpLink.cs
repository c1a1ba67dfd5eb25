using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Platform.Sockets;

/// <summary>
/// Keeps one connection to an MCP server on a Unix socket: connects again, with growing pauses, whenever it is lost; lists the tools and runs a
/// callback (for example registration) each time before the connection counts as usable. No call is ever repeated by the link.
/// </summary>
public sealed partial class McpLink(
    McpClientSettings settings, Func<McpSocketClient, CancellationToken, Task>? onConnected, ILoggerFactory loggerFactory, TimeProvider timeProvider)
{
    private const string LostReason = "the server closed the connection";

    private readonly ILogger _logger = loggerFactory.CreateLogger<McpLink>();
    private readonly Lock _gate = new();
    private TaskCompletionSource<McpSocketClient> _usable = NewSource();
    private LinkState _state = new LinkState.Disconnected(timeProvider.GetUtcNow(), 0, null);

    public LinkState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Called after each change of <see cref="State"/>.</summary>
    public Action<LinkState>? StateChanged { get; init; }

    /// <summary>Keeps the connection until the token fires. Run it once, as a background service does.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var start = timeProvider.GetTimestamp();
            string reason;
            var wasUsable = false; // its loss is then in the state already, see Lost
            try
            {
                await using var client = await ConnectAsync(stoppingToken);
                wasUsable = true;
                await client.Completion.WaitAsync(stoppingToken); // end of stream is the only sign of loss
                reason = LostReason;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) // a link outlives every fault of the other side; the reason goes into the state
            {
                reason = e is McpUnreachableException unreachable ? unreachable.Reason : e.Message;
            }

            failures = wasUsable && timeProvider.GetElapsedTime(start) >= settings.StableAfter ? 1 : failures + 1;
            Disconnected(failures, wasUsable ? LostReason : reason);
            var pause = Backoff.PauseAfter(failures, settings.FirstPause, settings.LongestPause, RandomNumberGenerator.GetInt32(1001) / 1000.0);
            await Task.Delay(pause, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Disconnected(failures, "stopped", stopped: true);
    }

    /// <summary>Waits until the connection is usable.</summary>
    public Task<McpSocketClient> WaitUsableAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _usable.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Calls a tool once, now; without a connection the outcome is <see cref="CallOutcome.Lost"/> at once.</summary>
    public async Task<CallOutcome> CallToolAsync(string tool, JsonObject? arguments, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        McpSocketClient? client;
        LinkState state;
        lock (_gate)
        {
            client = _usable.Task.IsCompletedSuccessfully ? _usable.Task.Result : null;
            state = _state;
        }

        if (client is not null) return await client.CallToolAsync(tool, arguments, timeout, cancellationToken);
        var because = state is LinkState.Disconnected { LastError: { } error } ? $": {error}" : "";
        return new CallOutcome.Lost($"no connection to {settings.Path}{because}", MayHaveRun: false);
    }

    private async Task<McpSocketClient> ConnectAsync(CancellationToken stoppingToken)
    {
        var client = await McpSocketClient.ConnectAsync(settings, loggerFactory, timeProvider, stoppingToken);
        try
        {
            using var timeout = new CancellationTokenSource(settings.ConnectTimeout, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stoppingToken);
            var tools = await client.ListToolsAsync(either.Token);
            if (onConnected is not null) await onConnected(client, either.Token).WaitAsync(either.Token);
            Connected(client, [.. tools.Select(t => t.Name)], stoppingToken);
            return client;
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            await client.DisposeAsync();
            throw new McpUnreachableException(settings.Path, $"it did not answer the first calls within {settings.ConnectTimeout.TotalSeconds:0} s");
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private void Connected(McpSocketClient client, IReadOnlyList<string> tools, CancellationToken stoppingToken)
    {
        var info = client.Session.ServerInfo;
        var state = new LinkState.Connected(timeProvider.GetUtcNow(), info is null ? "unknown server" : $"{info.Name} {info.Version}", tools);
        lock (_gate)
        {
            _state = state;
            _usable.TrySetResult(client);
        }

        LogConnected(settings.Path, state.Server, tools.Count);
        StateChanged?.Invoke(state);

        // At once, not when the session has been wound up: whoever saw a call fail must find the state to say so.
        client.Lost.Register(() =>
        {
            if (!stoppingToken.IsCancellationRequested) Disconnected(0, LostReason);
        });
    }

    private void Disconnected(int failures, string reason, bool stopped = false)
    {
        LinkState.Disconnected state;
        bool isNews, isLoss;
        lock (_gate)
        {
            var previous = _state as LinkState.Disconnected;
            isLoss = previous is null;
            isNews = previous?.LastError != reason;
            state = new LinkState.Disconnected(previous?.Since ?? timeProvider.GetUtcNow(), failures, reason);
            _state = state;
            if (_usable.Task.IsCompleted) _usable = NewSource();
        }

        // The same failure again and again is one line in the log, not thousands; and that we stop is no failure.
        if (stopped) LogStopped(settings.Path);
        else if (isLoss) LogLost(settings.Path, reason);
        else if (isNews) LogUnreachable(settings.Path, reason);
        StateChanged?.Invoke(state);
    }

    private static TaskCompletionSource<McpSocketClient> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(EventId = 1131, Level = LogLevel.Information, Message = "Connected to {Path}: {Server}, {Tools} tools")]
    private partial void LogConnected(string path, string server, int tools);

    [LoggerMessage(EventId = 1132, Level = LogLevel.Warning, Message = "The connection to {Path} was lost: {Reason}")]
    private partial void LogLost(string path, string reason);

    [LoggerMessage(EventId = 1134, Level = LogLevel.Debug, Message = "The connection to {Path} is no longer kept")]
    private partial void LogStopped(string path);

    [LoggerMessage(EventId = 1133, Level = LogLevel.Warning, Message = "{Path} cannot be reached: {Reason}; attempts go on")]
    private partial void LogUnreachable(string path, string reason);
}
