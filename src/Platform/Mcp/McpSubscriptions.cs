using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Platform.Mcp;

/// <summary>
/// Who wants to hear about which resource, in both forms of the protocol: <c>resources/subscribe</c> (up to 2025-11-25) and
/// <c>subscriptions/listen</c> (2026-07-28). The SDK (2.3.1) keeps no such table.
/// </summary>
public sealed class McpSubscriptions : IDisposable
{
    private const int MaxUriLength = 2048;

    // More than a client shows at once; a bound on what one session can make us remember.
    private const int MaxUrisOfOne = 1000;

    private readonly ConcurrentDictionary<string, Subscriber> _subscribers = new(StringComparer.Ordinal);
    private readonly McpSessions _sessions;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private long _lastListen;

    public McpSubscriptions(McpSessions sessions, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        (_sessions, _time, _logger) = (sessions, timeProvider, loggerFactory.CreateLogger<McpSubscriptions>());
        sessions.Ended += Forget;
    }

    /// <summary>Tells why this caller may not subscribe to this address, or null. The default lets everybody subscribe to everything.</summary>
    public Func<MessageContext, string, string?> Refuse { get; init; } = (_, _) => null;

    /// <summary>Sessions and open listen requests that are told about something.</summary>
    public int Count => _subscribers.Count;

    /// <inheritdoc/>
    public void Dispose() => _sessions.Ended -= Forget;

    /// <summary>Makes a server offer subscriptions. Call once for each options object.</summary>
    public void Install(McpServerOptions options)
    {
        options.Capabilities ??= new ServerCapabilities();
        options.Capabilities.Resources ??= new ResourcesCapability();
        options.Capabilities.Resources.Subscribe = true;
        options.Capabilities.Resources.ListChanged = true;
        options.Handlers.SubscribeToResourcesHandler = (request, _) => ValueTask.FromResult(Subscribe(request));
        options.Handlers.UnsubscribeFromResourcesHandler = (request, _) => ValueTask.FromResult(Unsubscribe(request));
        options.Handlers.SubscriptionsListenHandler = ListenAsync;

        // Who has asked for the list wants to know when it is no longer true.
        options.Filters.Request.ListResourcesFilters.Add(next => async (request, cancellationToken) =>
        {
            var result = await next(request, cancellationToken);
            if (OfSession(request.Server) is { } subscriber) subscriber.WantsResourceList = true;
            return result;
        });
        if (options.ToolCollection is { } tools) tools.Changed += (_, _) => MarkAll(subscriber => subscriber.MarkTools());
        if (options.PromptCollection is { } prompts) prompts.Changed += (_, _) => MarkAll(subscriber => subscriber.MarkPrompts());
    }

    /// <summary>A resource has changed. Returns at once; those who subscribed are told as fast as each of them reads.</summary>
    public void Updated(string uri) => MarkAll(subscriber => subscriber.Mark(uri));

    /// <summary>All resources whose address begins so have changed.</summary>
    public void UpdatedUnder(string prefix) => MarkAll(subscriber => subscriber.MarkUnder(prefix));

    /// <summary>There are other resources than before.</summary>
    public void ListChanged() => MarkAll(subscriber => subscriber.MarkResourceList());

    private void MarkAll(Action<Subscriber> mark)
    {
        if (_subscribers.IsEmpty) return;
        foreach (var subscriber in _subscribers.Values) mark(subscriber);
    }

    private EmptyResult Subscribe(RequestContext<SubscribeRequestParams> request)
    {
        var uri = request.Params.Uri;
        if (uri.Length > MaxUriLength) throw Invalid($"The address is longer than {MaxUriLength} characters.");
        if (Refuse(request, uri) is { } refusal) throw Invalid(refusal);
        var subscriber = OfSession(request.Server) ?? throw Invalid("Only a session can subscribe.");
        if (!subscriber.TryAdd(uri, MaxUrisOfOne)) throw Invalid($"A session can subscribe to at most {MaxUrisOfOne} resources. Unsubscribe from some first.");
        return new EmptyResult();
    }

    private EmptyResult Unsubscribe(RequestContext<UnsubscribeRequestParams> request)
    {
        if (request.Server.SessionId is { } session && _subscribers.TryGetValue(session, out var subscriber)) subscriber.Remove(request.Params.Uri);
        return new EmptyResult();
    }

    private Subscriber? OfSession(McpServer server)
    {
        // Not this server object: it is bound to one request, whose response stream ends with it.
        if (server.SessionId is not { } session || _sessions.Find(session) is not { } whole) return null;
        var subscriber = _subscribers.GetOrAdd(session, _ => new Subscriber(notification => whole.SendMessageAsync(notification), null, _time, _logger));
        if (_sessions.Find(session) is null) Forget(session); // it ended just now
        return subscriber;
    }

    private async ValueTask<EmptyResult> ListenAsync(RequestContext<SubscriptionsListenRequestParams> request, CancellationToken cancellationToken)
    {
        var id = request.JsonRpcRequest.Id;
        var granted = Grant(request, request.Params.Notifications);
        var subscriber = new Subscriber(notification => request.Server.SendMessageAsync(notification, cancellationToken), id, _time, _logger)
        {
            WantsResourceList = granted.ResourcesListChanged == true,
            WantsToolList = granted.ToolsListChanged == true,
            WantsPromptList = granted.PromptsListChanged == true,
        };
        foreach (var uri in granted.ResourceSubscriptions ?? []) subscriber.TryAdd(uri, MaxUrisOfOne);
        var acknowledged = JsonSerializer.SerializeToNode(new SubscriptionsAcknowledgedNotificationParams { Notifications = granted }, McpJsonUtilities.DefaultOptions)!.AsObject();

        // It counts before it is acknowledged: who has read that may change something at once. But it hears of nothing earlier than that.
        var key = $"listen-{Interlocked.Increment(ref _lastListen)}";
        subscriber.Hold();
        _subscribers[key] = subscriber;
        try
        {
            await subscriber.SendAsync(NotificationMethods.SubscriptionsAcknowledgedNotification, acknowledged);
            subscriber.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Forget(key);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new EmptyResult();
    }

    /// <summary>What we agree to tell: what there is, and what the caller may know.</summary>
    private SubscriptionsListenNotifications Grant(MessageContext request, SubscriptionsListenNotifications wanted)
    {
        var uris = (wanted.ResourceSubscriptions ?? []).Where(uri => uri.Length <= MaxUriLength && Refuse(request, uri) is null).Distinct(StringComparer.Ordinal).Take(MaxUrisOfOne).ToList();
        var options = request.Server.ServerOptions;
        return new SubscriptionsListenNotifications
        {
            ToolsListChanged = wanted.ToolsListChanged == true && options.ToolCollection is not null ? true : null,
            PromptsListChanged = wanted.PromptsListChanged == true && options.PromptCollection is not null ? true : null,
            ResourcesListChanged = wanted.ResourcesListChanged == true ? true : null,
            ResourceSubscriptions = uris.Count > 0 ? uris : null,
        };
    }

    private void Forget(string key)
    {
        if (_subscribers.TryRemove(key, out var subscriber)) subscriber.End();
    }

    private static McpProtocolException Invalid(string message) => new(message, McpErrorCode.InvalidParams);
}
