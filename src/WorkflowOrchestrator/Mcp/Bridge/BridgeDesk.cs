using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using Platform.Sockets;

namespace Workflow.Mcp.Bridge;

/// <summary>Decides what to do with each message, given how the connection to the daemon stands. Used by one loop; it has no locks.</summary>
internal sealed class BridgeDesk(
    BridgeSettings settings, Action<IServiceCollection> addTools, Stream output, Action<BridgeEvent> post, Action<TimeSpan, BridgeEvent> postAfter, TimeProvider time) : IAsyncDisposable
{
    private static readonly byte[] s_newline = "\n"u8.ToArray();

    private readonly ClientState _client = new();
    private readonly Dictionary<string, PendingRequest> _pending = new(StringComparer.Ordinal);
    private readonly List<string> _order = []; // of asking
    private readonly HashSet<string> _acknowledged = new(StringComparer.Ordinal); // subscriptions whose begin the client has been told
    private readonly HashSet<string> _askedByDaemon = new(StringComparer.Ordinal);
    private OfflineServer? _offline;
    private DaemonConnection? _connection;
    private bool _ready; // the handshake of this connection is done
    private bool _tried;
    private bool _inputEnded;
    private string _reason = "no attempt has been made yet";
    private long? _lostAt;
    private int _losses;

    /// <summary>The client has closed its end, and everything that it asked is answered.</summary>
    public bool IsDone => _inputEnded && _pending.Values.All(request => request.IsListening);

    public Task TakeAsync(BridgeEvent next) => next switch
    {
        BridgeEvent.FromClient { Line: { } line } => FromClientAsync(line),
        BridgeEvent.FromClient => WriteAsync(BridgeMessages.Error(null, (int)McpErrorCode.InvalidRequest, $"A message may have at most {settings.MaxMessageBytes} bytes.")),
        BridgeEvent.ClientEnded => EndInput(),
        BridgeEvent.Connected connected => ConnectedAsync(connected.Connection),
        BridgeEvent.NotConnected failed => NotConnectedAsync(failed.Reason),
        BridgeEvent.FromDaemon message when message.Connection == _connection => message.Line is { } line ? FromDaemonAsync(line) : Drop("it sent a message that is too long"),
        BridgeEvent.DaemonLost lost when lost.Connection == _connection => LostAsync(lost.Reason),
        BridgeEvent.HandshakeOverdue overdue when overdue.Connection == _connection && !_ready => Drop("it does not answer"),
        BridgeEvent.GraceOver over when over.Loss == _losses && _connection is null => AnswerWaitingHereAsync(),
        BridgeEvent.AnsweredHere answer => AnsweredHereAsync(answer),
        _ => Task.CompletedTask, // of a connection that is no longer ours
    };

    public ValueTask DisposeAsync() => _offline?.DisposeAsync() ?? ValueTask.CompletedTask;

    // ---- the client

    private async Task FromClientAsync(byte[] line)
    {
        var head = MessageHead.Read(line);
        switch (head.Kind)
        {
            case MessageKind.Request:
                await RequestAsync(head.Id!, head.Method!, line);
                break;
            case MessageKind.Notification when head.Method == "notifications/cancelled":
                Cancel(line);
                break;
            case MessageKind.Notification or MessageKind.Response:
                // A response to a daemon that has gone would answer somebody else's question.
                if (_ready && (head.Kind == MessageKind.Notification || (head.Id is { } id && _askedByDaemon.Remove(id))))
                    _connection!.Send(line);
                break;
            default:
                await WriteAsync(BridgeMessages.Error(head.Id is null ? null : JsonNode.Parse(head.Id), (int)McpErrorCode.ParseError, "The message is not valid JSON-RPC."));
                break;
        }
    }

    private async Task RequestAsync(string id, string method, byte[] line)
    {
        if (_pending.ContainsKey(id) || ClientState.IsOwn(id))
        {
            await WriteAsync(BridgeMessages.Error(JsonNode.Parse(id), (int)McpErrorCode.InvalidRequest, "A request with this id is in flight."));
            return;
        }

        if (_pending.Count >= settings.MaxPending)
        {
            await WriteAsync(BridgeMessages.Error(JsonNode.Parse(id), -32000, $"More than {settings.MaxPending} requests in flight."));
            return;
        }

        if ((settings.AsAgent ? BridgeMessages.AsAgent(line) : line) is not { } marked)
        {
            await WriteAsync(BridgeMessages.Error(JsonNode.Parse(id), (int)McpErrorCode.ParseError, "The message is not valid JSON-RPC."));
            return;
        }

        var request = PendingRequest.Of(id, method, marked);
        _client.Note(request);
        _pending[id] = request;
        _order.Add(id);
        if (_ready)
            Send(request);
        else if (!MayComeSoon())
            await AnswerHereAsync(request);
    }

    private void Cancel(byte[] line)
    {
        var id = BridgeMessages.RequestIdOf(line);
        if (id is null || !_pending.TryGetValue(id, out var request))
            return;
        Forget(id); // it gets no answer
        if (request.IsSent && _ready)
            _connection!.Send(line);
    }

    private Task EndInput()
    {
        _inputEnded = true;
        return Task.CompletedTask;
    }

    // ---- the daemon

    private async Task ConnectedAsync(DaemonConnection connection)
    {
        _tried = true;
        _connection = connection;
        _askedByDaemon.Clear();
        if (!_client.IsInitialized)
        {
            await ReadyAsync();
            return;
        }

        connection.Send(_client.Handshake());
        postAfter(settings.HandshakeTimeout, new BridgeEvent.HandshakeOverdue(connection));
    }

    private Task NotConnectedAsync(string reason)
    {
        _tried = true;
        _reason = reason;
        return MayComeSoon() ? Task.CompletedTask : AnswerWaitingHereAsync();
    }

    private async Task FromDaemonAsync(byte[] line)
    {
        var head = MessageHead.Read(line);
        switch (head.Kind)
        {
            case MessageKind.Response when ClientState.IsOwn(head.Id):
                if (head.Id == ClientState.HandshakeId)
                    await HandshakeDoneAsync();
                else if (_client.SubscribedAgain(head.Id!) is { } news)
                    await WriteAsync(news);
                return;
            case MessageKind.Response when head.Id is null:
                _reason = JsonNode.Parse(line)?["error"]?["message"]?.ToString() ?? _reason; // of the connection as a whole
                return;
            case MessageKind.Response:
                if (!_pending.TryGetValue(head.Id, out var answered))
                    return; // cancelled
                Answered(answered);
                break;
            case MessageKind.Request:
                _askedByDaemon.Add(head.Id!);
                break;
            case MessageKind.Notification when head.Method == "notifications/subscriptions/acknowledged" && !_acknowledged.Add(BridgeMessages.SubscriptionOf(line)):
                return; // made again on a new connection: the client knows
            case MessageKind.Invalid:
                return;
            default:
                break;
        }

        await WriteAsync(line);
    }

    private async Task HandshakeDoneAsync()
    {
        foreach (var line in _client.AfterHandshake())
            _connection!.Send(line);
        await ReadyAsync();
        foreach (var line in ClientState.Missed())
            await WriteAsync(line);
    }

    private Task ReadyAsync()
    {
        _ready = true;
        _lostAt = null;
        foreach (var request in Waiting().Where(request => !request.IsSent)) // what is being answered here stays here
            Send(request);
        return Task.CompletedTask;
    }

    private async Task Drop(string reason)
    {
        var connection = _connection!;
        await LostAsync(reason);
        await connection.DisposeAsync();
    }

    private async Task LostAsync(string reason)
    {
        (_connection, _ready) = (null, false);
        _reason = reason;
        _lostAt = time.GetTimestamp();
        _losses++;
        foreach (var request in Waiting().Where(request => request.IsSent))
        {
            request.IsSent = false;
            if (request.IsRepeatable(Offline().OnlyReads))
                continue;
            Forget(request.Id);
            await WriteAsync(request.Fail(
                $"The connection to the daemon was lost while '{request.Tool ?? request.Method}' ran ({reason}). It may have had an effect: look before you repeat it"
                + (request.Tool == "ask_question" ? ". list_questions shows the question if it was stored, and asking in the same words returns it instead of asking twice." : ".")));
        }

        postAfter(settings.RestartGrace, new BridgeEvent.GraceOver(_losses));
    }

    // ---- without the daemon

    /// <summary>Whether it is worth waiting: the first attempt is under way, or the daemon was there a moment ago.</summary>
    private bool MayComeSoon() => !_tried || _connection is not null || (_lostAt is { } lost && time.GetElapsedTime(lost) < settings.RestartGrace);

    private async Task AnswerWaitingHereAsync()
    {
        foreach (var request in Waiting())
            await AnswerHereAsync(request);
    }

    private async Task AnswerHereAsync(PendingRequest request)
    {
        if (request.IsListening || request.IsSent)
            return; // begins when the daemon is there; or is being answered here already
        request.IsSent = true;
        if (Offline().Receive(request.Line))
            return;
        Forget(request.Id);
        await WriteAsync(BridgeMessages.Error(JsonNode.Parse(request.Id), (int)McpErrorCode.InvalidRequest, "The message is not a request of MCP."));
    }

    private async Task AnsweredHereAsync(BridgeEvent.AnsweredHere answer)
    {
        if (answer.Id is null || !_pending.TryGetValue(answer.Id, out var request))
            return; // cancelled
        Answered(request);
        await WriteAsync(answer.Line);
        if (request.Method == "initialize")
            _connection?.Send(_client.Handshake()); // the daemon came meanwhile and knows nothing of this client
    }

    private OfflineServer Offline() => _offline ??= new OfflineServer(addTools, Problem, message =>
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(message, McpJsonUtilities.DefaultOptions);
        post(new BridgeEvent.AnsweredHere(MessageHead.Read(line).Id, line));
    });

    private string Problem() =>
        $"The WorkflowOrchestrator daemon cannot be reached on {settings.SocketPath}: {_reason}. Nothing was done. "
        + "Start it with scripts/start-all.sh or 'wo run' in the repository; 'wo mcp' connects by itself, so just call again then.";

    // ---- common

    private PendingRequest[] Waiting() => [.. _order.Select(id => _pending[id])];

    private void Send(PendingRequest request)
    {
        request.IsSent = true;
        _connection!.Send(request.Line);
    }

    private void Answered(PendingRequest request)
    {
        if (request.Method == "initialize")
            _client.Initialized();
        Forget(request.Id);
    }

    private void Forget(string id)
    {
        _pending.Remove(id);
        _order.Remove(id);
        _acknowledged.Remove(id);
    }

    private Task WriteAsync(JsonObject message) => WriteAsync(Encoding.UTF8.GetBytes(message.ToJsonString()));

    private async Task WriteAsync(byte[] line)
    {
        await output.WriteAsync(line);
        await output.WriteAsync(s_newline);
        await output.FlushAsync();
    }
}
