using System.Collections;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Tests.Changes;

/// <summary>The real watcher on a real folder with a real store; only where the file events come from can be replaced.</summary>
internal sealed class WatcherHarness : IAsyncDisposable
{
    // Far beyond anything that happens when all is well: a test that waits so long has failed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _committed = new(0);
    private readonly TempStore _temp = new();
    private IHost? _host;

    public TempTree Tree { get; } = new();

    public ChangeStore Changes => _temp.Changes;

    public HealthBoard Health => _host!.Services.GetRequiredService<HealthBoard>();

    public ServiceSupervisor Supervisor => _host!.Services.GetRequiredService<ServiceSupervisor>();

    public ChangeWatcher Watcher => _host!.Services.GetRequiredService<ChangeWatcher>();

    public IReadOnlyList<WorkflowEvent> Events => [.. _temp.Events];

    public int CountOf(string type) => Events.Count(committed => committed.Type == type);

    /// <summary>Starts the watcher and waits for its first scan.</summary>
    public async Task StartAsync(IFileHints? hints = null, double settleMilliseconds = 50, double reconcileSeconds = 3600, TimeProvider? time = null)
    {
        _temp.Hub.Subscribe(_ => _committed.Release());
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddHosting()
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(Settings(settleMilliseconds, reconcileSeconds))
            .AddSingleton(new Repository(Tree.Root, Tree.ChangesFolder, Tree.Root + "-state"))
            .AddSingleton(_temp.Store);
        if (hints is not null)
            builder.Services.AddSingleton(hints);
        builder.Services.AddChanges();
        _host = builder.Build();
        await _host.StartAsync();
        await Watcher.FirstScan.WaitAsync(Patience);
    }

    /// <summary>Waits until the condition holds, looking again after every commit.</summary>
    public async Task UntilAsync(Func<bool> condition, Func<string>? describe = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.Null(Supervisor.Failure);
            if (clock.Elapsed > Patience)
                Assert.Fail($"Not within {Patience}: {describe?.Invoke() ?? ""} events: {string.Join(", ", Events.Select(committed => $"{committed.Type} {committed.Change}"))}");
            await _committed.WaitAsync(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Waits until a change is known as it is on disk, and what was committed has been told.</summary>
    public Task UntilKnownAsync(string change) => UntilAsync(() => IsKnown(change) && IsTold(), () => change);

    public bool IsKnown(string change) => Changes.CurrentRevision(ChangeId.Parse(change))?.Hash == Tree.Expected(change);

    private bool IsTold() => _temp.Store.Read(reader => reader.First<long>("SELECT coalesce(max(id), 0) FROM event")) == (Events is [.., var last] ? last.Id : 0);

    public Task UntilGoneAsync(string change, string kind) =>
        UntilAsync(() => Changes.Known().TryGetValue(ChangeId.Parse(change), out var known) && known.Gone?.Kind.ToString() == kind, () => $"{change} {kind}");

    public void Git(params string[] arguments)
    {
        string[] identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main", "-c", "core.hooksPath=/dev/null"];
        var start = new ProcessStartInfo("git", [.. identity, .. arguments]) { WorkingDirectory = Tree.Root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(Patience) && process.ExitCode == 0, $"git {string.Join(' ', arguments)}: {output.Result}{error}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        await _temp.DisposeAsync();
        Tree.Dispose();
        _committed.Dispose();
    }

    private OrchestratorSettings Settings(double settleMilliseconds, double reconcileSeconds)
    {
        var defaults = Assert.IsType<SettingsOutcome.Valid>(SettingsLoader.Load(Tree.Root, null, new Hashtable())).Settings;
        return defaults with
        {
            Connection = defaults.Connection with
            {
                SettleTime = TimeSpan.FromMilliseconds(settleMilliseconds),
                ReconcileInterval = TimeSpan.FromSeconds(reconcileSeconds),
                MaxFileBytes = TempTree.Limits.MaxFileBytes,
                MaxChangeFiles = TempTree.Limits.MaxFiles,
            },
        };
    }
}
