using McpOrchestrator.Agents.Configuration;
using Microsoft.Extensions.AI;

namespace McpOrchestrator.Agents.Models;

/// <summary>
/// A persona of a language model answers from passages that the librarian finds. What it cannot prove with quotes from them is not passed on;
/// without passages it is not even asked.
/// </summary>
internal sealed class ModelAgent(AgentDefinition.Model definition, IModelServer server, IPassageSource passages) : IAgent
{
    private readonly ConversationTurns _turns = new();

    public AgentProfile Profile => definition.Profile;

    public AgentCondition Condition => new(server.Problem);

    public Task RunAsync(CancellationToken stoppingToken) => server.RunAsync(stoppingToken);

    public async Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken)
    {
        var found = await passages.FindAsync(question, definition.Passages, cancellationToken);
        if (found.Count == 0) return new AgentAnswer(null, 0, []);
        var messages = ModelPrompt.Messages(definition.Prompt, question, found, _turns.Of(question.ConversationId));
        var text = await CompleteAsync(messages, cancellationToken);
        var reply = ModelReply.Parse(text) ?? throw new AgentFaultException($"the model did not answer in the agreed form: {AnswerCleaner.Plain(text, 200)}");
        var answer = ReplyCheck.Judge(reply, question.Text, found);
        _turns.Add(question.ConversationId, question.Text, answer.Answer);
        return answer;
    }

    private async Task<string> CompleteAsync(IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken)
    {
        var options = new ChatOptions
        {
            ModelId = definition.ModelId,
            Temperature = 0,
            MaxOutputTokens = definition.MaxTokens,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(ModelReply.Schema, "answer"),
        };
        try
        {
            var response = await server.Client.GetResponseAsync(messages, options, cancellationToken);
            return response.Text;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new AgentFaultException(e.Message, e);
        }
    }
}
