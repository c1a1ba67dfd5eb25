using System.Text.Json;
using Workflow.Feedback.Analyses;
using Workflow.Feedback.Improvements;
using Workflow.Storage;

namespace Workflow.Feedback;

/// <summary>Reads events and keeps reports.</summary>
internal sealed class FeedbackStore(IStore store, ImprovementStore improvements, TimeProvider time)
{
    // Reports are kept for people; the numbers for later are in the metric windows.
    private const int KeptReports = 500;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Everything that happened from a time on, without what concerns the daemon's own changes.</summary>
    public EventDigest DigestSince(DateTimeOffset from)
    {
        var digest = new EventDigest(improvements.OwnChanges());
        store.Read(reader =>
        {
            reader.ScanEvents(0, from, digest.Add);
            return true;
        });
        return digest;
    }

    public Task SaveAsync(WorkReport report, CancellationToken cancellationToken) => store.WriteAsync(
        transaction =>
        {
            transaction.Execute(
                "INSERT INTO analysis(at, from_event, to_event, report) VALUES(@At, @FromEvent, @ToEvent, @Report)",
                new { At = time.GetUtcNow().ToUnixTimeMilliseconds(), report.FromEvent, report.ToEvent, Report = JsonSerializer.Serialize(report, Json) });
            transaction.Execute("DELETE FROM analysis WHERE id <= (SELECT max(id) FROM analysis) - @KeptReports", new { KeptReports });
        },
        cancellationToken);

    /// <summary>Id of the last event that a stored report looked at.</summary>
    public long LatestEvent() => store.Read(reader => reader.First<long>("SELECT coalesce(max(to_event), 0) FROM analysis"));
}
