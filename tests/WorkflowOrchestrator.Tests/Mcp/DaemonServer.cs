using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using NSubstitute;
using Platform.Http;
using Platform.Mcp;
using Workflow.Agents;
using Workflow.Changes;
using Workflow.Dashboard.Api;
using Workflow.Documents;
using Workflow.Documents.History;
using Workflow.Hosting;
using Workflow.Mcp;
using Workflow.Questions;
using Workflow.Review;
using Workflow.Storage;
using Workflow.Tests.Questions;

namespace Workflow.Tests.Mcp;

/// <summary>The MCP server of the daemon on a real socket and a real port, over the Questions room and a real store.</summary>
internal sealed class DaemonServer : IAsyncDisposable
{
    private readonly WebApplication _host;

    private DaemonServer(QuestionRoom room, WebApplication host, IDocumentUpdates updates)
    {
        Room = room;
        _host = host;
        Updates = updates;
    }

    public QuestionRoom Room { get; }

    public IDocumentUpdates Updates { get; }

    public string SocketPath => Room.Settings.Connection.SocketPath;

    /// <summary>Where it serves MCP over HTTP.</summary>
    public Uri Endpoint => new(new Uri(_host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "/mcp");

    public string Token => File.ReadAllText(Path.Combine(Room.Repository.StateFolder, "token")).Trim();

    public HealthBoard Health => _host.Services.GetRequiredService<HealthBoard>();

    public McpSubscriptions Subscriptions => _host.Services.GetRequiredService<McpSubscriptions>();

    public static async Task<DaemonServer> StartAsync(ScriptedAgents? agents = null, string? socketPath = null, Func<int?>? orchestrator = null, TimeProvider? time = null, McpHttpSettings? http = null, Action<McpServerOptions>? configure = null)
    {
        var folder = Directory.CreateTempSubdirectory("wo-mcp-").FullName;
        var settings = new Dictionary<string, string?> { ["workflow_orchestrator.socket_path"] = socketPath ?? Path.Combine(folder, "wo.sock") };
        var room = new QuestionRoom(agents: agents, settings: settings, folder: folder);
        var updates = Substitute.For<IDocumentUpdates>();
        updates.GetUpdates(Arg.Any<UpdateFilter>()).Returns([]);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services
            .AddRouting()
            .AddLogging()
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(http ?? new McpHttpSettings())
            .AddSingleton(new AgentProcesses(orchestrator ?? (() => null)))
            .AddSingleton<IAgentDirectory>(room.Agents)
            .AddSingleton(room.Settings)
            .AddSingleton(room.Repository)
            .AddSingleton<IStore>(room.Store)
            .AddSingleton(room.Events)
            .AddSingleton<IQuestions>(room.Desk)
            .AddSingleton(room.Evidence)
            .AddSingleton(room.Inbox)
            .AddSingleton(updates)
            .AddSingleton<DocumentHistory>()
            .AddSingleton<ShadowReader>()
            .AddSingleton<FindingStore>()
            .AddSingleton<ChangeStore>()
            .AddHosting()
            .AddOrchestratorMcpServer()
            .AddQuestionApi();
        if (configure is not null)
            builder.Services.PostConfigure(configure);
        var app = builder.Build();
        app.UseLoopbackOnly();
        app.MapMcp();
        app.MapQuestionApi();
        var server = new DaemonServer(room, app, updates);
        try
        {
            await server._host.StartAsync();
            await room.Router.StartAsync(CancellationToken.None);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    public Task<DaemonClient> ConnectAsync(string name = "test") => DaemonClient.ConnectAsync(SocketPath, name, CancellationToken.None);

    /// <summary>Makes a change known, as the watcher does.</summary>
    public Task KnowAsync(ChangeId change, RevisionHash revision) => Room.Store.WriteAsync(transaction =>
    {
        transaction.Execute("INSERT INTO change(id, revision, present, first_seen, last_seen) VALUES(@Id, @Hash, 1, 1, 1)", new { Id = change.Value, Hash = revision.Value });
        transaction.Execute(
            "INSERT INTO revision(change_id, hash, origin, stage, detected_at, stage_at) VALUES(@Id, @Hash, 'Human', 'AwaitingAnswers', 1, 1)", new { Id = change.Value, Hash = revision.Value });
    });

    public static JsonObject Arguments(params (string Key, JsonNode? Value)[] arguments)
    {
        var result = new JsonObject();
        foreach (var (key, value) in arguments)
            result[key] = value;
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().WaitAsync(QuestionRoom.Patience);
        await _host.DisposeAsync();
        await Room.DisposeAsync();
    }
}
