using System.Buffers;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Workflow.Mcp;
using Workflow.Storage;

namespace Workflow.Dashboard.Api;

/// <summary>
/// <c>GET /api/events</c>: events as they are committed, as server-sent events: <c>id</c> is the event's id, the data is the event as JSON. <c>change</c> and
/// <c>type</c> filter; <c>after</c>, or the <c>Last-Event-ID</c> with which a browser comes back, says where to go on: nothing is missed. Without either: from now on.
/// </summary>
internal static class EventStream
{
    /// <summary>Streams at once; each costs a connection and a look at the log for every event.</summary>
    public const int MaxStreams = 64;

    private const int Page = 100;

    // Something is sent this often, so that both ends notice when the other is gone.
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(15);

    private static int s_open;

    public static async Task SendAsync(HttpContext http, EventLog log, IHostApplicationLifetime lifetime, long? after, string? change, string? type)
    {
        if (Interlocked.Increment(ref s_open) > MaxStreams)
        {
            Interlocked.Decrement(ref s_open);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await http.Response.WriteAsync("Too many pages are listening already. Close some.\n", http.RequestAborted);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            var from = Resumed(http.Request) ?? after ?? log.LastId();
            await http.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"retry: 2000\nid: {from}\n\n"), end.Token);
            await http.Response.Body.FlushAsync(end.Token);
            await SseFormatter.WriteAsync(ReadAsync(log, from, new EventFilter(change, type), end.Token), http.Response.Body, Format, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The page was closed, or the daemon stops: the browser comes back with the last id.
        }
        finally
        {
            Interlocked.Decrement(ref s_open);
        }
    }

    private static long? Resumed(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static async IAsyncEnumerable<SseItem<WorkflowEvent?>> ReadAsync(EventLog log, long after, EventFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await log.AfterAsync(after, Page, filter, s_beat, cancellationToken);
            if (found.Count == 0)
                yield return new SseItem<WorkflowEvent?>(null, "beat");
            foreach (var happened in found)
            {
                after = happened.Id;
                yield return new SseItem<WorkflowEvent?>(happened, "event") { EventId = happened.Id.ToString(CultureInfo.InvariantCulture) };
            }
        }
    }

    private static void Format(SseItem<WorkflowEvent?> item, IBufferWriter<byte> to) =>
        to.Write(item.Data is { } happened
            ? JsonSerializer.SerializeToUtf8Bytes(new ListedEvent(happened.Id, happened.At, happened.Type, happened.Change, happened.Revision, happened.Subject, happened.Data), ToolResults.SerializerOptions)
            : "{}"u8);
}
