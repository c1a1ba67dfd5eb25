namespace Workflow.Documents;

/// <summary>Ids of log events, 500-599. A number is never reused or given another meaning.</summary>
internal static class DocumentEventIds
{
    public static readonly EventId UpdateReached = new(500, nameof(UpdateReached));
    public static readonly EventId UpdateRefused = new(501, nameof(UpdateRefused));
    public static readonly EventId UpdateWaits = new(502, nameof(UpdateWaits));
    public static readonly EventId CommitFailed = new(503, nameof(CommitFailed));
    public static readonly EventId BackupPruned = new(506, nameof(BackupPruned));
    public static readonly EventId WriteFailed = new(507, nameof(WriteFailed));
}
