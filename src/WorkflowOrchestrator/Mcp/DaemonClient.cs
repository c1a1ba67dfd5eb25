using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workflow.Mcp;

/// <summary>Nobody serves on the daemon's socket, or what does is not a daemon. The command ends with exit code 3.</summary>
internal sealed class DaemonUnreachableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What a tool of the daemon said.</summary>
internal abstract record DaemonReply
{
    private DaemonReply()
    {
    }

    /// <summary>The tool's structured result.</summary>
    public sealed record Done(JsonElement Result) : DaemonReply;

    /// <summary>The tool refused or failed, and its words for the user.</summary>
    public sealed record Failed(string Message) : DaemonReply;
}

/// <summary>
/// The command line's connection to the daemon: MCP reduced to what a command needs (initialize, tools/call), so that a command starts in
/// milliseconds. One call at a time.
/// </summary>
internal sealed class DaemonClient : IAsyncDisposable
{
    private const string ProtocolVersion = "2025-11-25";
    private const int MaxMessageBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly NetworkStream _stream;
    private readonly MemoryStream _received = new();
    private int _lastId;

    private DaemonClient(string path, NetworkStream stream)
    {
        _path = path;
        _stream = stream;
    }

    /// <summary>Connects to the daemon.</summary>
    /// <param name="socketPath">Its socket.</param>
    /// <param name="clientName">How the caller introduces itself, <c>wo</c> for example.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DaemonUnreachableException">Nobody listens, or what listens does not answer as MCP demands within ten seconds.</exception>
    public static async Task<DaemonClient> ConnectAsync(string socketPath, string clientName, CancellationToken cancellationToken)
    {
        Socket socket;
        try
        {
            socket = await DaemonSocket.ConnectAsync(socketPath, cancellationToken);
        }
        catch (IOException error)
        {
            throw new DaemonUnreachableException($"No daemon answers on {socketPath}: {error.Message}. Start it with scripts/start-all.sh or 'wo run'.", error);
        }

        var client = new DaemonClient(socketPath, new NetworkStream(socket, ownsSocket: true));
        try
        {
            await client.InitializeAsync(clientName, cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls a tool.</summary>
    /// <exception cref="DaemonUnreachableException">The connection was lost or no answer came in time; whether the tool had an effect is not known.</exception>
    public async Task<DaemonReply> CallAsync(string tool, JsonObject? arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var parameters = new JsonObject { ["name"] = tool, ["arguments"] = arguments?.DeepClone() ?? new JsonObject() };
        var response = await RequestAsync("tools/call", parameters, timeout, cancellationToken);
        if (response.TryGetProperty("error", out var error))
            return new DaemonReply.Failed(error.TryGetProperty("message", out var message) ? message.GetString() ?? "unknown error" : "unknown error");
        var result = response.GetProperty("result");
        if (result.TryGetProperty("isError", out var isError) && isError.ValueKind == JsonValueKind.True)
            return new DaemonReply.Failed(TextOf(result));
        return new DaemonReply.Done(result.TryGetProperty("structuredContent", out var structured) ? structured.Clone() : JsonElement.Parse(TextOf(result)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _received.DisposeAsync();
    }

    private async Task InitializeAsync(string clientName, CancellationToken cancellationToken)
    {
        var parameters = new JsonObject
        {
            ["protocolVersion"] = ProtocolVersion,
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = clientName, ["version"] = Hosting.HealthReporter.Version },
        };
        var response = await RequestAsync("initialize", parameters, s_handshake, cancellationToken);
        if (!response.TryGetProperty("result", out _))
            throw new DaemonUnreachableException($"What answers on {_path} is not a daemon of this version: {response.GetRawText()}");
        try
        {
            await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" }, cancellationToken);
        }
        catch (IOException error)
        {
            throw Lost(error);
        }
    }

    private async Task<JsonElement> RequestAsync(string method, JsonObject parameters, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var id = ++_lastId;
        try
        {
            await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters }, either.Token);
            while (true)
            {
                var message = await ReceiveAsync(either.Token);
                if (message.ValueKind == JsonValueKind.Object && !message.TryGetProperty("method", out _) && IsAnswerTo(message, id))
                    return message;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DaemonUnreachableException($"The daemon on {_path} did not answer within {timeout.TotalSeconds:0} s.");
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw Lost(error);
        }
    }

    private DaemonUnreachableException Lost(Exception error) => new($"The connection to the daemon on {_path} was lost: {error.Message}", error);

    // A refusal of the connection carries no id; whatever else has another id was not asked for.
    private static bool IsAnswerTo(JsonElement message, int id) =>
        !message.TryGetProperty("id", out var answered) || answered.ValueKind == JsonValueKind.Null || (answered.ValueKind == JsonValueKind.Number && answered.TryGetInt32(out var number) && number == id);

    private async Task SendAsync(JsonObject message, CancellationToken cancellationToken)
    {
        // The writer and not JsonSerializer: the serializer's first use costs a command 30 ms.
        var buffer = new ArrayBufferWriter<byte>(1024);
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            message.WriteTo(writer);
        }

        buffer.Write("\n"u8);
        await _stream.WriteAsync(buffer.WrittenMemory, cancellationToken);
    }

    private async Task<JsonElement> ReceiveAsync(CancellationToken cancellationToken)
    {
        var chunk = new byte[16 * 1024];
        while (true)
        {
            if (TakeLine() is { } line)
                return line;
            var count = await _stream.ReadAsync(chunk, cancellationToken);
            if (count == 0)
                throw new IOException("the daemon closed it");
            if (_received.Length + count > MaxMessageBytes)
                throw new IOException($"its answer is larger than {MaxMessageBytes} bytes");
            _received.Write(chunk, 0, count);
        }
    }

    private JsonElement? TakeLine()
    {
        var buffer = _received.GetBuffer().AsSpan(0, (int)_received.Length);
        var end = buffer.IndexOf((byte)'\n');
        if (end < 0)
            return null;
        var line = JsonElement.Parse(buffer[..end]);
        var rest = buffer[(end + 1)..].ToArray();
        _received.SetLength(0);
        _received.Write(rest);
        return line;
    }

    private static string TextOf(JsonElement result)
    {
        var text = new StringBuilder();
        foreach (var block in result.GetProperty("content").EnumerateArray())
        {
            if (block.TryGetProperty("text", out var part))
                text.AppendLine(part.GetString());
        }

        return text.ToString().TrimEnd();
    }
}
