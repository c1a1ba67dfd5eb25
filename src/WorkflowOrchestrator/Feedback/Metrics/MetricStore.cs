using Workflow.Storage;

namespace Workflow.Feedback.Metrics;

/// <summary>A window as stored.</summary>
internal sealed record MetricWindow(string Grain, DateTimeOffset Start, MetricKey Key, MetricValue Value);

/// <summary>
/// Keeps metric values in windows. Hours older than two days become days, days older than sixty days become weeks; so the table stays small for ever and no
/// number is lost. The windows and the cursor move in one transaction: an event is counted once.
/// </summary>
internal sealed class MetricStore(IStore store)
{
    private const long Day = 24 * MetricFold.Hour;
    private const long Week = 7 * Day;

    // 1970-01-01 was a Thursday: weeks begin on Monday.
    private const long WeekOffset = 3 * Day;

    /// <summary>The last event that is in the windows.</summary>
    public long Cursor() => store.Read(reader => reader.First<long>("SELECT event FROM metric_cursor WHERE id = 1"));

    /// <summary>Adds values and moves the cursor; does nothing when somebody else has moved it meanwhile.</summary>
    public Task AddAsync(long cursor, long lastEvent, IReadOnlyDictionary<(long Hour, MetricKey Key), MetricValue> values, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction =>
            {
                if (transaction.Execute("UPDATE metric_cursor SET event = @lastEvent WHERE id = 1 AND event = @cursor", new { cursor, lastEvent }) == 0)
                    return;
                foreach (var ((hour, key), value) in values)
                    Add(transaction, "hour", hour, key.Name, key.Label, value.Count, value.Sum, value.Maximum);
            },
            cancellationToken);

    /// <summary>Rolls old windows up.</summary>
    public Task RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken) => store.WriteAsync(
        transaction =>
        {
            var moment = now.ToUnixTimeMilliseconds();
            RollUp(transaction, "hour", "day", (moment / Day * Day) - (2 * Day), start => start / Day * Day);
            RollUp(transaction, "day", "week", (moment / Day * Day) - (60 * Day), start => ((start + WeekOffset) / Week * Week) - WeekOffset);
        },
        cancellationToken);

    /// <summary>Windows that begin at or after a time, oldest first.</summary>
    public IReadOnlyList<MetricWindow> Read(DateTimeOffset from) => store.Read(reader => (IReadOnlyList<MetricWindow>)
        [.. reader.Query<Row>($"{Select} WHERE start >= @From ORDER BY start, metric, label", new { From = from.ToUnixTimeMilliseconds() }).Select(row => row.ToWindow())]);

    /// <summary>Sums over all time.</summary>
    public IReadOnlyDictionary<MetricKey, MetricValue> Totals() => store.Read(reader => reader
        .Query<Row>("SELECT '' AS Grain, 0 AS Start, metric AS Metric, label AS Label, sum(count) AS Count, sum(sum) AS Sum, max(maximum) AS Maximum FROM metric_window GROUP BY metric, label")
        .ToDictionary(row => new MetricKey(row.Metric, row.Label), row => new MetricValue(row.Count, row.Sum, row.Maximum)));

    private const string Select = "SELECT grain AS Grain, start AS Start, metric AS Metric, label AS Label, count AS Count, sum AS Sum, maximum AS Maximum FROM metric_window";

    private static void RollUp(IStoreTransaction transaction, string from, string to, long before, Func<long, long> startOf)
    {
        var old = transaction.Query<Row>($"{Select} WHERE grain = @from AND start < @before", new { from, before });
        if (old.Count == 0)
            return;
        foreach (var row in old)
            Add(transaction, to, startOf(row.Start), row.Metric, row.Label, row.Count, row.Sum, row.Maximum);
        transaction.Execute("DELETE FROM metric_window WHERE grain = @from AND start < @before", new { from, before });
    }

    private static void Add(IStoreTransaction transaction, string grain, long start, string metric, string label, long count, double sum, double maximum) =>
        transaction.Execute(
            """
            INSERT INTO metric_window(grain, start, metric, label, count, sum, maximum) VALUES(@grain, @start, @metric, @label, @count, @sum, @maximum)
            ON CONFLICT(grain, start, metric, label) DO UPDATE SET count = count + excluded.count, sum = sum + excluded.sum, maximum = max(maximum, excluded.maximum)
            """,
            new { grain, start, metric, label, count, sum, maximum });

    private sealed class Row
    {
        public string Grain { get; init; } = "";

        public long Start { get; init; }

        public string Metric { get; init; } = "";

        public string Label { get; init; } = "";

        public long Count { get; init; }

        public double Sum { get; init; }

        public double Maximum { get; init; }

        public MetricWindow ToWindow() => new(Grain, DateTimeOffset.FromUnixTimeMilliseconds(Start), new MetricKey(Metric, Label), new MetricValue(Count, Sum, Maximum));
    }
}
