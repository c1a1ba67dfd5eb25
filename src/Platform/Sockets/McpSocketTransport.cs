using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Platform.Sockets;

/// <summary>
/// MCP over a connected Unix socket, for both ends, with what the SDK's stream transports (2.3.1) lack: frames that a cancelled request cannot
/// tear, a limit on message size and on requests in flight, a write timeout, answers that still arrive after the peer closed only its sending
/// side, and <see cref="PeerGone"/>, which fires when nobody is left to read an answer.
/// </summary>
public sealed partial class McpSocketTransport : ITransport
{
    private const int RetainedBufferBytes = 1 << 20;
    private static readonly TimeSpan s_halfCloseProbe = TimeSpan.FromMilliseconds(50);

    // The SDK's reading loop runs on in our thread, which saves each message a change of threads. It may: the loop hands every message to the pool before a handler sees it.
    private readonly Channel<JsonRpcMessage> _received = Channel.CreateUnbounded<JsonRpcMessage>(new() { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });
    private readonly string _name;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly McpTransportLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ClaimsPrincipal? _peer;
    private readonly InFlightRequests _inFlight;
    private readonly SemaphoreSlim _sendLock = new(1, 1);
    private readonly ArrayBufferWriter<byte> _frame = new(4096);
    private readonly Utf8JsonWriter _json;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly Task _reading;
    private int _disposed;

    /// <summary>Takes over a connected socket and starts to read.</summary>
    /// <param name="socket">A connected socket; closed with the transport.</param>
    /// <param name="sessionId">Name of the session in logs, and the MCP server's session id.</param>
    /// <param name="limits">Bounds of the connection.</param>
    /// <param name="peer">Put on every received message as its user; null when unknown.</param>
    /// <param name="loggerFactory">Where to log.</param>
    /// <param name="timeProvider">Clock of the timeouts.</param>
    public McpSocketTransport(
        Socket socket, string sessionId, McpTransportLimits limits, ClaimsPrincipal? peer, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        _name = $"mcp-socket-{sessionId}";
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _limits = limits;
        _time = timeProvider;
        _peer = peer;
        _logger = loggerFactory.CreateLogger<McpSocketTransport>();
        _inFlight = new InFlightRequests(limits.MaxInFlightRequests, limits.MaxBriefRequests);
        _json = new Utf8JsonWriter(_frame, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        SessionId = sessionId;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Fires when no answer can reach the peer any more. Link it into the token given to McpServer.RunAsync, so that its handlers stop.</summary>
    public CancellationToken PeerGone => _gone.Token;

    /// <inheritdoc/>
    public string? SessionId { get; }

    /// <inheritdoc/>
    public ChannelReader<JsonRpcMessage> MessageReader => _received.Reader;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync();
        CutOff();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stream.DisposeAsync();
        await _json.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        Exception? failure = null;
        var reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, minimumReadSize: 4 * 1024, leaveOpen: true));
        try
        {
            await ReadLinesAsync(reader);
            await FinishAfterHalfCloseAsync();
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
        catch (MessageTooLargeException e)
        {
            LogDropped(_name, e.Message);
            await TryReplyErrorAsync(default, McpErrorCode.InvalidRequest, e.Message);
        }
        catch (Exception e)
        {
            failure = e;
            if (_disposed == 0) LogDropped(_name, e.Message);
        }
        finally
        {
            await reader.CompleteAsync();
            CutOff();
            _received.Writer.TryComplete(_disposed == 0 ? failure : null);
        }
    }

    private async Task ReadLinesAsync(PipeReader reader)
    {
        long searched = 0;
        while (true)
        {
            var read = await reader.ReadAsync(_stop.Token);
            var buffer = read.Buffer;
            while (JsonRpcFrames.TryTakeLine(ref buffer, ref searched, out var line)) await ReceiveAsync(line);
            if (buffer.Length > _limits.MaxMessageBytes) throw new MessageTooLargeException($"A message is larger than {_limits.MaxMessageBytes} bytes.");
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) return;
        }
    }

    private async ValueTask ReceiveAsync(ReadOnlySequence<byte> line)
    {
        if (line.Length > _limits.MaxMessageBytes) throw new MessageTooLargeException($"A message is larger than {_limits.MaxMessageBytes} bytes.");
        if (JsonRpcFrames.IsBlank(line)) return;
        JsonRpcMessage? message;
        try
        {
            message = JsonRpcFrames.Parse(line);
        }
        catch (JsonException)
        {
            await TryReplyErrorAsync(JsonRpcFrames.RecoverId(line), McpErrorCode.ParseError, "The message is not valid JSON-RPC.");
            return;
        }

        if (message is null || !await AdmitAsync(message)) return;
        if (_peer is not null) (message.Context ??= new()).User = _peer;
        _received.Writer.TryWrite(message);
    }

    private async ValueTask<bool> AdmitAsync(JsonRpcMessage message)
    {
        if (message is JsonRpcNotification notification) _inFlight.ForgetCancelled(notification);
        if (message is not JsonRpcRequest request) return true;
        switch (_limits.MayTakeLong(request) ? _inFlight.Admit(request.Id) : await _inFlight.AdmitBriefAsync(request.Id, _stop.Token))
        {
            case InFlightRequests.Admission.TooMany:
                await TryReplyErrorAsync(request.Id, (McpErrorCode)(-32000), $"More than {_limits.MaxInFlightRequests} requests in flight on this connection.");
                return false;
            case InFlightRequests.Admission.Duplicate:
                await TryReplyErrorAsync(request.Id, McpErrorCode.InvalidRequest, "A request with this id is in flight.");
                return false;
            default:
                return true;
        }
    }

    /// <summary>After the peer's end of stream: requests go on while it can still read their answers (as in: printf request | client).</summary>
    private async Task FinishAfterHalfCloseAsync()
    {
        var start = _time.GetTimestamp();
        while (!_inFlight.IsEmpty && _time.GetElapsedTime(start) < _limits.HalfCloseGrace && !PeerClosedBothSides())
            await Task.Delay(s_halfCloseProbe, _time, _stop.Token);
    }

    /// <summary>Sending nothing succeeds when the peer shut down only its sending side and fails when it is gone; polling does not tell the two apart.</summary>
    private bool PeerClosedBothSides()
    {
        try
        {
            _socket.Send(ReadOnlySpan<byte>.Empty);
            return false;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    private void CutOff()
    {
        if (_gone.IsCancellationRequested) return;
        _gone.Cancel();
        _socket.Close();
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "{Connection} was dropped: {Reason}")]
    private partial void LogDropped(string connection, string reason);
}
