using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Workflow.Agents;
using Workflow.Questions.Choosing;

namespace Workflow.Questions;

/// <summary>One route to try, with the agent when the route needs one.</summary>
internal sealed record RouteStep(string Route, string? AgentId = null);

/// <summary>
/// Decides which routes to try for a question, in order of cost: what is known, the librarian, other agents, the human. Among agents those that are
/// capable go first, in the order of the <see cref="AgentBandit"/>. Pure: the chance in it comes from the question's id, so a plan can be made again.
/// </summary>
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
    /// <param name="records">How agents did so far.</param>
    /// <param name="now">The present: records fade.</param>
    /// <summary>The steps, to be tried until one succeeds. The last one is always the human.</summary>
    public static IReadOnlyList<RouteStep> Plan(Question question, IReadOnlyList<AgentInfo>? agents, IReadOnlyList<AgentRecord> records, DateTimeOffset now)
    {
        var usable = (agents ?? []).Where(agent => !s_unusableStates.Contains(agent.Status)).ToList();
        if (question.AgentId is { } wanted)
            usable.RemoveAll(agent => agent.Id != wanted);
        var random = new Random(SeedOf(question.Id));
        var kind = QuestionKinds.Of(question.Text, question.Options);
        var order = AgentBandit.Order([.. usable.Select(agent => AgentRecord.ContenderFor(agent.Id, kind, agent.Load, records, now))], random);
        var rank = order.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        return
        [
            new(RouteNames.AnsweredBefore),
            .. usable
                .OrderBy(agent => agent.Status == Failing)
                .ThenByDescending(IsLibrarian)
                .ThenByDescending(agent => CapabilityMatch.IsCapable(agent.Capabilities, question.Text, question.Context))
                .ThenBy(agent => rank[agent.Id])
                .Take(MaxAgents)
                .Select(agent => new RouteStep(IsLibrarian(agent) ? RouteNames.Librarian : RouteNames.Agent, agent.Id)),
            new(RouteNames.Human),
        ];
    }

    private static bool IsLibrarian(AgentInfo agent) =>
        agent.Id == RouteNames.Librarian || agent.Capabilities.Any(capability => s_librarianMarks.Contains(capability.ToLowerInvariant()));

    private static int SeedOf(QuestionId id) => BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.ASCII.GetBytes(id.Value)));
}
