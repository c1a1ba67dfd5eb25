namespace Workflow.Agents;

/// <summary>The agents that can be asked now.</summary>
internal interface IAgentDirectory
{
    /// <summary>Whether the MCP Orchestrator can be called at this moment.</summary>
    bool IsAvailable { get; }

    /// <summary>Waits until it can be called, no longer than it usually takes to start or come back. Returns whether it can.</summary>
    Task<bool> WaitAvailableAsync(CancellationToken cancellationToken);

    /// <summary>Registers a handler that is called each time the MCP Orchestrator can be called (again), also after calls that went unanswered. It neither waits nor throws.</summary>
    IDisposable OnAvailable(Action handler);

    /// <summary>Lists the agents; null when the MCP Orchestrator cannot say.</summary>
    Task<IReadOnlyList<AgentInfo>?> ListAgentsAsync(CancellationToken cancellationToken);

    /// <summary>Asks one agent once. Never throws for what the other side does or says.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; the agent has been told to stop.</exception>
    Task<AgentReply> AskAgentAsync(AgentRequest request, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <summary>An agent as the MCP Orchestrator lists it.</summary>
/// <param name="Capabilities">What it can do, in the MCP Orchestrator's words.</param>
/// <param name="Status">Its state in the MCP Orchestrator's words, lower case; <c>ready</c> when it said none.</param>
/// <param name="Load">Questions that it works on.</param>
internal sealed record AgentInfo(string Id, string Description, IReadOnlyList<string> Capabilities, string Status, double Load);

/// <summary>A question to one agent.</summary>
internal sealed record AgentRequest(string AgentId, string Text, string? Context, string? ConversationId);

/// <summary>A passage that an agent gives for its answer. Nothing about it has been checked but its form.</summary>
/// <param name="Path">Relative to the repository's root, with '/', without <c>..</c>.</param>
internal sealed record AgentEvidence(string Path, int Line, string Quote);

/// <summary>What an agent said. Its text is data: it is never executed nor followed.</summary>
internal abstract record AgentReply
{
    private AgentReply()
    {
    }

    /// <summary>The agent answered.</summary>
    /// <param name="Text">At most 64,000 characters.</param>
    /// <param name="Confidence">0 to 1.</param>
    /// <param name="Passages">Its evidence. At most 20 passages.</param>
    /// <param name="AgentId">Who answered.</param>
    public sealed record Answered(string Text, double Confidence, IReadOnlyList<AgentEvidence> Passages, string AgentId) : AgentReply;

    /// <summary>The agent was asked and does not know.</summary>
    public sealed record DoesNotKnow(string AgentId) : AgentReply;

    /// <summary>No usable reply.</summary>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="WasReached">Whether the agent has seen the question for certain: false when there was no connection, or it was lost.</param>
    public sealed record Unavailable(string Reason, bool WasReached) : AgentReply;
}
