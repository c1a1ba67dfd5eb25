using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Mcp;

namespace Platform.Sockets;

/// <summary>
/// An MCP server on a Unix socket: one session a connection, all with the same <see cref="McpServerOptions"/>. A change of its tool
/// collection reaches every session.
/// </summary>
public sealed partial class McpSocketListener(
    McpListenerSettings settings, McpServerOptions server, ILoggerFactory loggerFactory, IServiceProvider? services, TimeProvider timeProvider) : IDisposable
{
    private static readonly TimeSpan s_pauseAfterAcceptError = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_refusalTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_waitAfterCut = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggerFactory.CreateLogger<McpSocketListener>();
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private ClaimedSocket? _socket;
    private int _lastSession;

    /// <summary>Connections that are open now.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>Where the sessions are entered while they last; null when nobody looks for them.</summary>
    public McpSessions? Sessions { get; init; }

    /// <summary>Called with the session id when a connection has ended; state kept by session goes here.</summary>
    public Action<string>? SessionEnded { get; init; }

    /// <summary>Becomes the listener on the path. Clients can connect as soon as this returns; they are served by <see cref="RunAsync"/>.</summary>
    public SocketClaim Open()
    {
        if (_socket is not null) throw new InvalidOperationException("The listener is open.");
        var claim = SocketFile.Claim(settings.Path);
        if (claim is SocketClaim.Claimed claimed) _socket = claimed.Socket;
        return claim;
    }

    /// <summary>Serves connections until the token fires; then stops within <see cref="McpListenerSettings.StopGrace"/> and a second.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        var socket = _socket ?? throw new InvalidOperationException("Open the listener first.");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            await AcceptAsync(socket.Listener, stopping.Token);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
        finally
        {
            socket.Dispose();
            await stopping.CancelAsync();
            await EndSessionsAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private async Task AcceptAsync(Socket listener, CancellationToken stopping)
    {
        while (true)
        {
            Socket connection;
            try
            {
                connection = await listener.AcceptAsync(stopping);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.ConnectionAborted)
            {
                LogAcceptFailed(e.Message); // passes; the connection waits in the queue
                await Task.Delay(s_pauseAfterAcceptError, timeProvider, stopping);
                continue;
            }

            var peer = PeerCredentials.Read(connection);
            var refusal = settings.RefusePeer(peer);
            if (refusal is null && _sessions.Count >= settings.MaxSessions) refusal = $"{settings.MaxSessions} connections are open, which is the limit";
            if (refusal is null) Start(connection, peer, stopping);
            else await RefuseAsync(connection, peer, refusal);
        }
    }

    private void Start(Socket connection, PeerCredentials? peer, CancellationToken stopping)
    {
        var id = $"s{++_lastSession}";
        var transport = new McpSocketTransport(connection, id, settings.Limits, settings.Identify(peer), loggerFactory, timeProvider);
        LogSessionStarted(id, peer);
        var begin = new TaskCompletionSource();
        var run = Task.Run(async () =>
        {
            await begin.Task; // the session is in the table before it can end
            await ServeAsync(id, transport, stopping);
        }, CancellationToken.None);
        _sessions[id] = new Session(run, transport);
        begin.SetResult();
    }

    private async Task ServeAsync(string id, McpSocketTransport transport, CancellationToken stopping)
    {
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, transport.PeerGone);
            await using var session = McpServer.Create(transport, server, loggerFactory, services);
            Sessions?.Add(id, session);
            await session.RunAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            // The peer left, or the server stops.
        }
        catch (Exception e) // one session's fault must not end the others
        {
            LogSessionFailed(e, id);
        }
        finally
        {
            await transport.DisposeAsync();
            _sessions.TryRemove(id, out _);
            Sessions?.Remove(id);
            SessionEnded?.Invoke(id);
            LogSessionEnded(id);
        }
    }

    private async Task EndSessionsAsync()
    {
        // McpServer waits for its handlers without a limit; one that ignores its token must not hold up the process.
        var sessions = _sessions.Values.ToArray();
        var all = Task.WhenAll(sessions.Select(s => s.Run));
        await all.WaitAsync(settings.StopGrace, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var session in sessions) await session.Transport.DisposeAsync();
        await all.WaitAsync(s_waitAfterCut, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_sessions.IsEmpty) LogAbandoned(_sessions.Count);
    }

    private async Task RefuseAsync(Socket connection, PeerCredentials? peer, string reason)
    {
        LogPeerRefused(peer, reason);
        using (connection)
        {
            var error = new JsonRpcError { Id = default, Error = new JsonRpcErrorDetail { Code = -32000, Message = $"Connection refused: {reason}." } };
            byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(error, JsonRpcFrames.MessageType), (byte)'\n'];
            using var timeout = new CancellationTokenSource(s_refusalTimeout, timeProvider);
            try
            {
                await connection.SendAsync(line, timeout.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Gone before it could be told.
            }
        }
    }

    private sealed record Session(Task Run, McpSocketTransport Transport);

    [LoggerMessage(EventId = 1111, Level = LogLevel.Debug, Message = "MCP session {Session} with {Peer} began")]
    private partial void LogSessionStarted(string session, PeerCredentials? peer);

    [LoggerMessage(EventId = 1112, Level = LogLevel.Debug, Message = "MCP session {Session} ended")]
    private partial void LogSessionEnded(string session);

    [LoggerMessage(EventId = 1113, Level = LogLevel.Error, Message = "MCP session {Session} failed")]
    private partial void LogSessionFailed(Exception exception, string session);

    [LoggerMessage(EventId = 1114, Level = LogLevel.Warning, Message = "A connection from {Peer} was refused: {Reason}")]
    private partial void LogPeerRefused(PeerCredentials? peer, string reason);

    [LoggerMessage(EventId = 1115, Level = LogLevel.Warning, Message = "A connection could not be accepted: {Reason}")]
    private partial void LogAcceptFailed(string reason);

    [LoggerMessage(EventId = 1116, Level = LogLevel.Warning, Message = "{Count} MCP sessions did not stop in time and were left behind")]
    private partial void LogAbandoned(int count);
}
