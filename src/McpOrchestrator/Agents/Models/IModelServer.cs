using Microsoft.Extensions.AI;

namespace McpOrchestrator.Agents.Models;

/// <summary>A server of language models.</summary>
internal interface IModelServer
{
    /// <summary>Asks the model. Its exceptions carry messages for people.</summary>
    IChatClient Client { get; }

    /// <summary>Why it cannot be asked now, with the remedy; null when it can.</summary>
    string? Problem { get; }

    /// <summary>Keeps looking how the server is, until the token fires.</summary>
    Task RunAsync(CancellationToken stoppingToken);
}

/// <summary>Finds passages of the repository for a question.</summary>
internal interface IPassageSource
{
    /// <summary>The passages that fit best, best first; none when nothing is about the question.</summary>
    Task<IReadOnlyList<Evidence>> FindAsync(AgentQuestion question, int most, CancellationToken cancellationToken);
}
