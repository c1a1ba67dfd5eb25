using System.Diagnostics;
using System.Globalization;
using System.Text;
using McpOrchestrator.Agents;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Librarian;
using McpOrchestrator.Agents.Librarian.Index;
using Microsoft.Extensions.Logging.Abstractions;

namespace Benchmarks;

/// <summary>
/// <c>bench.sh librarian</c>: indexing 50,000 passages and answering from them, against their limits, and against reading all files for each
/// question, which is what an agent without an index does.
/// </summary>
internal static class LibrarianBenchmark
{
    private const int Files = 2300; // of 22 passages each
    private const int Questions = 400;
    private const double MaxIndexSeconds = 20;
    private const double MaxAnswerMilliseconds = 20;
    private const double MinRatio = 10;

    /// <summary>Runs all; the exit code tells whether every limit is kept.</summary>
    public static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("wo-bench-librarian-").FullName;
        try
        {
            return MeasureAsync(folder).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> MeasureAsync(string folder)
    {
        var words = new WordSource();
        var root = Path.Combine(folder, "repo");
        for (var i = 0; i < Files; i++) WriteSpec(root, i, words);
        await using var agent = new LibrarianAgent(
            AgentDefinition.BuiltIn with { Paths = ["."] }, root, PassageStore.Open(Path.Combine(folder, "index.db")), TimeProvider.System, NullLogger<LibrarianAgent>.Instance);

        var table = new List<(string What, string Measured, string Limit, bool IsKept)>();
        var index = await TimeAsync(() => agent.RefreshAsync(CancellationToken.None));
        table.Add(($"index {agent.Count().Passages:N0} passages", $"{Format(index / 1000)} s", $"<= {Format(MaxIndexSeconds)} s", index / 1000 <= MaxIndexSeconds));
        var refresh = await TimeAsync(() => agent.RefreshAsync(CancellationToken.None));
        table.Add(("look for changes again", $"{Format(refresh)} ms", "-", true));

        var questions = Enumerable.Range(0, Questions).Select(i => words.Question(i)).ToList();
        foreach (var question in questions.Take(40)) Answer(agent, question); // warms up what the runtime compiles
        var times = questions.Select(q => Time(() => Answer(agent, q))).Order().ToList();
        var p95 = times[(int)(times.Count * 0.95)];
        table.Add(("answer, 95th percentile", $"{Format(p95)} ms", $"<= {Format(MaxAnswerMilliseconds)} ms", p95 <= MaxAnswerMilliseconds));
        var scan = Time(() => ScanAll(root, questions[0]));
        var ratio = scan / times[times.Count / 2];
        table.Add(("faster than reading all files", $"{Format(ratio)} x", $">= {Format(MinRatio)} x", ratio >= MinRatio));

        var text = string.Join('\n', table.Select(r => $"| {r.What} | {r.Measured} | {r.Limit} | {(r.IsKept ? "kept" : "BROKEN")} |").Prepend("|---|---|---|---|").Prepend("| Librarian | measured | limit | |")) + "\n";
        Console.WriteLine(text);
        Directory.CreateDirectory("artifacts/bench");
        await File.WriteAllTextAsync("artifacts/bench/librarian.md", text);
        return table.TrueForAll(r => r.IsKept) ? 0 : 1;
    }

    private static void Answer(LibrarianAgent agent, string question) => agent.Answer(new AgentQuestion(question, AskContext.None, null));

    private static void ScanAll(string root, string question)
    {
        var wanted = question.Split(' ');
        var found = 0;
        foreach (var file in Directory.EnumerateFiles(root, "*.md", SearchOption.AllDirectories))
        {
            foreach (var line in File.ReadLines(file)) found += wanted.Count(w => line.Contains(w, StringComparison.OrdinalIgnoreCase));
        }

        GC.KeepAlive(found);
    }

    private static void WriteSpec(string root, int number, WordSource words)
    {
        var text = new StringBuilder($"# {words.Next()} Specification\n\n## Purpose\n{words.Next()} {words.Next()} {words.Next()}.\n\n## Requirements\n");
        for (var i = 0; i < 7; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### Requirement: {words.Many(3)}\nThe {words.Next()} service SHALL {words.Many(4)} within {words.Number()} ms, {words.Many(3)} and {words.Many(4)}.\n");
            for (var k = 0; k < 2; k++)
                text.Append(CultureInfo.InvariantCulture, $"\n#### Scenario: {words.Many(2)}\n- **WHEN** the {words.Many(3)} exceeds {words.Next()}\n- **THEN** the {words.Many(2)} is {words.Many(3)} and fails\n");
        }

        var folder = Path.Combine(root, "openspec", "specs", $"{words.Next()}-{number}");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "spec.md"), text.ToString());
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Format(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Words as a language has them: few that are everywhere, many that are rare. The same in every run.</summary>
    private sealed class WordSource
    {
        private const string Consonants = "bcdfghklmnprstvz";
        private const string Vowels = "aeiou";
        private readonly Random _random = new(7);
        private readonly string[] _words = [.. Enumerable.Range(30, 20_000).Select(Spell)];

        public string Next() => _words[(int)(_words.Length * Math.Pow(_random.NextDouble(), 4))];

        public string Many(int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => Next()));

        public int Number() => _random.Next(1, 900);

        public string Question(int number) => (number % 3) switch
        {
            0 => $"What is the limit for latency in '{Many(2)}', in which unit, and what happens beyond it?",
            1 => $"What should happen in '{Many(3)}' when the {Next()} fails?",
            _ => $"How long does the {Many(2)} service {Next()} the {Next()}?",
        };

        private static string Spell(int number)
        {
            var word = new StringBuilder();
            for (; number > 0; number /= Consonants.Length * Vowels.Length)
                word.Append(Consonants[number % Consonants.Length]).Append(Vowels[number / Consonants.Length % Vowels.Length]);
            return word.ToString();
        }
    }
}
