using McpOrchestrator.Agents;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Librarian;
using McpOrchestrator.Agents.Librarian.Index;
using McpOrchestrator.Agents.Models;
using McpOrchestrator.Agents.Programs;
using McpOrchestrator.Agents.Tools;
using Microsoft.Extensions.Logging;
using Platform.Models;

namespace McpOrchestrator.Hosting;

/// <summary>Makes agents out of their definitions.</summary>
internal sealed class AgentFactory(RunSettings settings, ILoggerFactory loggerFactory, TimeProvider timeProvider) : IAsyncDisposable
{
    private const string ApiKeyVariable = "LM_STUDIO_API_KEY";

    private readonly List<LibrarianAgent> _librarians = [];
    private readonly List<LocalModelServer> _models = [];

    internal IReadOnlyList<SeatedAgent> All()
    {
        foreach (var definition in settings.Agents.OfType<AgentDefinition.Librarian>()) _librarians.Add(Librarian(definition));
        return [.. settings.Agents.Select(d => new SeatedAgent(Create(d), d.Limits))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var model in _models) model.Dispose();
        foreach (var librarian in _librarians) await librarian.DisposeAsync();
    }

    private IAgent Create(AgentDefinition definition) => definition switch
    {
        AgentDefinition.Librarian librarian => Find(librarian.Profile.Id),
        AgentDefinition.Model model => new ModelAgent(model, Server(model), Find(model.Source)),
        AgentDefinition.Tool tool => new ToolAgent(tool, settings.Root, loggerFactory, timeProvider),
        AgentDefinition.Command command => new CommandAgent(command, settings.Root),
        _ => throw new InvalidOperationException($"There is no agent of kind '{definition.Profile.Kind}'."),
    };

    private LibrarianAgent Find(string id) => _librarians.Find(l => l.Profile.Id == id) ?? throw new InvalidOperationException($"There is no librarian '{id}'.");

    private LocalModelServer Server(AgentDefinition.Model definition)
    {
        var server = new LocalModelServer(definition, ApiKey.From(Environment.GetEnvironmentVariable(ApiKeyVariable)), loggerFactory, timeProvider);
        _models.Add(server);
        return server;
    }

    private LibrarianAgent Librarian(AgentDefinition.Librarian definition) => new(
        definition,
        settings.Root,
        PassageStore.Open(Path.Combine(settings.StateFolder, $"{definition.Profile.Id}.db")),
        timeProvider,
        loggerFactory.CreateLogger<LibrarianAgent>());
}
