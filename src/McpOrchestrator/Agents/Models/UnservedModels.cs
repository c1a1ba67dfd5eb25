using Microsoft.Extensions.AI;

namespace McpOrchestrator.Agents.Models;

/// <summary>Stands for the model server while this program has no client for one: the agent is listed, and says why it cannot be asked.</summary>
internal sealed class UnservedModels : IModelServer
{
    public IChatClient Client => throw new InvalidOperationException("There is no model to ask.");

    public string? Problem => "this version has no client for model servers yet. The librarian answers.";

    public Task RunAsync(CancellationToken stoppingToken) => Task.CompletedTask;
}
