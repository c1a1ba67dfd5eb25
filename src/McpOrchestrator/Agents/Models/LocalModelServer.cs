using McpOrchestrator.Agents.Configuration;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Platform.Models;

namespace McpOrchestrator.Agents.Models;

/// <summary>The model server of a persona: LM Studio, or any other with the OpenAI API.</summary>
internal sealed class LocalModelServer : IModelServer, IDisposable
{
    private readonly ModelServer _server;
    private readonly Uri _address;

    internal LocalModelServer(AgentDefinition.Model definition, ApiKey? key, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        _address = definition.Url;
        var settings = new ModelServerSettings(definition.Url)
        {
            Model = definition.ModelId,
            ApiKey = key,
            MaxConcurrentCalls = definition.Limits.InFlight,
            TotalTimeout = definition.Limits.Timeout,
        };
        _server = ModelServer.Create(settings, loggerFactory, timeProvider);
    }

    public IChatClient Client => _server.Client;

    public string? Problem => _server.Inventory.Current switch
    {
        ModelState.Ready => null,
        ModelState.NotReady { Failure: var failure } => $"no model can be asked at {_address}: {failure.Message.TrimEnd('.')}. {failure.Remedy}".TrimEnd(),
        ModelState.Off => "model servers are switched off.",
        _ => $"the model server at {_address} has not been looked at yet.",
    };

    public Task RunAsync(CancellationToken stoppingToken) => _server.RunAsync(() => { }, stoppingToken);

    public void Dispose() => _server.Dispose();
}
