namespace Workflow.Hosting;

/// <summary>Ids of log events. One hundred a room; a number is never reused or given another meaning.</summary>
internal static class EventIds
{
    // Hosting 100-199
    public static readonly EventId Started = new(100, nameof(Started));
    public static readonly EventId Stopping = new(101, nameof(Stopping));
    public static readonly EventId ServiceFailed = new(102, nameof(ServiceFailed));
    public static readonly EventId Ready = new(103, nameof(Ready));
    public static readonly EventId ServiceHung = new(104, nameof(ServiceHung));
    public static readonly EventId Reloaded = new(105, nameof(Reloaded));
    public static readonly EventId ReloadRefused = new(106, nameof(ReloadRefused));
    public static readonly EventId ProbeFailed = new(107, nameof(ProbeFailed));

    // Changes 200-299: see Changes/ChangeEventIds
    // Review 300-399, Questions 400-499, Documents 500-599, Feedback 600-699, Models 700-799, Agents 800-899, Mcp 900-999: each in its room

    // WorkflowOrchestrator 1000-1099
    public static readonly EventId StageReached = new(1000, nameof(StageReached));
    public static readonly EventId StageFailed = new(1001, nameof(StageFailed));
    public static readonly EventId Parked = new(1002, nameof(Parked));
}
