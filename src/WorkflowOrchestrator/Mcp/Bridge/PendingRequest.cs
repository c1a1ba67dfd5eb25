using System.Text;
using System.Text.Json.Nodes;

namespace Workflow.Mcp.Bridge;

/// <summary>A request of the client that has no answer yet.</summary>
/// <param name="Id">Its id, as JSON.</param>
/// <param name="Line">The whole message.</param>
/// <param name="Tool">The tool, when it calls one.</param>
internal sealed record PendingRequest(string Id, string Method, byte[] Line, string? Tool)
{
    private const string CallMethod = "tools/call";

    // Asking these again changes nothing.
    private static readonly string[] s_repeatable =
    [
        "initialize", "server/discover", "ping", "tools/list", "prompts/list", "prompts/get", "resources/list", "resources/templates/list", "resources/read",
        "resources/subscribe", "resources/unsubscribe", "logging/setLevel", "completion/complete", ListenMethod,
    ];

    /// <summary>Lasts until it is cancelled.</summary>
    public const string ListenMethod = "subscriptions/listen";

    /// <summary>Whether it has been sent on the present connection.</summary>
    public bool IsSent { get; set; }

    /// <summary>Whether it is no question but a subscription: it is never answered, and nobody waits for that.</summary>
    public bool IsListening => Method == ListenMethod;

    public static PendingRequest Of(string id, string method, byte[] line) => new(id, method, line, method == CallMethod ? ToolOf(line) : null);

    /// <summary>Whether it may be sent a second time although the first may have been heard.</summary>
    public bool IsRepeatable(Func<string, bool> onlyReads) => s_repeatable.Contains(Method) || (Tool is not null && onlyReads(Tool));

    /// <summary>Answers it with a failure: a tool's failure for a call, so that a model reads it, an error of the protocol for the rest.</summary>
    public byte[] Fail(string message)
    {
        var id = JsonNode.Parse(Id);
        var answer = Method == CallMethod
            ? new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["result"] = Result(message) }
            : BridgeMessages.Error(id, -32000, message);
        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }

    private JsonObject Result(string message)
    {
        var result = new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = message }), ["isError"] = true };
        if (SaysItsRevision(Line))
            result["resultType"] = "complete"; // since 2026-07-28, where each request names its revision
        return result;
    }

    private static bool SaysItsRevision(byte[] line) => BridgeMessages.Parameters(line)?["_meta"] is JsonObject meta && meta.ContainsKey("io.modelcontextprotocol/protocolVersion");

    private static string? ToolOf(byte[] line) => BridgeMessages.Parameters(line)?["name"] is JsonValue name && name.TryGetValue(out string? tool) ? tool : null;
}
