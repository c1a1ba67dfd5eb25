using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Storage;

namespace Benchmarks;

/// <summary>
/// How fast changes are found: the first scan of a huge repository, the scan after it when nothing has changed, and the time from a save to its revision
/// being durable in the store. Limits are those of the issue.
/// </summary>
public static class ScanBenchmark
{
    private const int HugeChanges = 10_000;
    private const int ManyChanges = 1_000;
    private const int Saves = 40;

    private static readonly TimeSpan FirstScanLimit = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan SaveSlack = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs the benchmark; 0 when every limit is kept.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        Console.WriteLine("| measure | value | limit | ratio |");
        Console.WriteLine("|---|---|---|---|");
        var ok = await FirstScanAsync();
        ok &= await SaveToDetectedAsync();
        return ok ? 0 : 1;
    }

    private static async Task<bool> FirstScanAsync()
    {
        using var tree = Tree.Create(HugeChanges);
        await using var store = SqliteStore.Open(Path.Join(tree.Root, "store.db"), TimeProvider.System, new EventHub());
        var detector = new ChangeDetector(
            new ChangeScanner(tree.ChangesFolder, new ScanLimits(4 * 1024 * 1024, 500), TimeProvider.System),
            new ChangeStore(store, TimeProvider.System));

        var first = await TimeAsync(() => DetectAsync(detector));
        var second = await TimeAsync(() => DetectAsync(detector));
        var ok = Print($"first scan of {HugeChanges:N0} changes / {3 * HugeChanges:N0} files, recorded in the store", first, FirstScanLimit);
        ok &= Print("full scan again, nothing changed (young files are hashed again)", second, FirstScanLimit);
        var third = await TimeAsync(() => Task.FromResult(detector.FindDifferences(CancellationToken.None)));
        ok &= Print("reconcile scan, nothing changed", third, FirstScanLimit / 2);
        GC.Collect();
        Console.WriteLine($"| managed memory with {HugeChanges:N0} changes known | {GC.GetTotalMemory(forceFullCollection: true) / 1_000_000.0:0.0} MB | 150 MB | |");
        return ok;
    }

    private static async Task<Detection> DetectAsync(ChangeDetector detector)
    {
        var detection = detector.Detect(null, new HashSet<ChangeId>(), CancellationToken.None);
        await detector.RecordAsync(detection, CancellationToken.None);
        return detection;
    }

    private static async Task<bool> SaveToDetectedAsync()
    {
        using var tree = Tree.Create(ManyChanges);
        var detected = new ConcurrentDictionary<string, TaskCompletionSource<long>>(StringComparer.Ordinal);
        var hub = new EventHub();
        using var subscription = hub.Subscribe(committed =>
        {
            if (committed.Type == EventTypes.RevisionDetected && detected.TryGetValue(committed.Change!, out var waiting))
                waiting.TrySetResult(Stopwatch.GetTimestamp());
        });
        await using var store = SqliteStore.Open(Path.Join(tree.Root, "store.db"), TimeProvider.System, hub);
        var settings = ((SettingsOutcome.Valid)SettingsLoader.Load(tree.Root, null, new Hashtable())).Settings;
        using var host = BuildHost(tree, store, settings);
        await host.StartAsync();
        await host.Services.GetRequiredService<ChangeWatcher>().FirstScan;

        var times = new List<TimeSpan>();
        for (var i = 0; i < Saves; i++)
        {
            var id = Tree.NameOf(i * (ManyChanges / Saves));
            var waiting = detected[id] = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            tree.Write(id, "proposal.md", $"saved {i}");
            var saved = Stopwatch.GetTimestamp();
            times.Add(Stopwatch.GetElapsedTime(saved, await waiting.Task.WaitAsync(TimeSpan.FromSeconds(30))));
        }

        await host.StopAsync();
        times.Sort();
        var settle = settings.Connection.SettleTime;
        return Print($"save to Detected with {ManyChanges:N0} changes, p95 of {Saves} (settle time {settle.TotalMilliseconds:0} ms)", times[(int)Math.Ceiling(Saves * 0.95) - 1], settle + SaveSlack);
    }

    private static IHost BuildHost(Tree tree, IStore store, OrchestratorSettings settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddHosting()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(settings)
            .AddSingleton(new Repository(tree.Root, tree.ChangesFolder, tree.Root + "-state"))
            .AddSingleton(store)
            .AddChanges();
        return builder.Build();
    }

    private static async Task<TimeSpan> TimeAsync<T>(Func<Task<T>> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start);
    }

    private static bool Print(string what, TimeSpan value, TimeSpan limit)
    {
        Console.WriteLine($"| {what} | {value.TotalMilliseconds:0} ms | {limit.TotalMilliseconds:0} ms | {value / limit:0.00}{(value > limit ? " OVER" : "")} |");
        return value <= limit;
    }

    /// <summary>A folder with changes of three documents each.</summary>
    private sealed class Tree : IDisposable
    {
        private Tree(string root) => Root = root;

        public string Root { get; }

        public string ChangesFolder => Path.Join(Root, "openspec", "changes");

        public static string NameOf(int number) => $"change-{number:00000}";

        public static Tree Create(int changes)
        {
            var tree = new Tree(Directory.CreateTempSubdirectory("wo-bench-").FullName);
            for (var i = 0; i < changes; i++)
            {
                // The usual sizes: 1.8 kB, 1.6 kB, 2.7 kB in the median of public repositories.
                tree.Write(NameOf(i), "proposal.md", Text(i, 1829));
                tree.Write(NameOf(i), "tasks.md", Text(i, 1633));
                tree.Write(NameOf(i), "specs/auth/spec.md", Text(i, 2687));
            }

            return tree;
        }

        public void Write(string change, string document, string text)
        {
            var path = Path.Join(ChangesFolder, change, document);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        public void Dispose() => Directory.Delete(Root, recursive: true);

        private static string Text(int seed, int length) => $"# Change {seed}\n\n".PadRight(length, (char)('a' + (seed % 26)));
    }
}
