namespace Workflow.Mcp;

/// <summary>Ids of log events of this room: 900-999. A number is never reused or given another meaning.</summary>
internal static class McpEventIds
{
    public static readonly EventId Listening = new(900, nameof(Listening));
}
