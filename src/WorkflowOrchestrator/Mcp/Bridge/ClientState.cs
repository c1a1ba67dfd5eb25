using System.Text;
using System.Text.Json.Nodes;

namespace Workflow.Mcp.Bridge;

/// <summary>
/// What the client has told the server about itself and what it wants to hear, as far as a daemon that was restarted has to be told again.
/// </summary>
internal sealed class ClientState
{
    private const string OwnIds = "wo-mcp/";

    private readonly HashSet<string> _subscribed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _resubscribing = new(StringComparer.Ordinal); // id of the bridge's own request, resource
    private JsonObject? _initialize;
    private byte[]? _logLevel;
    private int _lastId;

    /// <summary>Whether the client's handshake has been answered, by whomever.</summary>
    public bool IsInitialized { get; private set; }

    /// <summary>Id of the handshake that the bridge itself makes.</summary>
    public static string HandshakeId { get; } = $"\"{OwnIds}initialize\"";

    /// <summary>Whether an id is one of the bridge's own: the client never hears of it.</summary>
    public static bool IsOwn(string? id) => id?.StartsWith('"' + OwnIds, StringComparison.Ordinal) == true;

    /// <summary>Looks at what the client asks for.</summary>
    public void Note(PendingRequest request)
    {
        switch (request.Method)
        {
            case "initialize":
                _initialize = JsonNode.Parse(request.Line)!.AsObject();
                break;
            case "logging/setLevel":
                _logLevel = request.Line;
                break;
            case "resources/subscribe" when UriOf(request.Line) is { } uri:
                _subscribed.Add(uri);
                break;
            case "resources/unsubscribe" when UriOf(request.Line) is { } uri:
                _subscribed.Remove(uri);
                break;
            default:
                break;
        }
    }

    /// <summary>The client has the answer to its handshake.</summary>
    public void Initialized() => IsInitialized = true;

    /// <summary>The client's handshake, to be made once more in its name.</summary>
    public byte[] Handshake() => WithId(_initialize!, HandshakeId.Trim('"'));

    /// <summary>What follows the handshake: that it is complete, the log level, the subscriptions.</summary>
    public IEnumerable<byte[]> AfterHandshake()
    {
        yield return """{"jsonrpc":"2.0","method":"notifications/initialized"}"""u8.ToArray();
        if (_logLevel is not null)
            yield return WithId(JsonNode.Parse(_logLevel)!.AsObject(), NextId());
        _resubscribing.Clear();
        foreach (var uri in _subscribed)
        {
            var id = NextId();
            _resubscribing[$"\"{id}\""] = uri;
            yield return WithId(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "resources/subscribe", ["params"] = new JsonObject { ["uri"] = uri } }, id);
        }
    }

    /// <summary>The lists that the client should ask for again, because nobody told it of changes while there was no connection.</summary>
    public static IEnumerable<byte[]> Missed()
    {
        foreach (var list in new[] { "tools", "prompts", "resources" })
            yield return Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","method":"notifications/{{list}}/list_changed"}""");
    }

    /// <summary>
    /// That a resource has changed, once the daemon has taken a subscription again: the client has to look at what it may have missed. Not earlier, or a
    /// change between its look and the subscription would be missed after all. Null for the answer to anything else.
    /// </summary>
    public byte[]? SubscribedAgain(string ownId) => _resubscribing.Remove(ownId, out var uri)
        ? Encoding.UTF8.GetBytes(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/resources/updated", ["params"] = new JsonObject { ["uri"] = uri } }.ToJsonString())
        : null;

    private string NextId() => $"{OwnIds}{++_lastId}";

    private static byte[] WithId(JsonObject message, string id)
    {
        var copy = message.DeepClone().AsObject();
        copy["id"] = id;
        return Encoding.UTF8.GetBytes(copy.ToJsonString());
    }

    private static string? UriOf(byte[] line) => JsonNode.Parse(line)?["params"]?["uri"] is JsonValue uri && uri.TryGetValue(out string? text) ? text : null;
}
