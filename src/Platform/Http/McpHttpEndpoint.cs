using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Mcp;
using Platform.Sockets;

namespace Platform.Http;

/// <summary>
/// MCP over Streamable HTTP: sessions for clients up to revision 2025-11-25, and the sessionless 2026-07-28. (ModelContextProtocol.AspNetCore, which
/// would do it, is not to be had where this is built; the parts here are the seam for it.) Put <see cref="LoopbackGuard"/> before it.
/// </summary>
public sealed class McpHttpEndpoint : IAsyncDisposable
{
    private readonly McpHttpSettings _settings;
    private readonly McpServerOptions _options;
    private readonly ILoggerFactory _loggerFactory;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly McpHttpSessions _sessions;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenRegistration _closing;
    private int _inFlight;

    /// <summary>Makes the endpoint; <see cref="Map"/> puts it into an application.</summary>
    /// <param name="settings">Bounds.</param>
    /// <param name="options">The server, the same as on other transports.</param>
    /// <param name="sessions">Where sessions are entered while they last.</param>
    /// <param name="loggerFactory">Where to log.</param>
    /// <param name="services">Where tools get their services from.</param>
    /// <param name="lifetime">Sessions end when the application begins to stop: Kestrel would wait for running requests first, however long they wait.</param>
    /// <param name="timeProvider">Clock of idleness.</param>
    public McpHttpEndpoint(
        McpHttpSettings settings, McpServerOptions options, McpSessions sessions, ILoggerFactory loggerFactory, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider timeProvider)
    {
        (_settings, _options, _loggerFactory, _services, _time) = (settings, options, loggerFactory, services, timeProvider);
        _sessions = new McpHttpSessions(settings, options, sessions, loggerFactory, services, timeProvider);
        _stopping = lifetime.ApplicationStopping;
        _closing = _stopping.Register(() => _ = _sessions.DisposeAsync().AsTask());
    }

