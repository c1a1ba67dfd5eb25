using System.Globalization;

namespace Workflow.Feedback.Analyses;

/// <summary>Error patterns: which errors are of one kind, since when, whether they become more, and what likely causes them. Pure.</summary>
internal static class ErrorAnalysis
{
    /// <summary>Errors of a kind before it is a pattern.</summary>
    public const int MinCount = 3;

    // More kinds than this nobody reads; the most frequent come first.
    private const int MaxInsights = 10;

    private static readonly (string Mark, string Cause)[] s_causes =
    [
        ("merge", "git is in the middle of something; it goes on when that is finished"),
        ("rebase", "git is in the middle of something; it goes on when that is finished"),
        ("index.lock", "another git process holds the lock"),
        ("changed since the plan", "another tool or a person edits the same documents at the same time"),
        ("validation would be worse", "the drafted text breaks a rule of OpenSpec"),
        ("Unavailable", "the MCP Orchestrator or its agent is not running, or slower than question_routing.route_timeout"),
        ("watcher.missed", "file events were lost; the scans found the changes"),
        ("watcher.rearmed", "the file watcher was rebuilt"),
        ("No space", "the disk is full"),
    ];

    public static IEnumerable<Insight> Find(EventDigest digest) =>
        digest.Errors.All.Where(cluster => cluster.Count >= MinCount).OrderByDescending(cluster => cluster.Count).ThenBy(cluster => cluster.Pattern, StringComparer.Ordinal).Take(MaxInsights).Select(cluster =>
        {
            var late = cluster.LateShare(digest.FirstAt, digest.LastAt);
            var trend = late > 0.7 ? "becoming more" : late < 0.3 ? "becoming fewer" : "steady";
            var cause = s_causes.FirstOrDefault(cause => cluster.Example.Contains(cause.Mark, StringComparison.OrdinalIgnoreCase) || cluster.Source == cause.Mark).Cause;
            return new Insight(
                AnalysisNames.Errors,
                "cluster",
                cluster.Source,
                string.Create(CultureInfo.InvariantCulture, $"{cluster.Count} times {cluster.Source}{(cluster.Pattern.Length == 0 ? "" : $": {cluster.Pattern}")}; {trend}{(cause is null ? "" : $"; likely cause: {cause}")}."),
                [
                    new Fact("count", cluster.Count, ""),
                    new Fact("first event", cluster.FirstEvent, "id"),
                    new Fact("first seen", cluster.FirstAt / 1000.0, "unix s"),
                    new Fact("last seen", cluster.LastAt / 1000.0, "unix s"),
                    new Fact("share in the second half of the time", late, ""),
                ]);
        });
}
