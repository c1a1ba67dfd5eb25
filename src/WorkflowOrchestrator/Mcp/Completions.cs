using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Workflow.Agents;
using Workflow.Changes;
using Workflow.Questions;

namespace Workflow.Mcp;

/// <summary>Completes what a person types for an argument of a prompt or a resource address: names of changes, paths, ids of questions and agents.</summary>
internal sealed class Completions(ChangeStore changes, ChangeFiles documents, IQuestions questions, IAgentDirectory? agents)
{
    // The protocol's limit.
    private const int MaxValues = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public void Install(McpServerOptions options)
    {
        options.Handlers.CompleteHandler = async (request, cancellationToken) =>
        {
            var argument = request.Params.Argument;
            var given = request.Params.Context?.Arguments;
            IEnumerable<string> known = (Subject(request.Params.Ref, argument.Name), Callers.IsOperator(request)) switch
            {
                ("change", _) => changes.List().Select(summary => summary.Change.Id.Value),
                ("path", true) => given is not null && given.TryGetValue("id", out var name) && ChangeId.TryParse(name, out var change) ? documents.Paths(change) : [],
                ("question", _) => Questions(argument.Value),
                ("agent", _) => await AgentsAsync(cancellationToken),
                _ => [],
            };
            return Result(known, argument.Value);
        };
    }

    /// <summary>What begins as typed goes first, what only contains it after that.</summary>
    public static CompleteResult Result(IEnumerable<string> known, string typed)
    {
        var fitting = known
            .Where(value => value.Contains(typed, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(value => value.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return new CompleteResult { Completion = new Completion { Values = [.. fitting.Take(MaxValues)], Total = fitting.Count, HasMore = fitting.Count > MaxValues } };
    }

    private static string Subject(Reference reference, string argument) => (reference, argument) switch
    {
        (ResourceTemplateReference { Uri: ResourceAddress.DocumentTemplate }, "id") => "change",
        (ResourceTemplateReference { Uri: ResourceAddress.DocumentTemplate }, "path") => "path",
        (ResourceTemplateReference { Uri: ResourceAddress.QuestionTemplate }, "id") or (PromptReference, "question_id") => "question",
        (PromptReference, "agent_id") => "agent",
        (PromptReference, "change") => "change",
        _ => "",
    };

    private IEnumerable<string> Questions(string typed) =>
        questions.Resolve(typed).Select(id => id.Value)
            .Concat(questions.List(new QuestionFilter([], Limit: 200)).Items.Select(view => view.Question.Id.Value))
            .Distinct(StringComparer.Ordinal);

    private async Task<IEnumerable<string>> AgentsAsync(CancellationToken cancellationToken)
    {
        if (agents is not { IsAvailable: true })
            return [];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        try
        {
            return (await agents.ListAgentsAsync(limit.Token) ?? []).Select(agent => agent.Id);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }
}
