using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;

namespace Platform.Mcp;

/// <summary>
/// One session, or one listen request, with what it wants to hear and what it has not been told yet. What changes again before it was told is told
/// once, so a slow reader costs a set of addresses and nothing more, and nobody waits for it.
/// </summary>
/// <param name="send">Sends a notification to it.</param>
/// <param name="listenId">The listen request that notifications belong to; null for a session.</param>
/// <param name="time">Clock of the pause between two rounds.</param>
/// <param name="logger">Where to log.</param>
internal sealed partial class Subscriber(Func<JsonRpcNotification, Task> send, RequestId? listenId, TimeProvider time, ILogger logger)
{
    // Somebody who watches a list does not want ten thousand messages a second while it is filled.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedLists = new(StringComparer.Ordinal);
    private bool _telling;
    private bool _ended;

    internal bool WantsResourceList { get; set; }

    internal bool WantsToolList { get; init; }

    internal bool WantsPromptList { get; init; }

    internal bool TryAdd(string uri, int limit)
    {
        lock (_gate)
        {
            return _wanted.Contains(uri) || (_wanted.Count < limit && _wanted.Add(uri));
        }
    }

    internal void Remove(string uri)
    {
        lock (_gate)
        {
            _wanted.Remove(uri);
            _changed.Remove(uri);
        }
    }

    internal void Mark(string uri) => Change(() => _wanted.Contains(uri) && _changed.Add(uri));

    internal void MarkUnder(string prefix) => Change(() =>
    {
        var before = _changed.Count;
        _changed.UnionWith(_wanted.Where(uri => uri.StartsWith(prefix, StringComparison.Ordinal)));
        return _changed.Count > before;
    });

    internal void MarkResourceList() => Change(() => WantsResourceList && _changedLists.Add(NotificationMethods.ResourceListChangedNotification));

    internal void MarkTools() => Change(() => WantsToolList && _changedLists.Add(NotificationMethods.ToolListChangedNotification));

    internal void MarkPrompts() => Change(() => WantsPromptList && _changedLists.Add(NotificationMethods.PromptListChangedNotification));

    /// <summary>What changes from now on is told after <see cref="Release"/>.</summary>
    internal void Hold()
    {
        lock (_gate) _telling = true;
    }

    /// <summary>Tells what has changed since <see cref="Hold"/>, and from now on at once.</summary>
    internal void Release() => _ = Task.Run(TellAsync);

    internal void End()
    {
        lock (_gate) _ended = true;
    }

    internal Task SendAsync(string method, JsonObject parameters)
    {
        if (listenId is { } id) parameters["_meta"] = new JsonObject { [MetaKeys.SubscriptionId] = id.Id is string text ? JsonValue.Create(text) : JsonValue.Create((long)id.Id!) };
        return send(new JsonRpcNotification { Method = method, Params = parameters });
    }

    private void Change(Func<bool> change)
    {
        lock (_gate)
        {
            if (!change() || _telling || _ended) return;
            _telling = true;
        }

        _ = Task.Run(TellAsync);
    }

    private async Task TellAsync()
    {
        try
        {
            while (Take() is var (lists, uris))
            {
                foreach (var list in lists) await SendAsync(list, []);
                foreach (var uri in uris) await SendAsync(NotificationMethods.ResourceUpdatedNotification, new JsonObject { ["uri"] = uri });
                await Task.Delay(s_pause, time);
            }
        }
        catch (Exception e) // it left, or does not read; its session ends by itself
        {
            End();
            LogNotTold(e.Message);
        }
    }

    private (string[] Lists, string[] Uris)? Take()
    {
        lock (_gate)
        {
            if (_ended || (_changed.Count == 0 && _changedLists.Count == 0))
            {
                _telling = false;
                return null;
            }

            (string[], string[]) taken = ([.. _changedLists], [.. _changed]);
            _changedLists.Clear();
            _changed.Clear();
            return taken;
        }
    }

    [LoggerMessage(EventId = 1141, Level = LogLevel.Debug, Message = "A subscriber could not be told of a change: {Reason}")]
    private partial void LogNotTold(string reason);
}
