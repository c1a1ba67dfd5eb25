using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Platform.Sockets;

namespace Platform.Http;

/// <summary>A refusal of a request: the HTTP status and the JSON-RPC error that says why.</summary>
internal sealed record McpHttpError(int Status, int Code, string Message, JsonNode? Data = null)
{
    internal McpHttpError(int status, McpErrorCode code, string message)
        : this(status, (int)code, message)
    {
    }

    /// <summary>The code of the protocol's own errors that have no number of their own.</summary>
    internal const int ServerError = -32000;

    /// <summary>The session is unknown or has ended.</summary>
    internal const int SessionNotFound = -32001;
}

/// <summary>How answers are written.</summary>
internal static class McpHttpReply
{
    internal const string EventStream = "text/event-stream";

    internal static Task ErrorAsync(HttpContext context, McpHttpError error, RequestId id = default)
    {
        if (context.Response.HasStarted) return Task.CompletedTask;
        context.Response.StatusCode = error.Status;
        context.Response.ContentType = "application/json";
        JsonRpcMessage message = new JsonRpcError { Id = id, Error = new JsonRpcErrorDetail { Code = error.Code, Message = error.Message, Data = error.Data } };
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(message, JsonRpcFrames.MessageType), context.RequestAborted).AsTask();
    }

    internal static bool Accepts(HttpContext context, string type) => context.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MatchesMediaType(type));

    internal static void StartEventStream(HttpContext context)
    {
        context.Response.Headers[HeaderNames.ContentType] = EventStream;
        context.Response.Headers[HeaderNames.CacheControl] = "no-cache,no-store";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
    }

    internal static async Task EventAsync(HttpContext context, JsonRpcMessage message, CancellationToken cancellationToken)
    {
        byte[] frame = [.. "data: "u8, .. JsonSerializer.SerializeToUtf8Bytes(message, JsonRpcFrames.MessageType), .. "\n\n"u8];
        await context.Response.Body.WriteAsync(frame, cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
