namespace McpOrchestrator.Agents;

/// <summary>What an agent may do at a time, so that one that hangs or is flooded takes nothing from the others.</summary>
/// <param name="InFlight">Questions in work at the same time.</param>
/// <param name="Waiting">Questions that may wait besides; a further one is refused, so that callers slow down.</param>
/// <param name="PerMinute">Questions begun within any minute; 0 for no limit.</param>
/// <param name="Timeout">Longest time for one question, waiting included.</param>
internal sealed record AgentLimits(int InFlight, int Waiting, int PerMinute, TimeSpan Timeout)
{
    /// <summary>Longest time-out: MCP clients give up after 50 to 60 seconds.</summary>
    internal const int LongestTimeoutSeconds = 55;

    internal static readonly AgentLimits Default = new(InFlight: 4, Waiting: 60, PerMinute: 0, TimeSpan.FromSeconds(45));
}
