using System.Text.Json;

namespace Workflow.Storage;

/// <summary>Which events are wanted; null wants all.</summary>
/// <param name="Change">Only of this change.</param>
/// <param name="TypePrefix">Only types that begin so.</param>
internal sealed record EventFilter(string? Change, string? TypePrefix);

/// <summary>Reads the event log, and waits for what comes next.</summary>
internal sealed class EventLog(IStore store, EventHub hub, TimeProvider time)
{
    private const string Columns = "SELECT id, at, type, change_id AS Change, revision, subject, data FROM event";
    private const string Matches = "(@Change IS NULL OR change_id = @Change) AND (@Type IS NULL OR substr(type, 1, length(@Type)) = @Type)";

    /// <summary>Id of the newest event; 0 when there is none.</summary>
    public long LastId() => store.Read(reader => reader.First<long?>("SELECT MAX(id) FROM event")) ?? 0;

    /// <summary>The newest events, oldest first.</summary>
    public IReadOnlyList<WorkflowEvent> Last(int limit, EventFilter filter) =>
        [.. Read($"{Columns} WHERE {Matches} ORDER BY id DESC LIMIT @Limit", 0, limit, filter).Reverse()];

    /// <summary>Events before one, newest first: a page of the past.</summary>
    public static IReadOnlyList<WorkflowEvent> Before(IStoreReader reader, long before, int limit, string? change) =>
        [.. reader.Query<Row>($"{Columns} WHERE id < @before AND {(change is null ? "1 = 1" : "change_id = @change")} ORDER BY id DESC LIMIT @limit", new { before, limit, change }).Select(row => row.ToEvent())];

    /// <summary>The first events of a type about a change, oldest first.</summary>
    public static IReadOnlyList<WorkflowEvent> OfChange(IStoreReader reader, string change, string type, int limit) =>
        [.. reader.Query<Row>($"{Columns} WHERE change_id = @change AND type = @type ORDER BY id LIMIT @limit", new { change, type, limit }).Select(row => row.ToEvent())];

    /// <summary>Up to so many events before and after one, oldest first.</summary>
    public static IReadOnlyList<WorkflowEvent> Around(IStoreReader reader, long id, int each) =>
        [.. reader.Query<Row>($"{Columns} WHERE id BETWEEN @From AND @To ORDER BY id", new { From = id - each, To = id + each }).Select(row => row.ToEvent())];

    /// <summary>Events after one, oldest first; when there is none yet, waits up to <paramref name="wait"/> for it.</summary>
    public async Task<IReadOnlyList<WorkflowEvent>> AfterAsync(long after, int limit, EventFilter filter, TimeSpan wait, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            // Listen first, then look: what is committed in between is in both.
            var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var subscription = hub.Subscribe(_ => arrived.TrySetResult());
            var found = Read($"{Columns} WHERE id > @After AND {Matches} ORDER BY id LIMIT @Limit", after, limit, filter);
            var left = wait - time.GetElapsedTime(started);
            if (found.Count > 0 || left <= TimeSpan.Zero)
                return found;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(arrived.Task, Task.Delay(left, time, patience.Token));
            await patience.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private IReadOnlyList<WorkflowEvent> Read(string sql, long after, int limit, EventFilter filter) =>
        [.. store.Read(reader => reader.Query<Row>(sql, new { After = after, Limit = limit, filter.Change, Type = filter.TypePrefix })).Select(row => row.ToEvent())];

    private sealed class Row
    {
        public long Id { get; init; }

        public long At { get; init; }

        public string Type { get; init; } = "";

        public string? Change { get; init; }

        public string? Revision { get; init; }

        public string? Subject { get; init; }

        public string Data { get; init; } = "{}";

        public WorkflowEvent ToEvent() => new(Id, DateTimeOffset.FromUnixTimeMilliseconds(At), Type, Change, Revision, Subject, JsonElement.Parse(Data));
    }
}