    /// <summary>Sessions that are open now.</summary>
    public int SessionCount => _sessions.Count;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.DisposeAsync();
        await _sessions.DisposeAsync();
    }

    public void Map(IEndpointRouteBuilder app, string path)
    {
        app.MapPost(path, (RequestDelegate)(context => BoundedAsync(context, PostAsync)));
        app.MapGet(path, (RequestDelegate)(context => BoundedAsync(context, GetAsync)));
        app.MapDelete(path, (RequestDelegate)DeleteAsync);
    }

    private async Task BoundedAsync(HttpContext context, Func<HttpContext, Task> handle)
    {
        try
        {
            if (Interlocked.Increment(ref _inFlight) <= _settings.MaxRequestsInFlight) await handle(context);
            else await TellBusyAsync(context, $"More than {_settings.MaxRequestsInFlight} requests are running. Try again in a moment.", default);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || _stopping.IsCancellationRequested)
        {
            // The client left, or we stop.
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async Task PostAsync(HttpContext context)
    {
        if (!McpHttpReply.Accepts(context, "application/json") || !McpHttpReply.Accepts(context, McpHttpReply.EventStream))
        {
            await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status406NotAcceptable, McpHttpError.ServerError, "Not Acceptable: the client must accept both application/json and text/event-stream."));
            return;
        }

        if (await ReadAsync(context) is not { } message) return;
        var id = message is JsonRpcRequest request ? request.Id : default;
        var version = context.Request.Headers[McpEnvelope.VersionHeader].ToString();
        if (McpEnvelope.FindProblem(context.Request.Headers, version, message, _options.ToolCollection) is { } problem)
        {
            await McpHttpReply.ErrorAsync(context, problem, id);
            return;
        }

        message.Context ??= new JsonRpcMessageContext();
        message.Context.User = context.User;
        if (version.Length > 0) message.Context.ProtocolVersion = version;
        if (version == McpEnvelope.Sessionless) await AnswerSessionlessAsync(context, message);
        else if (await SessionForAsync(context, message, id) is { } session) await AnswerInSessionAsync(context, session, message, id);
    }

    private async Task<JsonRpcMessage?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status415UnsupportedMediaType, McpHttpError.ServerError, "Unsupported Media Type: Content-Type must be application/json."));
            return null;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = _settings.MaxBodyBytes;
        try
        {
            if (await JsonSerializer.DeserializeAsync(context.Request.Body, JsonRpcFrames.MessageType, context.RequestAborted) is { } message) return message;
        }
        catch (JsonException)
        {
            // Answered below, as is JSON null.
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await McpHttpReply.ErrorAsync(context, new(e.StatusCode, McpErrorCode.InvalidRequest, $"A message may have at most {_settings.MaxBodyBytes} bytes."));
            return null;
        }

        await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status400BadRequest, McpErrorCode.InvalidRequest, "Bad Request: the body is not one JSON-RPC message."));
        return null;
    }

    private async Task<McpHttpSession?> SessionForAsync(HttpContext context, JsonRpcMessage message, RequestId id)
    {
        var named = context.Request.Headers[McpEnvelope.SessionHeader].ToString();
        if (named.Length > 0)
        {
            if (_sessions.Find(named) is { } known) return known;
            await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status404NotFound, McpHttpError.SessionNotFound, "Session not found. Begin a new one with initialize."), id);
            return null;
        }

        if (message is not JsonRpcRequest { Method: RequestMethods.Initialize })
        {
            await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status400BadRequest, McpHttpError.ServerError, $"Bad Request: the {McpEnvelope.SessionHeader} header is required."), id);
            return null;
        }

        if (await _sessions.BeginAsync() is { } begun) return begun;
        await TellBusyAsync(context, $"{_settings.MaxSessions} sessions are open, and none of them is idle. Try again later.", id);
        return null;
    }

    private async Task AnswerInSessionAsync(HttpContext context, McpHttpSession session, JsonRpcMessage message, RequestId id)
    {
        if (message is JsonRpcRequest && session.InFlight.Admit(id) != InFlightRequests.Admission.Admitted)
        {
            await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status400BadRequest, McpErrorCode.InvalidRequest, "A request with this id is in flight."), id);
            return;
        }

        session.Enter();
        try
        {
            context.Response.Headers[McpEnvelope.SessionHeader] = session.Id;
            await RespondAsync(context, session.Posts, message, null);
        }
        finally
        {
            session.InFlight.Forget(id);
            session.Leave(_time.GetTimestamp());
        }
    }

    /// <summary>One request, one server: when the client leaves, its request is cancelled.</summary>
    private async Task AnswerSessionlessAsync(HttpContext context, JsonRpcMessage message)
    {
        await using var transport = new StreamableHttpServerTransport(_loggerFactory) { Stateless = true };
        await using var server = McpServer.Create(transport, _options, _loggerFactory, _services);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        var run = server.RunAsync(end.Token);
        using (end.Token.UnsafeRegister(static ended => _ = ((StreamableHttpServerTransport)ended!).DisposeAsync().AsTask(), transport))
            await RespondAsync(context, transport, message, first => ChooseStatus(context, first));
        await transport.DisposeAsync(); // no more messages: the server ends
        await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task RespondAsync(HttpContext context, StreamableHttpServerTransport transport, JsonRpcMessage message, Action<JsonRpcMessage?>? starting)
    {
        McpHttpReply.StartEventStream(context);
        Func<JsonRpcMessage?, ValueTask>? first = starting is null
            ? null
            : written =>
            {
                starting(written);
                return default;
            };
        if (await transport.HandlePostRequestAsync(message, context.Response.Body, first, context.RequestAborted) || context.Response.HasStarted) return;
        context.Response.Headers.ContentType = default;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static void ChooseStatus(HttpContext context, JsonRpcMessage? first)
    {
        if (first is not JsonRpcError { Error.Code: var code } || context.Response.HasStarted) return;
        context.Response.StatusCode = (McpErrorCode)code switch
        {
            McpErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
            McpErrorCode.MissingRequiredClientCapability or McpErrorCode.UnsupportedProtocolVersion or McpErrorCode.HeaderMismatch => StatusCodes.Status400BadRequest,
            _ => context.Response.StatusCode,
        };
    }

    private async Task GetAsync(HttpContext context)
    {
        if (await RefuseSessionlessAsync(context, "GET", "use subscriptions/listen")) return;
        if (!McpHttpReply.Accepts(context, McpHttpReply.EventStream))
        {
            await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status406NotAcceptable, McpHttpError.ServerError, "Not Acceptable: the client must accept text/event-stream."));
            return;
        }

        if (await SessionForAsync(context, new JsonRpcNotification { Method = "" }, default) is not { } session) return;
        if (!session.TryOpenStream())
        {
            await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status409Conflict, McpHttpError.ServerError, "Conflict: this session has a stream open."));
            return;
        }

        session.Enter();
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
            context.Response.Headers[McpEnvelope.SessionHeader] = session.Id;
            McpHttpReply.StartEventStream(context);
            await context.Response.Body.FlushAsync(end.Token);
            await foreach (var message in session.UnsolicitedAsync(end.Token)) await McpHttpReply.EventAsync(context, message, end.Token);
        }
        finally
        {
            session.CloseStream();
            session.Leave(_time.GetTimestamp());
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (await RefuseSessionlessAsync(context, "DELETE", "there are no sessions")) return;
        if (!await _sessions.EndAsync(context.Request.Headers[McpEnvelope.SessionHeader].ToString()))
            await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status404NotFound, McpHttpError.SessionNotFound, "Session not found."));
    }

    private static async Task<bool> RefuseSessionlessAsync(HttpContext context, string method, string instead)
    {
        if (context.Request.Headers[McpEnvelope.VersionHeader] != McpEnvelope.Sessionless) return false;
        context.Response.Headers.Allow = HttpMethods.Post;
        await McpHttpReply.ErrorAsync(context, new(StatusCodes.Status405MethodNotAllowed, McpHttpError.ServerError, $"{method} is not part of {McpEnvelope.Sessionless}; {instead}."));
        return true;
    }

    private static Task TellBusyAsync(HttpContext context, string message, RequestId id)
    {
        context.Response.Headers.RetryAfter = "1";
        return McpHttpReply.ErrorAsync(context, new(StatusCodes.Status503ServiceUnavailable, McpHttpError.ServerError, message), id);
    }
}
