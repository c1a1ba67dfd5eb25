using Workflow.Agents;
using Workflow.Questions.Choosing;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>Asks one agent of the MCP Orchestrator: the librarian, or another.</summary>
internal sealed class AgentRoute(IAgentDirectory agents, EvidenceReader evidence, IStore store) : IQuestionRoute
{
    public bool Takes(RouteStep step) => step is { Route: RouteNames.Librarian or RouteNames.Agent, AgentId: not null };

    public async Task<RouteResult> TryAsync(Question question, RouteStep step, TimeSpan budget, CancellationToken cancellationToken)
    {
        var context = store.Read(reader => ConversationContext.For(reader, question));
        var request = new AgentRequest(step.AgentId!, question.Text, context, question.ConversationId);
        return await agents.AskAgentAsync(request, budget, cancellationToken) switch
        {
            AgentReply.Answered answered => Judge(answered, step.Route),
            AgentReply.DoesNotKnow => new RouteResult.Nothing(RouteOutcome.DoesNotKnow, null, AgentReached: true),
            AgentReply.Unavailable unavailable => new RouteResult.Nothing(RouteOutcome.Unavailable, unavailable.Reason, unavailable.WasReached),
            _ => throw new InvalidOperationException("An agent's reply of a kind that is not known."),
        };
    }

    // An answer whose quotations are all invented is no answer.
    private RouteResult Judge(AgentReply.Answered answered, string route)
    {
        var verified = evidence.Verify(answered.Passages);
        if (answered.Passages.Count > 0 && verified.Count == 0)
            return new RouteResult.Nothing(RouteOutcome.DoesNotKnow, "none of the passages that it quotes is in the repository", AgentReached: true);
        var confidence = ConfidenceCalibration.Calibrate(answered.Confidence, store.Read(reader => AgentRecordStore.CalibrationOf(reader, answered.AgentId)));
        return new RouteResult.AnswerFound(new NewAnswer(answered.Text, answered.AgentId, route, confidence, verified) { Stated = answered.Confidence });
    }
}

/// <summary>What an agent should know besides the question: the change, the question's own context, its options, and the conversation so far.</summary>
internal static class ConversationContext
{
    private const int MaxTurns = 10;
    private const int MaxLength = 32_000;

    public static string? For(IStoreReader reader, Question question)
    {
        var turns = QuestionStore.OfConversation(reader, question.ConversationId, question.Id, MaxTurns)
            .Select(earlier => (earlier.Text, Answer: AnswerStore.Of(reader, earlier.Id).FirstOrDefault(answer => answer.Accepted)?.Text))
            .ToList();
        return Compose(question, turns);
    }

    /// <summary>
    /// Puts them together, what matters most first; the oldest turns are left out when it gets too long. The change is named so that an agent does
    /// not take the change's own documents as evidence for it. Null when there is nothing to say.
    /// </summary>
    public static string? Compose(Question question, IReadOnlyList<(string Text, string? Answer)> turns)
    {
        List<string> told = [];
        if (question.ChangeId is { } change)
            told.Add($"change: {change}");
        if (question.Context.Length > 0)
            told.Add(question.Context);
        if (question.Options.Count > 0)
            told.Add($"Options: {string.Join(" | ", question.Options)}");
        var at = told.Count;
        var length = told.Sum(part => part.Length + 2);
        foreach (var (text, answer) in turns.Reverse())
        {
            var turn = $"Earlier question: {text}\nAnswer: {answer ?? "(none yet)"}";
            if ((length += turn.Length + 2) > MaxLength)
                break;
            told.Insert(at, turn); // oldest first
        }

        return told.Count == 0 ? null : string.Join("\n\n", told);
    }
}
