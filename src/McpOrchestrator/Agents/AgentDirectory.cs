using Microsoft.Extensions.Logging;
using ModelContextProtocol;

namespace McpOrchestrator.Agents;

/// <summary>An agent's state for those who choose one.</summary>
/// <param name="Id">Name under which it is asked.</param>
/// <param name="Description">What it can answer.</param>
/// <param name="Capabilities">Words by which a router chooses.</param>
/// <param name="Status"><c>ready</c>, <c>busy</c> (questions wait), <c>failing</c> (the last question ended in a fault), or <c>unavailable</c> (what it stands on is not there).</param>
/// <param name="Load">Questions in work and waiting.</param>
/// <param name="Kind">What it is made of: librarian, model, tool or command.</param>
/// <param name="Problem">Why it is not available, with the remedy; null otherwise.</param>
internal sealed record AgentListing(string Id, string Description, IReadOnlyList<string> Capabilities, string Status, int Load, string Kind, string? Problem);

/// <summary>An agent with its limits.</summary>
internal sealed record SeatedAgent(IAgent Agent, AgentLimits Limits);

/// <summary>The agents, each behind its desk.</summary>
internal sealed class AgentDirectory(IEnumerable<SeatedAgent> agents, TimeProvider timeProvider, ILogger<AgentDirectory> logger)
{
    private readonly Dictionary<string, AgentDesk> _desks = agents.ToDictionary(a => a.Agent.Profile.Id, a => new AgentDesk(a.Agent, a.Limits, timeProvider, logger), StringComparer.Ordinal);

    internal IEnumerable<IAgent> Agents => Desks.Select(d => d.Agent);

    private IEnumerable<AgentDesk> Desks => _desks.Values.OrderBy(d => d.Agent.Profile.Id, StringComparer.Ordinal);

    /// <summary>The agents, by id; with a capability those that have it, the least loaded that can answer first.</summary>
    internal IReadOnlyList<AgentListing> List(string? capability = null)
    {
        var all = Desks.Select(d => d.Listing());
        return string.IsNullOrWhiteSpace(capability)
            ? [.. all]
            : [.. all.Where(a => a.Capabilities.Contains(capability.Trim(), StringComparer.OrdinalIgnoreCase))
                .OrderBy(a => a.Status switch { "ready" => 0, "busy" => 1, "failing" => 2, _ => 3 }).ThenBy(a => a.Load).ThenBy(a => a.Id, StringComparer.Ordinal)];
    }

    /// <summary>How each agent does.</summary>
    internal IReadOnlyList<AgentReport> Reports() => [.. Desks.Select(d => d.Report())];

    /// <summary>Puts a question to an agent.</summary>
    /// <exception cref="McpException">No such agent, too many questions, no answer in time, or a fault of the agent; the message is for the caller.</exception>
    internal Task<AgentAnswer> AskAsync(string agentId, AgentQuestion question, CancellationToken cancellationToken) =>
        _desks.TryGetValue(agentId, out var desk)
            ? desk.AskAsync(question, cancellationToken)
            : throw new McpException($"There is no agent '{agentId}'. Agents: {string.Join(", ", _desks.Keys.Order(StringComparer.Ordinal))}.");
}
