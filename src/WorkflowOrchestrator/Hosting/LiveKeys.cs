using System.Collections.Frozen;

namespace Workflow.Hosting;

/// <summary>The keys that a reload applies at once, because whoever uses them reads <see cref="CurrentSettings"/> at each use. All others need a restart.</summary>
internal static class LiveKeys
{
    public static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet(
    [
        "question_routing.cache_timeout", "question_routing.route_timeout", "question_routing.min_confidence", "question_routing.max_questions_per_revision",
        "document_updates.auto_commit", "document_updates.backup_before_update", "document_updates.mode", "document_updates.max_files", "document_updates.max_changed_lines",
        "review.suppressed_rules", "review.max_attempts",
        "storage.backup_retention_days",
        "logging.level",
        "health.heartbeat_timeout", "health.exit_when_hung", "health.probe_interval", "health.min_free_megabytes",
    ],
    StringComparer.OrdinalIgnoreCase);
}
