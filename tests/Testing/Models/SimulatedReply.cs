using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Testing.Models;

/// <summary>How the simulator answers one chat request. Every error, quirk and fault that a server can show is one of these, or made of its parts.</summary>
public delegate Task SimulatedReply(SimulatedRequest request, HttpContext context, ModelSimulator server);

/// <summary>The replies.</summary>
public static class Replies
{
    /// <summary>A stream of a text, in pieces, with usage and <c>[DONE]</c>.</summary>
    public static SimulatedReply Text(string text, StreamStyle? style = null) => async (request, context, server) =>
    {
        style ??= new StreamStyle();
        await using var stream = await ChunkWriter.StartAsync(request, context, server, style);
        if (style.BeforeFirst is { } wait)
            await Task.Delay(wait, context.RequestAborted);
        foreach (var piece in Pieces(style.Reasoning, style.PieceLength))
            await stream.DeltaAsync(style.ReasoningName, piece);
        var written = 0;
        foreach (var piece in Pieces(text, style.PieceLength))
        {
            await stream.DeltaAsync("content", piece);
            if (style.Between is { } pause)
                await Task.Delay(pause, context.RequestAborted);
            if (style.CutAfterPieces is { } cut && ++written >= cut)
            {
                if (style.ResetConnection)
                    context.Abort();
                return;
            }
        }

        await stream.FinishAsync(style, (text.Length + 3) / 4);
    };

    /// <summary>The smallest JSON of the request's schema; without a schema, a sentence.</summary>
    public static SimulatedReply Obedient(StreamStyle? style = null) => (request, context, server) =>
        Text(request.Schema is { } schema ? SchemaSample.Of(schema) : "The simulator has no opinion.", style)(request, context, server);

    /// <summary>A body that is no stream.</summary>
    public static SimulatedReply Body(int status, string body, string contentType = "application/json", (string Name, string Value)? header = null) => async (_, context, _) =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        if (header is { } extra)
            context.Response.Headers[extra.Name] = extra.Value;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted);
    };

    /// <summary>An error as an object, as LM Studio writes it.</summary>
    public static SimulatedReply Error(int status, string message, string type = "invalid_request_error", string? parameter = null) => Body(
        status,
        new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = parameter, ["code"] = null } }.ToJsonString());

    /// <summary>An error whose <c>error</c> is a string.</summary>
    public static SimulatedReply PlainError(int status, string message) => Body(status, new JsonObject { ["error"] = message }.ToJsonString());

    /// <summary>Exactly these lines as an event stream, then the end of the connection.</summary>
    public static SimulatedReply Lines(params string[] lines) => async (_, context, _) =>
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var line in lines)
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), context.RequestAborted);
    };

    /// <summary>A completion in one piece, from a server that ignores <c>stream</c>.</summary>
    public static SimulatedReply Whole(string text, string finish = "stop") => (request, context, server) => Body(200, new JsonObject
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion",
        ["model"] = server.Options.ModelId,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["finish_reason"] = finish, ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text } }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = request.PromptTokens, ["completion_tokens"] = text.Length / 4, ["total_tokens"] = request.PromptTokens + (text.Length / 4) },
    }.ToJsonString())(request, context, server);

    /// <summary>The connection is cut before anything is answered.</summary>
    public static SimulatedReply Reset() => (_, context, _) =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    /// <summary>Headers, then nothing until the client hangs up.</summary>
    public static SimulatedReply Silence() => async (request, context, server) =>
    {
        await using var stream = await ChunkWriter.StartAsync(request, context, server, new StreamStyle());
        await server.HoldAsync(context);
    };

    /// <summary>Some text, then nothing until the client hangs up.</summary>
    public static SimulatedReply Stall(string text) => async (request, context, server) =>
    {
        await using var stream = await ChunkWriter.StartAsync(request, context, server, new StreamStyle());
        await stream.DeltaAsync("content", text);
        await server.HoldAsync(context);
    };

    /// <summary>The same piece for ever.</summary>
    public static SimulatedReply Endless(string piece) => async (request, context, server) =>
    {
        await using var stream = await ChunkWriter.StartAsync(request, context, server, new StreamStyle());
        while (!context.RequestAborted.IsCancellationRequested)
            await stream.DeltaAsync("content", piece);
    };

    /// <summary>A stream with these objects as frames.</summary>
    public static SimulatedReply Frames(params string[] frames) => Lines([.. frames.SelectMany(frame => new[] { "data: " + frame, "" })]);

    private static IEnumerable<string> Pieces(string text, int length)
    {
        for (var at = 0; at < text.Length; at += length)
            yield return text.Substring(at, Math.Min(length, text.Length - at));
    }
}

