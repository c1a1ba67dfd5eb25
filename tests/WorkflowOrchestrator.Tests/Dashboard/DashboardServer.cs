using System.Collections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Workflow.Commands;
using Workflow.Dashboard.Access;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Tests.Dashboard;

/// <summary>The whole daemon in this process, over an empty repository, with a browser's view of it.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly SqliteStore _store;
    private readonly WebApplication _daemon;

    private DashboardServer(string folder, SqliteStore store, WebApplication daemon)
    {
        (_folder, _store, _daemon) = (folder, store, daemon);
        Address = new Uri(daemon.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Uri Address { get; }

    public IStore Store => _store;

    public T Get<T>()
        where T : notnull => _daemon.Services.GetRequiredService<T>();

    /// <summary>Starts it.</summary>
    /// <param name="fill">Writes into the store before the daemon starts.</param>
    public static async Task<DashboardServer> StartAsync(Func<IStore, Task>? fill = null)
    {
        var folder = Directory.CreateTempSubdirectory("wo-dash-").FullName;
        var root = Path.Combine(folder, "repo");
        Directory.CreateDirectory(Path.Combine(root, "openspec", "changes"));
        await new GitWorkTree(root).InitialiseAsync();
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["http.listen"] = "127.0.0.1:0",
            ["workflow_orchestrator.socket_path"] = Path.Combine(folder, "wo.sock"),
            ["workflow_orchestrator.mcp_socket"] = Path.Combine(folder, "none.sock"),
            ["lm_studio.mode"] = "off",
            ["logging.level"] = "error",
        };
        var snapshot = ((SettingsOutcome.Valid)SettingsLoader.Load(root, null, new Hashtable(), values)).Snapshot;
        var repository = new Repository(root, Path.Combine(root, "openspec", "changes"), Path.Combine(folder, "state"));
        RepositoryLocator.CreateStateFolders(repository);
        var events = new EventHub();
        var store = SqliteStore.Open(repository.StoreFile, TimeProvider.System, events);
        if (fill is not null)
            await fill(store);
        var daemon = DaemonServiceCollectionExtensions.BuildDaemon(repository, snapshot, new SettingsOrigin(() => new SettingsOutcome.Valid(snapshot)), store, events);
        await daemon.StartAsync();
        return new DashboardServer(folder, store, daemon);
    }

    /// <summary>A browser; signed in or not.</summary>
    public HttpClient Browser(bool isSignedIn = false)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };
        if (isSignedIn)
            http.DefaultRequestHeaders.Add("Cookie", $"wo-session-{Address.Port}={Get<DashboardAccess>().NewCookie()}");
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.StopAsync();
        await _daemon.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
