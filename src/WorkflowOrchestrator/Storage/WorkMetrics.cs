using System.Diagnostics.Metrics;
using Workflow.Hosting;

namespace Workflow.Storage;

/// <summary>Where the work stands, and what happened, as metrics. The events are counted as they are committed; the rest is asked of the store at a scrape.</summary>
internal sealed class WorkMetrics : IDisposable
{
    private readonly Meter _meter = new(Instruments.Name);
    private readonly IDisposable _subscription;
    private readonly IStore _store;

    public WorkMetrics(IStore store, EventHub events)
    {
        _store = store;
        var happened = _meter.CreateCounter<long>("workflow_orchestrator_events_total", "{event}", "Committed events since the start, by type.");
        _subscription = events.Subscribe(committed => happened.Add(1, new KeyValuePair<string, object?>("type", committed.Type)));
        _meter.CreateObservableGauge("workflow_orchestrator_changes", Changes, "{change}", "Changes on disk, by stage of their work.");
        _meter.CreateObservableGauge("workflow_orchestrator_questions", Questions, "{question}", "Questions, by status.");
        _meter.CreateObservableGauge("workflow_orchestrator_updates", Updates, "{update}", "Updates, by state.");
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _meter.Dispose();
    }

    // A change is as far as the newest revision of a human; what the daemon wrote itself counts to that one.
    private IEnumerable<Measurement<long>> Changes() => Count(
        "stage",
        """
        SELECT stage AS Name, COUNT(*) AS Count FROM (
            SELECT r.stage, ROW_NUMBER() OVER (PARTITION BY r.change_id ORDER BY r.origin = 'Human' DESC, r.detected_at DESC) AS place
            FROM revision r JOIN change c ON c.id = r.change_id WHERE c.present = 1)
        WHERE place = 1 GROUP BY stage
        """);

    private IEnumerable<Measurement<long>> Questions() => Count("status", "SELECT status AS Name, COUNT(*) AS Count FROM question GROUP BY status");

    private IEnumerable<Measurement<long>> Updates() => Count("state", "SELECT state AS Name, COUNT(*) AS Count FROM update_plan GROUP BY state");

    private List<Measurement<long>> Count(string label, string sql) =>
        _store.Read(reader => reader.Query<NamedCount>(sql)).Select(row => new Measurement<long>(row.Count, new KeyValuePair<string, object?>(label, SnakeCase(row.Name)))).ToList();

    private static string SnakeCase(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private sealed class NamedCount
    {
        public string Name { get; init; } = "";

        public long Count { get; init; }
    }
}
