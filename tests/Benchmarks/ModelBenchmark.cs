using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using OpenSpec;
using Platform.Models;
using Platform.Models.Schema;
using Testing.Models;
using Workflow.Changes;
using Workflow.Review;
using Workflow.Review.BuiltIn;

namespace Benchmarks;

/// <summary>
/// <c>bench.sh models</c>: how well the client fills a server's slots, what it costs beside the server's own time, how much of the prompts the real
/// engine's cache serves, and how fast the built-in reviewer is. Each against its limit.
/// </summary>
internal static class ModelBenchmark
{
    private const int Slots = 4;
    private const int Changes = 50;
    private const int CallsOfAChange = 6;
    private const double MaxMakespan = 1.05;
    private const double MaxOverheadMilliseconds = 5;
    private const double MinCachedShare = 0.8;
    private const double MinRequirements = 2000;

    private static readonly TimeSpan s_serviceTime = TimeSpan.FromMilliseconds(200);

    private static readonly ResponseSchema s_schema = ResponseSchema.Parse(
        "verdict", """{"type":"object","properties":{"reason":{"type":"string","maxLength":40},"ok":{"type":"boolean"}},"required":["reason","ok"],"additionalProperties":false}""");

    /// <summary>Runs all; the exit code tells whether every limit is kept.</summary>
    public static int Run() => MeasureAsync().GetAwaiter().GetResult();

    private static async Task<int> MeasureAsync()
    {
        var table = new List<Row> { await OverheadAsync(), await MakespanAsync() };
        if (RealEngine.Folder is not null)
            table.Add(await PromptCacheAsync());
        else
            table.Add(new Row("prompt tokens from the real engine's cache", "not measured: the engine is not installed (scripts/test.sh)", $">= {MinCachedShare:P0}", false));
        table.AddRange(await ModelReviewBenchmark.MeasureAsync());
        table.Add(await BuiltInAsync());

        var text = "| Models | measured | limit | |\n|---|---|---|---|\n" + string.Concat(table.Select(row => $"| {row.What} | {row.Measured} | {row.Limit} | {(row.IsKept ? "kept" : "BROKEN")} |\n"));
        Console.WriteLine(text);
        Directory.CreateDirectory("artifacts/bench");
        await File.WriteAllTextAsync("artifacts/bench/models.md", text);
        return table.TrueForAll(row => row.IsKept) ? 0 : 1;
    }

    // 50 changes whose calls follow each other, all at once: what the slots could do at best is their service time alone.
    private static async Task<Row> MakespanAsync()
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { Slots = Slots, ServiceTime = s_serviceTime, ContextTokens = 131_072 });
        using var server = Create(simulator.Address);
        await AskAsync(server, "warm up", null);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Changes).Select(async change =>
        {
            for (var call = 0; call < CallsOfAChange; call++)
                await AskAsync(server, $"change {change}, call {call}", $"change {change}");
        }));
        var makespan = Stopwatch.GetElapsedTime(started);
        var ideal = s_serviceTime * Changes * CallsOfAChange / Slots;
        var ratio = makespan / ideal;
        return new Row($"{Changes} changes of {CallsOfAChange} calls on {Slots} slots: makespan / (service time / slots)", $"{Format(ratio)} ({Format(makespan.TotalSeconds)} s / {Format(ideal.TotalSeconds)} s)", $"<= {Format(MaxMakespan)}", ratio <= MaxMakespan);
    }

    private static async Task<Row> OverheadAsync()
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { Slots = 1, ServiceTime = TimeSpan.FromMilliseconds(20) });
        var folder = Directory.CreateTempSubdirectory("wo-bench-models-").FullName;
        try
        {
            using var server = Create(simulator.Address, folder);
            var overheads = new List<double>();
            var document = string.Concat(Enumerable.Repeat("The system SHALL keep every order until the customer has confirmed it.\n", 60));
            for (var call = 0; call < 220; call++)
            {
                var before = simulator.Served;
                var started = Stopwatch.GetTimestamp();
                await AskAsync(server, document + call, "bench");
                var total = Stopwatch.GetElapsedTime(started);
                if (call >= 20) // the runtime has compiled what is used
                    overheads.Add((total - (simulator.Served - before)).TotalMilliseconds);
            }

            overheads.Sort();
            var (p50, p95) = (overheads[overheads.Count / 2], overheads[(int)(overheads.Count * 0.95)]);
            return new Row("overhead of a call beside the server's time, p50 (p95)", $"{Format(p50)} ms ({Format(p95)} ms)", $"<= {Format(MaxOverheadMilliseconds)} ms", p50 <= MaxOverheadMilliseconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Static rules, then the document, then one section: the order that the server's cache needs.
    private static async Task<Row> PromptCacheAsync()
    {
        await using var engine = await RealEngine.StartAsync(slots: 1, contextTokens: 8192);
        using var server = Create(engine.Address);
        var document = OpenSpecSample.Make()["changes/change-001/specs/capability-001/spec.md"];
        var shares = new List<double>();
        for (var section = 0; section < 8; section++)
        {
            var usage = (await AskAsync(server, $"{document}\nJudge section {section}.", "document")).Usage;
            shares.Add((double)(usage.CachedTokens ?? 0) / usage.PromptTokens);
        }

        var worst = shares.Skip(1).Min();
        return new Row("prompt tokens from the real engine's cache, from the second section on (worst)", worst.ToString("P1", CultureInfo.InvariantCulture), $">= {MinCachedShare.ToString("P0", CultureInfo.InvariantCulture)}", worst >= MinCachedShare);
    }

    private static async Task<Row> BuiltInAsync()
    {
        var project = new OpenSpecProject(MemoryFiles.FromText(OpenSpecSample.Make()));
        var changes = Enumerable.Range(0, 330).Select(number => $"change-{number:000}").ToList();
        var reviewer = new BuiltInReviewer();
        await ReviewAsync(); // compiles and reads
        var seconds = double.MaxValue;
        for (var round = 0; round < 3; round++) // the best one: what else the machine does is no cost of ours
        {
            var started = Stopwatch.GetTimestamp();
            await ReviewAsync();
            seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        var rate = changes.Count * 3 / seconds; // three requirements a change
        return new Row("built-in reviewer, requirements a second (validation included)", Format(rate), $">= {Format(MinRequirements)}", rate >= MinRequirements);

        async Task ReviewAsync()
        {
            foreach (var change in changes)
                await reviewer.ReviewAsync(new ReviewRequest(ChangeId.Parse(change), new RevisionHash(""), project), CancellationToken.None);
        }
    }

    private static async Task<ModelAnswer> AskAsync(ModelServer server, string text, string? prefix)
    {
        var outcome = await server.Client.AskAsync(
            [new ChatMessage(ChatRole.System, "You review requirements."), new ChatMessage(ChatRole.User, text)],
            new ModelRequestOptions("bench") { Schema = s_schema, MaxOutputTokens = 128, PrefixKey = prefix },
            CancellationToken.None);
        return outcome is ModelOutcome.Answered answered ? answered.Answer : throw new InvalidOperationException(outcome.ToString());
    }

    private static ModelServer Create(Uri address, string? recordFolder = null) =>
        ModelServer.Create(new ModelServerSettings(address) { RecordFolder = recordFolder }, NullLoggerFactory.Instance, TimeProvider.System);

    private static string Format(double value) => value.ToString(value < 100 ? "0.00" : "N0", CultureInfo.InvariantCulture);

    internal sealed record Row(string What, string Measured, string Limit, bool IsKept);
}
