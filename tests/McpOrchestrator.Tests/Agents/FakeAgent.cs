using McpOrchestrator.Agents;

namespace McpOrchestrator.Tests.Agents;

/// <summary>An agent that does what a test says.</summary>
internal sealed class FakeAgent(string id = "fake", params string[] capabilities) : IAgent
{
    public AgentProfile Profile { get; } = new(id, "fake", "test", capabilities);

    public AgentCondition Condition { get; set; } = AgentCondition.Usable;

    public Func<CancellationToken, Task<AgentAnswer>> Answer { get; set; } = _ => Task.FromResult(new AgentAnswer("yes", 1, []));

    public Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken) => Answer(cancellationToken);
}
