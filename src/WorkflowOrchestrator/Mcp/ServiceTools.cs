using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Mcp;

/// <summary>How operators steer the process itself.</summary>
[McpServerToolType]
internal sealed class ServiceTools(SettingsReloader reloader, EventLog events)
{
    private const int MaxEvents = 1000;
    private const int MaxWaitSeconds = 50;

    [McpServerTool(Name = "reload_settings", Title = "Read the configuration again", UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Reads the configuration again. Says for each key that changed: applied, needs_restart, or refused. When any value is wrong nothing is applied and the settings in force stay.")]
    public ReloadReport Reload()
    {
        var report = reloader.Reload();
        return report with { Keys = [.. report.Keys.Select(key => key with { OldValue = Secrets.Mask(key.Key, key.OldValue), NewValue = Secrets.Mask(key.Key, key.NewValue) })] };
    }

    [McpServerTool(Name = "list_events", Title = "What happened", UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Events in the order in which they were committed, after a given one. With wait_seconds it waits for the next when there is none yet. Without 'after': the last ones.")]
    public async Task<EventList> ListAsync(
        [Description("Id of the last event that is known already; 0 for all from the beginning.")] long? after = null,
        [Description("Most events to return, 1 to 1000.")] int? limit = null,
        [Description("Only events of this change.")] string? change = null,
        [Description("Only events whose type begins so, 'question.' for example.")] string? type = null,
        [Description("Wait this long for an event, at most 50.")] double? wait_seconds = null,
        CancellationToken cancellationToken = default)
    {
        if (limit is < 1 or > MaxEvents)
            throw new McpException($"limit: {limit} is outside 1 to {MaxEvents}.");
        var filter = new EventFilter(change, type);
        var wait = TimeSpan.FromSeconds(Math.Clamp(wait_seconds ?? 0, 0, MaxWaitSeconds));
        var found = after is { } id
            ? await events.AfterAsync(id, limit ?? 100, filter, wait, cancellationToken)
            : events.Last(limit ?? 100, filter);
        return new EventList([.. found.Select(item => new ListedEvent(item.Id, item.At, item.Type, item.Change, item.Revision, item.Subject, item.Data))], found.Count > 0 ? found[^1].Id : after ?? events.LastId());
    }
}

/// <summary>Result of <c>list_events</c>.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="Last">Give it as <c>after</c> in the next call.</param>
internal sealed record EventList(IReadOnlyList<ListedEvent> Events, long Last);

/// <summary>One event.</summary>
internal sealed record ListedEvent(long Id, DateTimeOffset At, string Type, string? Change, string? Revision, string? Subject, JsonElement Data);
