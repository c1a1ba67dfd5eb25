using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace Platform.Http;

/// <summary>One session of a client that speaks a revision up to 2025-11-25.</summary>
internal sealed class McpHttpSession : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SessionTransport _transport;
    private readonly McpServer _server;
    private readonly Task _run;
    private int _disposed;
    private int _active;
    private int _streaming;

    internal McpHttpSession(string id, McpServerOptions options, McpHttpSettings settings, ILoggerFactory loggerFactory, IServiceProvider services, Action<McpServer> created)
    {
        Id = id;
        _transport = new SessionTransport(id, settings.MaxQueuedMessages, loggerFactory);
        _server = McpServer.Create(_transport, options, loggerFactory, services);
        InFlight = new InFlightRequests(settings.MaxRequestsInFlight);
        created(_server);
        _run = _server.RunAsync(_stop.Token);
    }

    internal string Id { get; }

    /// <summary>Where posted messages go in.</summary>
    internal StreamableHttpServerTransport Posts => _transport.Posts;

    internal InFlightRequests InFlight { get; }

    /// <summary>Timestamp of the end of its last request.</summary>
    internal long LastUsed { get; private set; }

    /// <summary>Whether no request of it is running.</summary>
    internal bool IsIdle => Volatile.Read(ref _active) == 0;

    internal void Enter() => Interlocked.Increment(ref _active);

    internal void Leave(long now)
    {
        LastUsed = now;
        Interlocked.Decrement(ref _active);
    }

    /// <summary>Takes the place of the one stream for messages that belong to no request; false while another has it.</summary>
    internal bool TryOpenStream() => Interlocked.Exchange(ref _streaming, 1) == 0;

    internal void CloseStream() => Volatile.Write(ref _streaming, 0);

    /// <summary>Messages of the server that belong to no request. Ends with the session.</summary>
    internal IAsyncEnumerable<JsonRpcMessage> UnsolicitedAsync(CancellationToken cancellationToken) => _transport.Unsolicited.ReadAllAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync();
        await _transport.DisposeAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>
    /// The SDK's transport takes the posts; what the server sends outside of them goes through here. The SDK's own stream for that can be opened once in
    /// a session, so a client that loses it would never hear of anything again; this one can be opened as often as needed, and what is said in between
    /// is kept.
    /// </summary>
    private sealed class SessionTransport(string id, int capacity, ILoggerFactory loggerFactory) : ITransport
    {
        private readonly Channel<JsonRpcMessage> _unsolicited = Channel.CreateBounded<JsonRpcMessage>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        public StreamableHttpServerTransport Posts { get; } = new(loggerFactory) { SessionId = id };

        public ChannelReader<JsonRpcMessage> Unsolicited => _unsolicited.Reader;

        public string? SessionId => id;

        public ChannelReader<JsonRpcMessage> MessageReader => Posts.MessageReader;

        public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
        {
            _unsolicited.Writer.TryWrite(message);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _unsolicited.Writer.TryComplete();
            return Posts.DisposeAsync();
        }
    }
}
