using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Librarian.Answering;
using McpOrchestrator.Agents.Librarian.Index;
using McpOrchestrator.Agents.Librarian.Passages;
using McpOrchestrator.Agents.Models;
using Microsoft.Extensions.Logging;

namespace McpOrchestrator.Agents.Librarian;

/// <summary>
/// Answers from what the repository itself says: its specs, archived changes, Markdown documents and code comments. Quotes, never rephrases; says that it does
/// not know rather than guess.
/// </summary>
internal sealed class LibrarianAgent(
    AgentDefinition.Librarian definition, string root, PassageStore store, TimeProvider timeProvider, ILogger<LibrarianAgent> logger) : IAgent, IPassageSource, IAsyncDisposable
{
    private const int Candidates = 150; // weighed by their words
    private const int Judged = 30; // of these, taken apart into sentences

    private readonly IndexRefresher _refresher = new(root, definition, store, timeProvider, logger);
    private readonly SharedRun _refresh = new();
    private readonly Conversations _conversations = new();

    public AgentProfile Profile => definition.Profile;

    /// <summary>How much is indexed.</summary>
    internal (int Files, int Passages) Count() => store.Count();

    /// <summary>Brings the index up to date; concurrent callers share one run that began after they asked.</summary>
    internal Task RefreshAsync(CancellationToken cancellationToken) => _refresh.RunAsync(_refresher.RunAsync, cancellationToken);

    public async Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return Answer(question);
    }

    /// <summary>Indexes the repository right after the start, so that the first question need not wait for it.</summary>
    public Task RunAsync(CancellationToken stoppingToken) => RefreshAsync(stoppingToken);

    public async Task<IReadOnlyList<Evidence>> FindAsync(AgentQuestion question, int most, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return [.. Judge(question).Judged.OrderByDescending(s => s.Order).ThenBy(s => s.Candidate.Rank).DistinctBy(s => BlockRanker.KeyOf(s.Candidate)).Take(most).Select(Quotes.Of)];
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
        var candidates = store.Search(expression, Candidates).Where(c => change is null || !Sources.BelongsToChange(c.Path, change));
        return (question, [.. new BlockRanker(question, weights).Rank(candidates).Take(Judged).Select(scorer.Score)]);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
