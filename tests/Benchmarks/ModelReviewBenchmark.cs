using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Files;
using Platform.Models.Recording;
using Testing;
using Testing.Models;
using Workflow.Commands;
using Workflow.Mcp;

namespace Benchmarks;

/// <summary>The daemon itself reviewing with a model: how well it fills the server's slots, what it sends, and what the real engine's prompt cache makes of it.</summary>
internal static partial class ModelReviewBenchmark
{
    private const int Slots = 4;
    private const int Changes = 50;
    private const double MaxMakespan = 1.05;
    private const double MaxTokenShare = 0.4;
    private const double MinCachedShare = 0.8;

    private static readonly TimeSpan s_serviceTime = TimeSpan.FromMilliseconds(300);
    private static readonly string[] s_reviewed = ["done", "awaiting_answers", "awaiting_review", "parked", "drafting", "applying"];

    public static async Task<IReadOnlyList<ModelBenchmark.Row>> MeasureAsync()
    {
        var rows = new List<ModelBenchmark.Row>();
        rows.AddRange(await WithSimulatorAsync());
        if (RealEngine.Folder is not null)
            rows.Add(await WithEngineAsync());
        return rows;
    }

    private static async Task<IReadOnlyList<ModelBenchmark.Row>> WithSimulatorAsync()
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { Slots = Slots, ServiceTime = s_serviceTime, ContextTokens = 131_072 });
        var documents = await ServeAsync(simulator.Address, Changes, _ => { });
        var ideal = s_serviceTime * simulator.Requests.Count / Slots;
        var ratio = simulator.Span / ideal;
        // Characters stand for tokens: both sides of the ratio are text of the same kind.
        var sent = simulator.Requests.Sum(request => (double)request.Prompt.Length);
        var all = simulator.Requests.Sum(request => documents.First(change => request.Prompt.Contains(change.Mark, StringComparison.Ordinal)).Length + (double)request.SystemLength);
        return
        [
            new($"daemon: {Changes} changes, {simulator.Requests.Count} calls on {Slots} slots: makespan / (service time / slots)", $"{ratio:0.00} ({simulator.Span.TotalSeconds:0.0} s / {ideal.TotalSeconds:0.0} s)", $"<= {MaxMakespan:0.00}", ratio <= MaxMakespan),
            new("daemon: text sent, against sending all documents with every call", (sent / all).ToString("P0", CultureInfo.InvariantCulture), $"<= {MaxTokenShare.ToString("P0", CultureInfo.InvariantCulture)}", sent / all <= MaxTokenShare),
        ];
    }

    private static async Task<ModelBenchmark.Row> WithEngineAsync()
    {
        await using var engine = await RealEngine.StartAsync(slots: 1, contextTokens: 16_384);
        var calls = new List<(double Cached, double Prompt)>();
        await ServeAsync(engine.Address, 1, exchanges =>
        {
            foreach (var exchange in ExchangeFiles.Read(exchanges).Where(exchange => exchange is { Purpose: "review-section", Attempt: 1 }))
            {
                if (Prompt().Match(exchange.Body) is { Success: true } prompt && Cached().Match(exchange.Body) is { Success: true } cached)
                    calls.Add((double.Parse(cached.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(prompt.Groups[1].Value, CultureInfo.InvariantCulture)));
            }
        });
        List<(double Cached, double Prompt)> later = [.. calls.Skip(1)];
        var share = later.Sum(call => call.Cached) / Math.Max(1, later.Sum(call => call.Prompt));
        var each = string.Join(", ", later.Select(call => (call.Cached / call.Prompt).ToString("P0", CultureInfo.InvariantCulture)));
        return new($"daemon on the real engine: prompt tokens from its cache in {later.Count} calls from the second section on (each)", $"{share.ToString("P0", CultureInfo.InvariantCulture)} ({each})", $">= {MinCachedShare.ToString("P0", CultureInfo.InvariantCulture)}", share >= MinCachedShare);
    }

    // Runs the daemon on a repository until every change is reviewed; gives each change's documents: a mark that its prompts hold, and their length.
    private static async Task<IReadOnlyList<(string Mark, int Length)>> ServeAsync(Uri model, int count, Action<string> look)
    {
        var folder = Directory.CreateDirectory($"/tmp/wo-bench-{Guid.NewGuid().ToString("N")[..8]}").FullName;
        try
        {
            var root = Path.Combine(folder, "repo");
            var documents = Write(root, count);
            var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);
            environment["XDG_STATE_HOME"] = Path.Combine(folder, "state");
            environment["WORKFLOW_ORCHESTRATOR_SOCKET"] = Path.Combine(folder, "d.sock");
            environment["MCP_ORCHESTRATOR_SOCKET"] = Path.Combine(folder, "m.sock");
            environment["LM_STUDIO_BASE_URL"] = model.ToString();
            environment["WO__HTTP__LISTEN"] = "127.0.0.1:0";
            environment["WO__DOCUMENT_UPDATES__MODE"] = "shadow"; // writes would be revisions to review again
            environment["WO__REVIEW__MAX_CONCURRENT_CHANGES"] = "8"; // more than slots, so that a slot never waits for the next question
            environment["WO__REVIEW__MAX_MODEL_SECTIONS"] = "100";
            await using var daemon = RunningProgram.Start(Environment.GetEnvironmentVariable("WO_BENCH_WO") ?? Path.Combine(AppContext.BaseDirectory, "wo"), ["--repo", root, "run"], folder, environment);
            await Eventually.HoldsAsync("all changes are reviewed", () => IsReviewedAsync(environment["WORKFLOW_ORCHESTRATOR_SOCKET"], count), () => daemon.Output, TimeSpan.FromMinutes(5));
            await daemon.TerminateAsync();
            look(Path.Combine(StateFolder.Of(StateFolder.RealPath(root), environment), "exchanges"));
            return documents;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> IsReviewedAsync(string socket, int count)
    {
        try
        {
            await using var client = await DaemonClient.ConnectAsync(socket, "benchmark", CancellationToken.None);
            return await client.CallAsync("list_changes", null, TimeSpan.FromSeconds(30), CancellationToken.None) is DaemonReply.Done { Result: var result }
                && result.Items("changes").Count(change => s_reviewed.Contains(change.Text("stage"))) == count;
        }
        catch (DaemonUnreachableException)
        {
            return false;
        }
    }

    private static List<(string Mark, int Length)> Write(string root, int count)
    {
        var files = OpenSpecSample.Make();
        var documents = new List<(string, int)>();
        for (var number = 0; number < count; number++)
        {
            var (change, spec) = ($"changes/change-{number:000}/", $"specs/capability-{number:000}/spec.md");
            var own = files.Where(file => file.Key.StartsWith(change, StringComparison.Ordinal) || file.Key == spec).ToList();
            foreach (var (path, text) in own)
            {
                var target = Path.Combine(root, "openspec", path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllText(target, Marked(path, text, number));
            }

            documents.Add(($"number-{number:000}", own.Sum(file => Marked(file.Key, file.Value, number).Length)));
        }

        return documents;
    }

    // A word that only this change's documents hold, in every section, so that no two prompts are the same.
    private static string Marked(string path, string text, int number) =>
        path.EndsWith(".md", StringComparison.Ordinal) ? text.Replace("order", $"number-{number:000}", StringComparison.Ordinal).Replace("the ", $"the number-{number:000} ", StringComparison.Ordinal) : text;

    [GeneratedRegex("\"prompt_tokens\":([0-9]+)")]
    private static partial Regex Prompt();

    [GeneratedRegex("\"cached_tokens\":([0-9]+)")]
    private static partial Regex Cached();
}