/// <summary>How a stream looks.</summary>
public sealed record StreamStyle
{
    public int PieceLength { get; init; } = 4;

    /// <summary>Time to read the prompt.</summary>
    public TimeSpan? BeforeFirst { get; init; }

    public TimeSpan? Between { get; init; }

    /// <summary>Thinking, sent before the text.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>Under which name: <c>reasoning_content</c>, or <c>reasoning</c> (gpt-oss).</summary>
    public string ReasoningName { get; init; } = "reasoning_content";

    /// <summary>Null: none is sent.</summary>
    public string? Finish { get; init; } = "stop";

    public bool SendsUsage { get; init; } = true;

    public bool SendsDone { get; init; } = true;

    /// <summary>The stream ends after this many pieces.</summary>
    public int? CutAfterPieces { get; init; }

    /// <summary>The cut is a reset of the connection and not its orderly end.</summary>
    public bool ResetConnection { get; init; }

    /// <summary>Another model than the one asked for.</summary>
    public string? ModelName { get; init; }

    /// <summary>Tokens from the prompt cache; null: not told.</summary>
    public int? CachedTokens { get; init; }
}

/// <summary>Writes the frames of a stream.</summary>
internal sealed class ChunkWriter : IAsyncDisposable
{
    /// <summary>Under this key the request keeps what is to be done right before its last frame.</summary>
    public const string BeforeDone = "before-done";

    private readonly SimulatedRequest _request;
    private readonly HttpContext _context;
    private readonly string _model;

    private ChunkWriter(SimulatedRequest request, HttpContext context, string model) => (_request, _context, _model) = (request, context, model);

    public static async Task<ChunkWriter> StartAsync(SimulatedRequest request, HttpContext context, ModelSimulator server, StreamStyle style)
    {
        context.Response.ContentType = "text/event-stream";
        var writer = new ChunkWriter(request, context, style.ModelName ?? server.Options.ModelId);
        await writer.SendAsync(writer.Frame(new JsonObject { ["role"] = "assistant", ["content"] = "" }, null));
        return writer;
    }

    public Task DeltaAsync(string name, string text) => SendAsync(Frame(new JsonObject { [name] = text }, null));

    public async Task FinishAsync(StreamStyle style, int completionTokens)
    {
        if (style.Finish is not null)
            await SendAsync(Frame([], style.Finish));
        if (style.SendsUsage && _request.WantsUsage)
        {
            var usage = new JsonObject { ["prompt_tokens"] = _request.PromptTokens, ["completion_tokens"] = completionTokens, ["total_tokens"] = _request.PromptTokens + completionTokens };
            if (style.CachedTokens is { } cached)
                usage["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached };
            await SendAsync(new JsonObject { ["id"] = "chatcmpl-1", ["object"] = "chat.completion.chunk", ["model"] = _model, ["choices"] = new JsonArray(), ["usage"] = usage });
        }

        if (!style.SendsDone)
            return;
        (_context.Items[BeforeDone] as Action)?.Invoke();
        await WriteAsync("data: [DONE]\n\n");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_context.RequestAborted.IsCancellationRequested)
            await _context.Response.Body.FlushAsync();
    }

    private JsonObject Frame(JsonObject delta, string? finish) => new()
    {
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"chatcmpl-{_request.Number}"),
        ["object"] = "chat.completion.chunk",
        ["model"] = _model,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }),
    };

    private Task SendAsync(JsonObject frame) => WriteAsync("data: " + frame.ToJsonString(JsonSerializerOptions.Web) + "\n\n");

    private async Task WriteAsync(string text)
    {
        await _context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), _context.RequestAborted);
        await _context.Response.Body.FlushAsync(_context.RequestAborted);
    }
}
