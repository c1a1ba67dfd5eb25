using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Platform.Sockets;

/// <summary>Nobody serves MCP on a socket. The message names the path and the reason.</summary>
public sealed class McpUnreachableException(string path, string reason, Exception? inner = null) : IOException($"No MCP server on {path}: {reason}.", inner)
{
    public string Reason { get; } = reason;
}

/// <summary>One MCP connection to a server on a Unix socket. For one that survives restarts of the server see <see cref="McpLink"/>.</summary>
public sealed class McpSocketClient : IAsyncDisposable
{
    private static long s_lastCall;

    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private McpSocketClient(McpClient session, PeerCredentials? server, TimeProvider timeProvider, ILogger logger, CancellationToken lost)
    {
        Session = session;
        Lost = lost;
        Server = server;
        _time = timeProvider;
        _logger = logger;
    }

    /// <summary>The SDK's client, for what has no method here. Do not pass cancellation tokens to its calls: it does not tell the server (csharp-sdk #1365).</summary>
    public McpClient Session { get; }

    /// <summary>The process that serves, as the kernel knows it.</summary>
    public PeerCredentials? Server { get; }

    /// <summary>Fires as soon as the connection is lost or closed, before pending calls fail.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Ends when the connection is lost and wound up; never faults.</summary>
    public Task<ClientCompletionDetails> Completion => Session.Completion;

