using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Feedback.Metrics;

/// <summary>
/// Brings the windows up to date from the events of the store, away from those who cause them: recording costs them nothing beyond the event itself. What
/// <c>/metrics</c> shows are the sums of the same windows.
/// </summary>
internal sealed class MetricRecorder(IStore store, MetricStore metrics, TimeProvider time)
{
    private static readonly TimeSpan RollUpEvery = TimeSpan.FromHours(1);

    private static readonly ConcurrentDictionary<MetricKey, MetricValue> s_totals = new();
    private static readonly ObservableCounter<long> s_counts = Instruments.Meter.CreateObservableCounter(
        "workflow_orchestrator_work_total", () => s_totals.Select(total => new Measurement<long>(total.Value.Count, Tags(total.Key))), description: "What the daemon did, by metric and label: sums of the stored windows.");

    private static readonly ObservableCounter<double> s_sums = Instruments.Meter.CreateObservableCounter(
        "workflow_orchestrator_work_seconds_total", () => s_totals.Where(total => total.Key.Name.EndsWith("_seconds", StringComparison.Ordinal)).Select(total => new Measurement<double>(total.Value.Sum, Tags(total.Key))), description: "Time that it took, seconds, by metric and label: sums of the stored windows.");

    private readonly MetricFold _fold = new();
    private long? _rolledUp;

    /// <summary>Folds what happened since the last call into the windows.</summary>
    public async Task UpdateAsync(CancellationToken cancellationToken)
    {
        var cursor = metrics.Cursor();
        store.Read(reader =>
        {
            reader.ScanEvents(cursor, null, _fold.Add);
            return true;
        });
        var values = _fold.Take();
        if (values.Count > 0)
            await metrics.AddAsync(cursor, _fold.LastEvent, values, cancellationToken);
        if (_rolledUp is { } last && time.GetElapsedTime(last) < RollUpEvery)
        {
            if (values.Count > 0)
                Show();
            return;
        }

        _rolledUp = time.GetTimestamp();
        await metrics.RollUpAsync(time.GetUtcNow(), cancellationToken);
        Show();
    }

    private void Show()
    {
        foreach (var (key, value) in metrics.Totals())
            s_totals[key] = value;
    }

    private static KeyValuePair<string, object?>[] Tags(MetricKey key) => [new("metric", key.Name), new("label", key.Label)];
}
