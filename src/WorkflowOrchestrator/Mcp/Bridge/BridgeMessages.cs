using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workflow.Mcp.Bridge;

/// <summary>What the bridge reads in messages, and the few that it makes.</summary>
internal static class BridgeMessages
{
    /// <summary>An error of the protocol.</summary>
    public static JsonObject Error(JsonNode? id, int code, string message) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = id, ["error"] = new JsonObject { ["code"] = code, ["message"] = message } };

    /// <summary>The request, with the wish to be treated as an agent. Every single one says so, because the daemon remembers nothing of the sort. Null when it cannot be read.</summary>
    public static byte[]? AsAgent(byte[] line)
    {
        if (Parse(line) is not { } message)
            return null;
        var parameters = message["params"] as JsonObject ?? [];
        var meta = parameters["_meta"] as JsonObject ?? [];
        meta[Callers.RoleKey] = "agent";
        if (meta.Parent is null)
            parameters["_meta"] = meta;
        if (parameters.Parent is null)
            message["params"] = parameters;
        return Encoding.UTF8.GetBytes(message.ToJsonString());
    }

    public static JsonObject? Parameters(byte[] line) => Parse(line)?["params"] as JsonObject;

    /// <summary>The request that a cancellation is about, as JSON.</summary>
    public static string? RequestIdOf(byte[] cancellation) => Parameters(cancellation)?["requestId"]?.ToJsonString();

    /// <summary>The listen request that a notification belongs to, as JSON; "" for none.</summary>
    public static string SubscriptionOf(byte[] notification) =>
        (Parameters(notification)?["_meta"] as JsonObject)?["io.modelcontextprotocol/subscriptionId"]?.ToJsonString() ?? "";

    // Null for what cannot be read as a tree: nested too deep, or with a name twice (which only shows when one looks).
    private static JsonObject? Parse(byte[] line)
    {
        try
        {
            var message = JsonNode.Parse(line) as JsonObject;
            _ = ((message?["params"] as JsonObject)?["_meta"] as JsonObject)?.Count;
            return message;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
