using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Testing;

/// <summary>An MCP client that speaks the wire format by hand over a pair of streams: a test sees what is really sent. Every line must be JSON.</summary>
public sealed class McpWire : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _answers = new(StringComparer.Ordinal);
    private readonly Channel<JsonObject> _others = Channel.CreateUnbounded<JsonObject>();
    private readonly StreamReader _reader;
    private readonly Stream _write;
    private readonly Task _reading;
    private int _lastId;

    public McpWire(Stream read, Stream write)
    {
        _reader = new StreamReader(read, new UTF8Encoding(false, throwOnInvalidBytes: true));
        _write = write;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Whether requests name their revision (2026-07-28) or rely on the handshake.</summary>
    public bool Sessionless { get; init; }

    /// <summary>Ends when the other side closes its end; faults when it sent a line that is not JSON.</summary>
    public Task Ended => _reading.WaitAsync(s_patience);

    public static async Task<McpWire> ConnectAsync(string socketPath, bool sessionless = false)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath));
        var stream = new NetworkStream(socket, ownsSocket: true);
        return new McpWire(stream, stream) { Sessionless = sessionless };
    }

    /// <summary>The handshake of the revisions up to 2025-11-25; returns the result.</summary>
    public async Task<JsonObject> InitializeAsync()
    {
        var answer = await AskAsync("initialize", new JsonObject
        {
            ["protocolVersion"] = "2025-11-25",
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "wire", ["version"] = "1" },
        });
        await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
        return answer["result"]!.AsObject();
    }

    /// <summary>Sends a request and waits for its answer: the whole message.</summary>
    public async Task<JsonObject> AskAsync(string method, JsonObject? parameters = null) => await AnswerAsync(await BeginAsync(method, parameters));

    /// <summary>Calls a tool and waits: the result.</summary>
    public async Task<JsonObject> CallAsync(string tool, JsonObject? arguments = null) =>
        (await AskAsync("tools/call", Call(tool, arguments)))["result"]?.AsObject() ?? throw new InvalidOperationException("The call was answered with an error.");

    public static JsonObject Call(string tool, JsonObject? arguments = null) => new() { ["name"] = tool, ["arguments"] = arguments ?? [] };

    /// <summary>Sends a request; <see cref="AnswerAsync"/> waits for it.</summary>
    public async Task<string> BeginAsync(string method, JsonObject? parameters = null)
    {
        var id = $"r{Interlocked.Increment(ref _lastId)}";
        _answers[id] = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method };
        if (Sessionless)
        {
            parameters ??= [];
            var meta = parameters["_meta"] as JsonObject ?? [];
            meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28";
            meta["io.modelcontextprotocol/clientCapabilities"] = new JsonObject();
            if (meta.Parent is null)
                parameters["_meta"] = meta;
        }

        if (parameters is not null)
            message["params"] = parameters;
        await SendAsync(message);
        return id;
    }

    public Task<JsonObject> AnswerAsync(string id) => _answers[id].Task.WaitAsync(s_patience);

    /// <summary>Whether a request has been answered by now.</summary>
    public bool IsAnswered(string id) => _answers[id].Task.IsCompleted;

    /// <summary>The next notification (or request of the server) with this method; others before it are dropped.</summary>
    public async Task<JsonObject> NextAsync(string method)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            var message = await _others.Reader.ReadAsync(limit.Token);
            if (message["method"]?.ToString() == method)
                return message;
        }
    }

    public Task SendAsync(JsonObject message) => SendLineAsync(message.ToJsonString());

    public async Task SendLineAsync(string line)
    {
        await _write.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        await _write.FlushAsync();
    }

    /// <summary>Closes only the sending side of a pair of pipes.</summary>
    public ValueTask CloseInputAsync() => _write.DisposeAsync();

    /// <summary>Closes the sending side, and with a socket both. Does not wait for the other side to end: with pipes a read cannot be interrupted.</summary>
    public ValueTask DisposeAsync() => _write.DisposeAsync();

    private async Task ReadAsync()
    {
        while (await _reader.ReadLineAsync() is { } line)
        {
            var message = JsonNode.Parse(line)!.AsObject();
            if (message["method"] is null && message["id"]?.ToString() is { } id && _answers.TryGetValue(id, out var answer))
                answer.TrySetResult(message);
            else
                _others.Writer.TryWrite(message);
        }
    }
}
