using System.Diagnostics;
using System.Runtime;
using Workflow.Documents;

namespace Benchmarks;

/// <summary>What an update costs, against a bare git commit of the same file and the disk's own flush, measured in the same run on the same disk.</summary>
internal static class DocumentBenchmark
{
    private const int Rounds = 25;
    private const int ManyChanges = 200;
    private const int WarmUpRounds = 12;
    private const int WarmUpChanges = 20;
    private const int FirstChanges = 2;
    private const int LongHistory = 1000;

    private const int MaxCompilerDelays = 20;

    // Some times what the runtime waits for calls to calm down before it compiles.
    private static readonly TimeSpan s_compilerDelay = TimeSpan.FromMilliseconds(500);

    public static int Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<int> RunAsync()
    {
        Console.WriteLine("| measure | value | against | ratio | limit |");
        Console.WriteLine("|---|---|---|---|---|");
        // Some file systems look through the inodes that were deleted lately for each new file: so that nothing is measured with what another measurement left, the one
        // that makes most files comes first, and all are deleted at the end.
        await using var many = DocumentBench.Create(autoCommit: false);
        await using var git = DocumentBench.Create(autoCommit: true);
        await using var history = DocumentBench.Create(autoCommit: false);
        var ok = await AgainstFlushAsync(many);
        ok &= await AgainstGitAsync(git);
        ok &= await HistoryAsync(history);
        return ok ? 0 : 1;
    }

    private static async Task<bool> AgainstGitAsync(DocumentBench bench)
    {
        var (fresh, known, undos, gates) = (new Pair(), new Pair(), new List<TimeSpan>(), new List<TimeSpan>());
        for (var i = -3; i < Rounds; i++)
        {
            // Each round a change of its own, so that the limit on updates of one document stays out of it; interleaved, so that both see the same load. The
            // first time git does not know the files, the second time it does. The first rounds warm up.
            var (bare, name) = (bench.NewChange($"bare-{i + 3}"), $"update-{i + 3}");
            bench.NewChange(name);
            if (i == 0)
                (fresh, known, undos, gates) = (new Pair(), new Pair(), [], []);
            foreach (var pair in new[] { fresh, known })
            {
                pair.Git.Add(Time(() => bench.CommitByHand(bare)));
                var plan = await bench.PlanAsync(name, "proposal.md");
                gates.Add(Time(() => bench.Gate(plan)));
                pair.Updates.Add(await TimeAsync(() => bench.ApplyAsync(plan)));
                if (pair == known)
                    undos.Add(await TimeAsync(() => bench.UndoAsync(plan.Id)));
            }
        }

        var ok = Print("one update of a file in git, all steps, durable (median)", Median(known.Updates), "git add + git commit --only", Median(known.Git), 1.6);
        ok &= Print("one update of a file new to git (median)", Median(fresh.Updates), "git add + git commit --only", Median(fresh.Git), 1.6);
        ok &= Print("undo of one update (median)", Median(undos), "one update", Median(known.Updates), 2);
        return Print("validating an update in memory (median)", Median(gates), "limit", TimeSpan.FromMilliseconds(5), 1) && ok;
    }

    private static async Task<bool> AgainstFlushAsync(DocumentBench bench)
    {
        await WarmUpAsync();
        await bench.RunManagerAsync(await PlansAsync(bench, "first", FirstChanges)); // Dapper compiles its parameters anew for each store
        var plans = await PlansAsync(bench, "many", ManyChanges);
        await CompilerIdleAsync();
        var before = bench.FlushesPerSecond();
        var time = await TimeAsync(() => bench.RunManagerAsync(plans));
        var flushes = (before + bench.FlushesPerSecond()) / 2;
        var updates = plans.Sum(change => change.Count);
        var rate = updates / time.TotalSeconds;
        var ratio = rate / flushes;
        Console.WriteLine($"| {updates} updates over {ManyChanges} changes, each durable | {rate:0}/s | flushes of the disk: {flushes:0}/s | {ratio:0.00}{(ratio < 0.3 ? " UNDER" : "")} | ≥ 0.3 |");
        return ratio >= 0.3;
    }

    // A daemon runs for days: its code is compiled. In memory, so that the disk is as it was.
    private static async Task WarmUpAsync()
    {
        await using var bench = DocumentBench.Create(autoCommit: false, inMemory: true);
        for (var i = 0; i < WarmUpRounds; i++)
            await bench.RunManagerAsync(await PlansAsync(bench, $"warm-{i}", WarmUpChanges));
    }

    // What was called often is compiled once more, in the background and a while later.
    private static async Task CompilerIdleAsync()
    {
        for (var (i, before) = (0, -1L); i < MaxCompilerDelays && before != JitInfo.GetCompiledMethodCount(); i++)
        {
            before = JitInfo.GetCompiledMethodCount();
            await Task.Delay(s_compilerDelay);
        }
    }

    private static async Task<bool> HistoryAsync(DocumentBench bench)
    {
        bench.NewChange("long");
        for (var i = 0; i < LongHistory; i++)
            await bench.ApplyAsync(await bench.PlanAsync("long", "proposal.md", by: "bench"));
        var entries = 0;
        var times = Enumerable.Range(0, 9).Select(_ => Time(() => entries = bench.History("long", "proposal.md"))).ToList();
        return Print($"history of a file with {LongHistory} updates, {entries} entries (median)", Median(times), "limit", TimeSpan.FromMilliseconds(50), 1) && entries >= LongHistory;
    }

    // An update for each document of each change.
    private static async Task<IReadOnlyList<IReadOnlyList<UpdatePlan>>> PlansAsync(DocumentBench bench, string name, int changes)
    {
        var plans = new List<IReadOnlyList<UpdatePlan>>();
        for (var i = 0; i < changes; i++)
        {
            bench.NewChange($"{name}-{i}");
            plans.Add(await Task.WhenAll(DocumentBench.Documents.Select(document => bench.PlanAsync($"{name}-{i}", document))));
        }

        return plans;
    }

    private static bool Print(string what, TimeSpan value, string against, TimeSpan other, double limit)
    {
        var ratio = value / other;
        Console.WriteLine($"| {what} | {value.TotalMilliseconds:0.0} ms | {against}: {other.TotalMilliseconds:0.0} ms | {ratio:0.00}{(ratio > limit ? " OVER" : "")} | ≤ {limit} |");
        return ratio <= limit;
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private static TimeSpan Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start);
    }

    private sealed class Pair
    {
        public List<TimeSpan> Git { get; } = [];

        public List<TimeSpan> Updates { get; } = [];
    }
}
