namespace McpOrchestrator.Agents;

/// <summary>Somebody who answers questions.</summary>
internal interface IAgent
{
    AgentProfile Profile { get; }

    /// <summary>Answers, or says that it does not know (<see cref="AgentAnswer.Answer"/> is null). Throws only for faults.</summary>
    Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken);
}

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
