using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace McpOrchestrator.Tests.Sockets;

/// <summary>A client that speaks the wire format by hand, so that a test sees and sends the very bytes.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly StreamReader _reader;

    private RawPeer(Socket socket)
    {
        Socket = socket;
        Stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new StreamReader(Stream, new UTF8Encoding(false, true));
    }

    public Socket Socket { get; }

    public NetworkStream Stream { get; }

    public static async Task<RawPeer> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)).Within();
        return new RawPeer(socket);
    }

    /// <summary>A tools/call of the newest revision, which needs no handshake.</summary>
    public static string Call(object id, string tool, JsonObject? arguments = null) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = id is int number ? JsonValue.Create(number) : JsonValue.Create((string)id),
        ["method"] = "tools/call",
        ["params"] = new JsonObject
        {
            ["name"] = tool,
            ["arguments"] = arguments ?? [],
            ["_meta"] = new JsonObject
            {
                ["io.modelcontextprotocol/protocolVersion"] = "2026-07-28",
                ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
            },
        },
    }.ToJsonString();

    public static string Cancel(object id) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["method"] = "notifications/cancelled",
        ["params"] = new JsonObject { ["requestId"] = id is int number ? JsonValue.Create(number) : JsonValue.Create((string)id) },
    }.ToJsonString();

    public Task SendAsync(params string[] lines) => SendBytesAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));

    public Task SendBytesAsync(byte[] bytes) => Stream.WriteAsync(bytes).AsTask().Within();

    /// <summary>The next line; null at the end of the stream.</summary>
    public Task<string?> ReadLineAsync() => _reader.ReadLineAsync().Within();

    public async Task<JsonObject> ReadAsync() =>
        JsonNode.Parse(await ReadLineAsync() ?? throw new EndOfStreamException())!.AsObject();

    /// <summary>Reads until the response with this id, skipping notifications.</summary>
    public async Task<JsonObject> ReadResponseAsync(string id)
    {
        while (true)
        {
            var message = await ReadAsync();
            if (message["id"]?.ToString() == id) return message;
        }
    }

    public void Dispose() => _reader.Dispose();
}
