using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Platform.Http;

/// <summary>What headers and body of a request must say alike (SEP-2575 and SEP-2243), and which revisions there are.</summary>
internal static class McpEnvelope
{
    internal const string VersionHeader = "MCP-Protocol-Version";
    internal const string SessionHeader = "Mcp-Session-Id";

    /// <summary>The revision without sessions.</summary>
    internal const string Sessionless = "2026-07-28";

    private const string MethodHeader = "Mcp-Method";
    private const string NameHeader = "Mcp-Name";
    private const string EncodedStart = "=?base64?";
    private const string EncodedEnd = "?=";

    private static readonly string[] s_withSessions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    // Gone in the sessionless revision; ping, logging and subscriptions have other forms there.
    private static readonly string[] s_removed = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];

    /// <summary>The problem with a message under a protocol version header ("" when there was none); null when there is none.</summary>
    internal static McpHttpError? FindProblem(IHeaderDictionary headers, string version, JsonRpcMessage message, McpServerPrimitiveCollection<McpServerTool>? tools)
    {
        if (version is not ("" or Sessionless) && !s_withSessions.Contains(version)) return Unsupported(version);
        if (Unpack(message) is not (var method, var parameters)) return null;
        var declared = Text((parameters?["_meta"] as JsonObject)?[MetaKeys.ProtocolVersion]);
        return version == Sessionless
            ? ProblemOfSessionless(headers, method, parameters, declared, message is JsonRpcRequest, tools)
            : ProblemOfSession(version, method, parameters, declared);
    }

    private static McpHttpError Unsupported(string version) => new(
        StatusCodes.Status400BadRequest,
        (int)McpErrorCode.UnsupportedProtocolVersion,
        $"Bad Request: protocol version '{version}' is not supported.",
        new JsonObject { ["supported"] = new JsonArray(Sessionless), ["requested"] = version });

    private static McpHttpError? ProblemOfSession(string version, string method, JsonObject? parameters, string? declared)
    {
        if (declared == Sessionless) return Mismatch($"The {VersionHeader} header is required and must match _meta.");
        return method == RequestMethods.Initialize && version.Length > 0 && Text(parameters?["protocolVersion"]) is { } asked && asked != version
            ? Mismatch($"The {VersionHeader} header does not match params.protocolVersion.")
            : null;
    }

    private static McpHttpError? ProblemOfSessionless(
        IHeaderDictionary headers, string method, JsonObject? parameters, string? declared, bool isRequest, McpServerPrimitiveCollection<McpServerTool>? tools)
    {
        if (declared is null && isRequest) return new(StatusCodes.Status400BadRequest, McpErrorCode.InvalidParams, $"Requests must include _meta/{MetaKeys.ProtocolVersion}.");
        if (declared is not null && declared != Sessionless) return Mismatch($"The {VersionHeader} header does not match _meta.");
        if (headers[MethodHeader].ToString().Trim() is var named && named != method) return Mismatch($"The {MethodHeader} header '{named}' does not match '{method}'.");
        if (NameParameter(method) is { } key && (headers[NameHeader] is not [{ } name] || Decode(name.Trim()) != Text(parameters?[key])))
            return Mismatch($"The {NameHeader} header is missing or does not match the body.");
        if (isRequest && (parameters?["_meta"] as JsonObject)?[MetaKeys.ClientCapabilities] is not JsonObject)
            return new(StatusCodes.Status400BadRequest, McpErrorCode.InvalidParams, $"Requests must include _meta/{MetaKeys.ClientCapabilities}.");
        if (isRequest && s_removed.Contains(method))
            return new(StatusCodes.Status404NotFound, McpErrorCode.MethodNotFound, $"Method '{method}' is not available on protocol version '{Sessionless}'.");
        return isRequest && method == RequestMethods.ToolsCall && parameters is not null ? ProblemOfParameterHeaders(headers, parameters, tools) : null;
    }

    /// <summary>Arguments that a tool's schema wants repeated in headers (<c>x-mcp-header</c>).</summary>
    private static McpHttpError? ProblemOfParameterHeaders(IHeaderDictionary headers, JsonObject parameters, McpServerPrimitiveCollection<McpServerTool>? tools)
    {
        if (Text(parameters["name"]) is not { } name || tools is null || !tools.TryGetPrimitive(name, out var tool)) return null;
        return tool.ProtocolTool.InputSchema.TryGetProperty("properties", out var properties) ? Compare(headers, properties, parameters["arguments"] as JsonObject) : null;
    }

    private static McpHttpError? Compare(IHeaderDictionary headers, JsonElement properties, JsonObject? arguments)
    {
        foreach (var property in properties.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object))
        {
            if (property.Value.TryGetProperty("properties", out var inner) && Compare(headers, inner, arguments?[property.Name] as JsonObject) is { } problem) return problem;
            if (!property.Value.TryGetProperty("x-mcp-header", out var suffix)) continue;
            var header = $"Mcp-Param-{suffix.GetString()}";
            var value = arguments?[property.Name];
            if (headers[header] is not [{ } given])
            {
                if (value is null) continue;
                return Mismatch($"The {header} header is missing.");
            }

            if (!IsSame(Decode(given.Trim()), value)) return Mismatch($"The {header} header does not match the body.");
        }

        return null;
    }

    private static bool IsSame(string? header, JsonNode? value)
    {
        var wanted = value?.GetValueKind() == JsonValueKind.String ? Text(value) : value?.ToJsonString();
        if (header is null || wanted is null) return header is not null;
        return header == wanted || (decimal.TryParse(header, out var a) && decimal.TryParse(wanted, out var b) && a == b);
    }

    private static (string Method, JsonObject? Parameters)? Unpack(JsonRpcMessage message) => message switch
    {
        JsonRpcRequest request => (request.Method, request.Params as JsonObject),
        JsonRpcNotification notification => (notification.Method, notification.Params as JsonObject),
        _ => null,
    };

    private static string? NameParameter(string method) => method switch
    {
        RequestMethods.ToolsCall or RequestMethods.PromptsGet => "name",
        RequestMethods.ResourcesRead => "uri",
        _ => null,
    };

    private static McpHttpError Mismatch(string message) => new(StatusCodes.Status400BadRequest, McpErrorCode.HeaderMismatch, message);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>Names outside ASCII travel as <c>=?base64?…?=</c>; null for what is neither.</summary>
    private static string? Decode(string header)
    {
        if (!header.StartsWith(EncodedStart, StringComparison.OrdinalIgnoreCase) || !header.EndsWith(EncodedEnd, StringComparison.Ordinal) || header.Length < EncodedStart.Length + EncodedEnd.Length)
            return header.All(character => character is '\t' or (>= ' ' and <= '~')) ? header : null;
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(header[EncodedStart.Length..^EncodedEnd.Length]));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
