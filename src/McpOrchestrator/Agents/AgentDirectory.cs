using Microsoft.Extensions.Logging;
using ModelContextProtocol;

namespace McpOrchestrator.Agents;

/// <summary>An agent's state for those who choose one.</summary>
/// <param name="Id">Name under which it is asked.</param>
/// <param name="Description">What it can answer.</param>
/// <param name="Capabilities">Words by which a router chooses.</param>
/// <param name="Status"><c>ready</c>, <c>busy</c> (questions wait), or <c>failing</c> (the last question ended in a fault).</param>
/// <param name="Load">Questions in work and waiting.</param>
internal sealed record AgentListing(string Id, string Description, IReadOnlyList<string> Capabilities, string Status, int Load);

/// <summary>The agents, each with a bound on what it does at a time.</summary>
internal sealed partial class AgentDirectory(IEnumerable<IAgent> agents, TimeProvider timeProvider, ILogger<AgentDirectory> logger)
{
    private const int AtATime = 4;
    private const int LongestLine = 64; // questions in work and waiting; a further one is refused, so that callers slow down
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromSeconds(45); // below the 50 to 60 seconds after which MCP clients give up

    private readonly Dictionary<string, Desk> _desks = agents.ToDictionary(a => a.Profile.Id, a => new Desk(a), StringComparer.Ordinal);

    internal IReadOnlyList<AgentListing> List() => [.. _desks.Values.OrderBy(d => d.Agent.Profile.Id, StringComparer.Ordinal).Select(d => d.Listing())];

    /// <summary>Puts a question to an agent.</summary>
    /// <exception cref="McpException">No such agent, too many questions, no answer in time, or a fault of the agent; the message is for the caller.</exception>
    internal async Task<AgentAnswer> AskAsync(string agentId, AgentQuestion question, CancellationToken cancellationToken)
    {
        if (!_desks.TryGetValue(agentId, out var desk)) throw new McpException($"There is no agent '{agentId}'. Agents: {string.Join(", ", _desks.Keys.Order(StringComparer.Ordinal))}.");
        if (Interlocked.Increment(ref desk.Load) > LongestLine)
        {
            Interlocked.Decrement(ref desk.Load);
            throw new McpException($"The agent '{agentId}' has {LongestLine} questions in work. Ask again later.");
        }

        using var timeout = new CancellationTokenSource(s_answerTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await desk.Turn.WaitAsync(either.Token);
            try
            {
                var answer = await desk.Agent.AskAsync(question, either.Token);
                desk.IsFailing = false;
                return answer;
            }
            finally
            {
                desk.Turn.Release();
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new McpException($"The agent '{agentId}' did not answer within {s_answerTimeout.TotalSeconds:0} seconds.", e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or McpException))
        {
            desk.IsFailing = true;
            LogFailed(e, agentId);
            throw new McpException($"The agent '{agentId}' failed: {e.Message}", e);
        }
        finally
        {
            Interlocked.Decrement(ref desk.Load);
        }
    }

    private sealed class Desk(IAgent agent)
    {
        internal int Load;

        internal IAgent Agent { get; } = agent;

        internal SemaphoreSlim Turn { get; } = new(AtATime);

        internal bool IsFailing { get; set; }

        internal AgentListing Listing()
        {
            var load = Volatile.Read(ref Load);
            return new AgentListing(Agent.Profile.Id, Agent.Profile.Description, Agent.Profile.Capabilities, IsFailing ? "failing" : load > AtATime ? "busy" : "ready", load);
        }
    }

    [LoggerMessage(EventId = 2011, Level = LogLevel.Error, Message = "The agent {Agent} failed")]
    private partial void LogFailed(Exception exception, string agent);
}
