using Workflow.Agents;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>Asks one agent of the MCP Orchestrator: the librarian, or another.</summary>
internal sealed class AgentRoute(IAgentDirectory agents, EvidenceReader evidence, IStore store) : IQuestionRoute
{
    public bool Takes(RouteStep step) => step is { Route: RouteNames.Librarian or RouteNames.Agent, AgentId: not null };

    public async Task<RouteResult> TryAsync(Question question, RouteStep step, TimeSpan budget, CancellationToken cancellationToken)
    {
        var context = store.Read(reader => ConversationContext.For(reader, question));
        var request = new AgentRequest(step.AgentId!, QuestionText.WithOptions(question), context, question.ConversationId);
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
        var verified = evidence.Verify(answered.Evidence);
        if (answered.Evidence.Count > 0 && verified.Count == 0)
            return new RouteResult.Nothing(RouteOutcome.DoesNotKnow, "none of the passages that it quotes is in the repository", AgentReached: true);
        return new RouteResult.Found(new NewAnswer(answered.Text, answered.AgentId, route, answered.Confidence, verified));
    }
}

/// <summary>How a question is put to an agent.</summary>
internal static class QuestionText
{
    public static string WithOptions(Question question) =>
        question.Options.Count == 0 ? question.Text : $"{question.Text}\nOptions: {string.Join(" | ", question.Options)}";
}

/// <summary>What an agent should know besides the question: the question's own context, and the conversation so far.</summary>
internal static class ConversationContext
{
    private const int MaxTurns = 10;
    private const int MaxLength = 32_000;

    public static string? For(IStoreReader reader, Question question)
    {
        var turns = QuestionStore.OfConversation(reader, question.ConversationId, question.Id, MaxTurns)
            .Select(earlier => (earlier.Text, Answer: AnswerStore.Of(reader, earlier.Id).FirstOrDefault(answer => answer.Accepted)?.Text))
            .ToList();
        return Compose(question.Context, turns);
    }

    /// <summary>Puts both together; the oldest turns give way when it gets too long. Null when there is nothing to say.</summary>
    public static string? Compose(string context, IReadOnlyList<(string Text, string? Answer)> turns)
    {
        var told = new List<string>();
        var length = context.Length;
        foreach (var (text, answer) in turns.Reverse())
        {
            var turn = $"Earlier question: {text}\nAnswer: {answer ?? "(none yet)"}";
            if ((length += turn.Length + 2) > MaxLength)
                break;
            told.Insert(0, turn);
        }

        if (context.Length > 0)
            told.Add(context);
        return told.Count == 0 ? null : string.Join("\n\n", told);
    }
}
