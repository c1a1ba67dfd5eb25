namespace McpOrchestrator.Agents;

/// <summary>Somebody who answers questions.</summary>
internal interface IAgent
{
    AgentProfile Profile { get; }

    /// <summary>Whether it could answer now, as far as it knows without being asked.</summary>
    AgentCondition Condition => AgentCondition.Usable;

    /// <summary>Answers, or says that it does not know (<see cref="AgentAnswer.Answer"/> is null).</summary>
    /// <exception cref="AgentFaultException">It could not do its work; the message is for the asker.</exception>
    Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken);

    /// <summary>What it has to do besides answering: keep a connection, read an index. Runs until the token fires, or ends when there is nothing left to do.</summary>
    Task RunAsync(CancellationToken stoppingToken) => Task.CompletedTask;
}

/// <summary>Whether an agent can answer.</summary>
/// <param name="Problem">Why it cannot, with the remedy; null when it can.</param>
/// <param name="Restarts">How often what it stands on (a child process, a connection) had to be started again.</param>
internal sealed record AgentCondition(string? Problem, int Restarts = 0)
{
    internal static readonly AgentCondition Usable = new((string?)null);
}

/// <summary>An agent could not do its work. The message is for the asker.</summary>
internal sealed class AgentFaultException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How an agent presents itself.</summary>
/// <param name="Id">Name under which it is asked.</param>
/// <param name="Kind">What it is made of; decides which configuration keys it has.</param>
/// <param name="Description">For whoever chooses an agent.</param>
/// <param name="Capabilities">Words by which a router chooses.</param>
internal sealed record AgentProfile(string Id, string Kind, string Description, IReadOnlyList<string> Capabilities);

/// <summary>A question to an agent.</summary>
/// <param name="Text">The question.</param>
/// <param name="Context">What the asker adds.</param>
/// <param name="ConversationId">Questions with the same id follow one another; null for a single one.</param>
internal sealed record AgentQuestion(string Text, AskContext Context, string? ConversationId);

/// <summary>What an agent found.</summary>
/// <param name="Answer">The answer; null when it does not know.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Evidence">Passages that support the answer, or the nearest ones found.</param>
internal sealed record AgentAnswer(string? Answer, double Confidence, IReadOnlyList<Evidence> Evidence);

/// <summary>A passage of the repository, verbatim.</summary>
/// <param name="Path">File, relative to the repository's root.</param>
/// <param name="Line">First line, from 1.</param>
/// <param name="EndLine">Last line, included.</param>
/// <param name="Quote">The lines as they stand there, joined by a line feed.</param>
/// <param name="Hash">SHA-256 (hex) of the quote with each run of white space as one space: it survives re-wrapping and no change of words.</param>
/// <param name="Score">How well it fits the question: 0 to 1.</param>
internal sealed record Evidence(string Path, int Line, int EndLine, string Quote, string Hash, double Score);
