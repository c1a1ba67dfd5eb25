using McpOrchestrator.Agents.Librarian.Answering;
using McpOrchestrator.Agents.Librarian.Index;
using McpOrchestrator.Agents.Librarian.Passages;
using Microsoft.Extensions.Logging;

namespace McpOrchestrator.Agents.Librarian;

/// <summary>
/// Answers from what the repository itself says: its specs, archived changes and Markdown documents. Quotes, never rephrases; says that it does
/// not know rather than guess.
/// </summary>
internal sealed class LibrarianAgent(
    AgentProfile profile, string root, IReadOnlyList<string> folders, PassageStore store, TimeProvider timeProvider, ILogger<LibrarianAgent> logger) : IAgent, IAsyncDisposable
{
    private const int Candidates = 50;

    private readonly IndexRefresher _refresher = new(root, folders, store, timeProvider, logger);
    private readonly SharedRun _refresh = new();
    private readonly Conversations _conversations = new();

    public AgentProfile Profile => profile;

    /// <summary>How much is indexed.</summary>
    internal (int Files, int Passages) Count() => store.Count();

    /// <summary>Brings the index up to date; concurrent callers share one run that began after they asked.</summary>
    internal Task RefreshAsync(CancellationToken cancellationToken) => _refresh.RunAsync(_refresher.RunAsync, cancellationToken);

    public async Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return Answer(question);
    }

    /// <summary>Answers from the index as it is.</summary>
    internal AgentAnswer Answer(AgentQuestion asked)
    {
        var (question, judged) = Judge(asked);
        return AnswerComposer.Compose(question, judged);
    }

    /// <summary>What the index has for a question, judged but not yet chosen from.</summary>
    internal (Question Question, IReadOnlyList<ScoredPassage> Judged) Judge(AgentQuestion asked)
    {
        var question = _conversations.Continue(asked.ConversationId, QuestionParser.Parse(asked.Text, asked.Context.Hint));
        var weights = new TermWeights(store.Frequencies(Retrieval.StemsOf(question)), store.Count().Passages);
        if (Retrieval.Expression(question, weights) is not { } expression) return (question, []);
        var change = asked.Context.Change;
        var scorer = new PassageScorer(question, weights, asked.Context.Capability);
        return (question, [.. store.Search(expression, Candidates)
            .Where(c => change is null || !Sources.BelongsToChange(c.Path, change))
            .Select(scorer.Score)]);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
