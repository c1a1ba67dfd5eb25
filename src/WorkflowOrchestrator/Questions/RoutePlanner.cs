using Workflow.Agents;

namespace Workflow.Questions;

/// <summary>One route to try, with the agent when the route needs one.</summary>
internal sealed record RouteStep(string Route, string? AgentId = null);

/// <summary>Decides which routes to try for a question, in order of cost: what is known, the librarian, other agents by past success, the human.</summary>
internal static class RoutePlanner
{
    /// <summary>Agents that are tried for one question, the librarian included: after these the human is asked.</summary>
    public const int MaxAgents = 4;

    // What a librarian says of itself; its answers cost a search and no model.
    private static readonly string[] s_librarianMarks = ["librarian", "search", "full-text-search", "full_text_search"];

    private const string Failing = "failing"; // its last question ended in a fault; it may have recovered

    private static readonly string[] s_unusableStates = ["down", "unavailable", "failed", "stopped", "disabled", "offline"];

    /// <param name="question">The question to route.</param>
    /// <param name="agents">The agents that can be asked; null when the MCP Orchestrator cannot be reached.</param>
    /// <param name="records">How agents did lately.</param>
    /// <summary>The steps, to be tried until one succeeds. The last one is always the human.</summary>
    public static IReadOnlyList<RouteStep> Plan(Question question, IReadOnlyList<AgentInfo>? agents, IReadOnlyList<AgentRecord> records)
    {
        List<RouteStep> steps = [new(RouteNames.AnsweredBefore)];
        var usable = (agents ?? []).Where(agent => !s_unusableStates.Contains(agent.Status)).ToList();
        if (question.AgentId is { } wanted)
            usable.RemoveAll(agent => agent.Id != wanted);
        var success = records.ToDictionary(record => record.AgentId, SuccessRate, StringComparer.Ordinal);
        steps.AddRange(usable
            .OrderBy(agent => agent.Status == Failing)
            .ThenByDescending(IsLibrarian)
            .ThenByDescending(agent => success.GetValueOrDefault(agent.Id, 0.5))
            .ThenBy(agent => agent.Load)
            .ThenBy(agent => agent.Id, StringComparer.Ordinal)
            .Take(MaxAgents)
            .Select(agent => new RouteStep(IsLibrarian(agent) ? RouteNames.Librarian : RouteNames.Agent, agent.Id)));
        steps.Add(new RouteStep(RouteNames.Human));
        return steps;
    }

    private static bool IsLibrarian(AgentInfo agent) =>
        agent.Id == RouteNames.Librarian || agent.Capabilities.Any(capability => s_librarianMarks.Contains(capability.ToLowerInvariant()));

    // One success and one failure are assumed for everyone, so that a single bad answer does not end an agent's career.
    private static double SuccessRate(AgentRecord record) => (record.Answered + 1.0) / (record.Asked + 2.0);
}
