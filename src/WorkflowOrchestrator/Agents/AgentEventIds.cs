namespace Workflow.Agents;

/// <summary>Ids of log events of this room: 800-899. A number is never reused or given another meaning.</summary>
internal static class AgentEventIds
{
    public static readonly EventId Registered = new(800, nameof(Registered));
    public static readonly EventId HeartbeatFailed = new(801, nameof(HeartbeatFailed));
    public static readonly EventId ListFailed = new(802, nameof(ListFailed));
}
