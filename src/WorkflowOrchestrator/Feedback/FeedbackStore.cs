using System.Text.Json;
using Workflow.Storage;

namespace Workflow.Feedback;

/// <summary>Reads events and keeps reports.</summary>
internal sealed class FeedbackStore(IStore store, TimeProvider time)
{
    // One analysis looks at most at this many events; the next goes on where it ended.
    private const int MaxEvents = 200_000;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Events after the last analysis, oldest first.</summary>
    public IReadOnlyList<WorkflowEvent> NewEvents() => store.Read(reader =>
    {
        var after = reader.First<long>("SELECT coalesce(max(to_event), 0) FROM analysis");
        return reader.Query<EventRow>(
                "SELECT id, at, type, change_id AS ChangeId, revision, subject, data FROM event WHERE id > @after ORDER BY id LIMIT @MaxEvents",
                new { after, MaxEvents })
            .Select(row => row.ToEvent())
            .ToList();
    });

    public Task SaveAsync(WorkReport report, CancellationToken cancellationToken) => store.WriteAsync(
        transaction => transaction.Execute(
            "INSERT INTO analysis(at, from_event, to_event, report) VALUES(@At, @FromEvent, @ToEvent, @Report)",
            new { At = time.GetUtcNow().ToUnixTimeMilliseconds(), report.FromEvent, report.ToEvent, Report = JsonSerializer.Serialize(report, Json) }),
        cancellationToken);

    /// <summary>The latest report, or null before the first.</summary>
    public WorkReport? Latest() => store.Read(reader => reader.First<string>("SELECT report FROM analysis ORDER BY id DESC LIMIT 1")) is { } text
        ? JsonSerializer.Deserialize<WorkReport>(text, Json)
        : null;

    private sealed class EventRow
    {
        public long Id { get; init; }

        public long At { get; init; }

        public string Type { get; init; } = "";

        public string? ChangeId { get; init; }

        public string? Revision { get; init; }

        public string? Subject { get; init; }

        public string Data { get; init; } = "{}";

        public WorkflowEvent ToEvent() => new(Id, DateTimeOffset.FromUnixTimeMilliseconds(At), Type, ChangeId, Revision, Subject, JsonSerializer.Deserialize<JsonElement>(Data));
    }
}