    /// <summary>Connects and agrees on a protocol revision.</summary>
    /// <exception cref="McpUnreachableException">Nobody listens, or what listens does not speak MCP in time.</exception>
    public static async Task<McpSocketClient> ConnectAsync(
        McpClientSettings settings, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken = default)
    {
        using var timeout = new CancellationTokenSource(settings.ConnectTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        McpConnection? connection = null;
        try
        {
            connection = settings.Open is { } open ? await open(either.Token) : await OpenSocketAsync(settings, loggerFactory, timeProvider, either.Token);
            var options = new McpClientOptions { ClientInfo = settings.Client, InitializationTimeout = settings.ConnectTimeout, DiscoverProbeTimeout = settings.ConnectTimeout / 2 };
            var session = await McpClient.CreateAsync(new ConnectedTransport(connection.Transport), options, loggerFactory, either.Token);
            return new McpSocketClient(session, connection.Server, timeProvider, loggerFactory.CreateLogger<McpSocketClient>(), connection.Lost);
        }
        catch (Exception e)
        {
            if (connection is not null) await connection.Transport.DisposeAsync();
            if (FailureReason(e, timeout.IsCancellationRequested) is { } reason) throw new McpUnreachableException(settings.Path, reason, e);
            throw;
        }
    }

    /// <summary>The server's tools at this moment.</summary>
    public async Task<IReadOnlyList<Tool>> ListToolsAsync(CancellationToken cancellationToken = default)
    {
        var tools = await Session.ListToolsAsync(cancellationToken: CancellationToken.None).AsTask().WaitAsync(cancellationToken);
        return [.. tools.Select(t => t.ProtocolTool)];
    }

    /// <summary>Calls a tool once. When the time is up or the caller cancels, the server is told to stop.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public Task<CallOutcome> CallToolAsync(string tool, JsonObject? arguments, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var parameters = new JsonObject { ["name"] = tool, ["arguments"] = arguments?.DeepClone() ?? new JsonObject() };
        return CallAsync(parameters, timeout, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Session.DisposeAsync();

    private async Task<CallOutcome> CallAsync(JsonObject parameters, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var timer = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var id = new RequestId($"call-{Interlocked.Increment(ref s_lastCall)}");

        // The token is not given to the SDK: it would drop the call here and never tell the server (csharp-sdk #1365).
        var call = Session.SendRequestAsync(new JsonRpcRequest { Id = id, Method = RequestMethods.ToolsCall, Params = parameters }, CancellationToken.None);
        try
        {
            var response = await call.WaitAsync(either.Token);
            return Read(response);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            _ = TellCancelledAsync(id, call, timer.IsCancellationRequested ? "timed out" : "cancelled by the caller");
            cancellationToken.ThrowIfCancellationRequested();
            return new CallOutcome.TimedOut(timeout);
        }
        catch (MessageTooLargeException e)
        {
            return new CallOutcome.Refused((int)McpErrorCode.InvalidRequest, e.Message); // nothing was sent
        }
        catch (McpProtocolException e)
        {
            return new CallOutcome.Refused((int)e.ErrorCode, e.Message);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or McpException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            return new CallOutcome.Lost($"the connection was lost: {e.Message.TrimEnd('.')}", MayHaveRun: true);
        }
    }

    private static CallOutcome Read(JsonRpcResponse response)
    {
        if ((string?)(response.Result as JsonObject)?["resultType"] == "input_required")
            return new CallOutcome.Refused(-32000, "the tool asks for input that this client cannot give");
        var result = response.Result.Deserialize<CallToolResult>(McpJsonUtilities.DefaultOptions);
        if (result is null) return new CallOutcome.Refused(-32603, "the server sent an empty result");
        if (result.IsError != true) return new CallOutcome.Answered(result);
        var text = string.Join('\n', result.Content.OfType<TextContentBlock>().Select(t => t.Text));
        return new CallOutcome.Failed(text.Length > 0 ? text : "the tool reported an error without a message");
    }

    private async Task TellCancelledAsync(RequestId id, Task call, string reason)
    {
        try
        {
            var cancelled = new CancelledNotificationParams { RequestId = id, Reason = reason };
            await Session.SendNotificationAsync(NotificationMethods.CancelledNotification, cancelled);
            await call; // whatever comes now is nobody's
        }
        catch (Exception e) // the call has ended for its caller; only the log is left to tell
        {
            if (_logger.IsEnabled(LogLevel.Trace)) _logger.LogTrace(e, "Call {Id} was given up", id);
        }
    }

    /// <summary>Why no session came about; null for what has its words already, was cancelled by the caller, or is a bug.</summary>
    private static string? FailureReason(Exception error, bool timedOut) => error switch
    {
        McpUnreachableException => null,
        OperationCanceledException => timedOut ? "it does not answer" : null,
        TimeoutException => "it does not answer",
        IOException or HttpRequestException or McpException or InvalidOperationException => error.Message.TrimEnd('.'),
        _ => null,
    };

    private static async Task<McpConnection> OpenSocketAsync(McpClientSettings settings, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (SocketFile.ProblemWith(settings.Path) is { } problem) throw new McpUnreachableException(settings.Path, problem);
        var socket = await ConnectSocketAsync(settings.Path, cancellationToken);
        var server = PeerCredentials.Read(socket);
        if (settings.RefuseServer(server) is { } refusal)
        {
            socket.Dispose();
            throw new McpUnreachableException(settings.Path, $"{server?.ToString() ?? "a stranger"} serves it, and {refusal}");
        }

        var transport = new McpSocketTransport(socket, $"to-{Path.GetFileName(settings.Path)}", settings.Limits, null, loggerFactory, timeProvider);
        return new McpConnection(transport, server, transport.PeerGone);
    }

    private static async Task<Socket> ConnectSocketAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new McpUnreachableException(path, ReasonOf(e), e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // .NET reports a missing socket file as "Cannot assign requested address".
    private static string ReasonOf(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressNotAvailable => "there is no socket file",
        SocketError.ConnectionRefused => "nobody listens on it",
        SocketError.AccessDenied => "this user may not connect",
        _ => e.Message.TrimEnd('.'),
    };

    /// <summary>Hands the SDK a transport that is connected already.</summary>
    private sealed class ConnectedTransport(ITransport transport) : IClientTransport
    {
        public string Name => transport.SessionId ?? "socket";

        public Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default) => Task.FromResult(transport);
    }
}
