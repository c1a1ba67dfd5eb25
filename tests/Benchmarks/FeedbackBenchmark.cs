using System.Collections;
using System.Diagnostics;
using System.Globalization;
using Workflow.Feedback;
using Workflow.Feedback.Analyses;
using Workflow.Feedback.Improvements;
using Workflow.Feedback.Metrics;
using Workflow.Feedback.Statistics;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Benchmarks;

/// <summary><c>bench.sh feedback</c>: the four analyses over a million events, what recording an event costs its caller, a whole cycle of the loop.</summary>
internal static class FeedbackBenchmark
{
    private const int Events = 1_000_000;
    private const int Appended = 20_000;

    // Ten kinds of events in turns: revisions through their stages, questions with routes and answers, updates that meet other writers.
    private const string Fill =
        """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < @Last)
        INSERT INTO event(at, type, change_id, revision, subject, data)
        SELECT @Start + i * 100,
               CASE i % 10 WHEN 0 THEN 'revision.detected' WHEN 1 THEN 'question.asked' WHEN 2 THEN 'revision.stage' WHEN 3 THEN 'question.route_tried' WHEN 4 THEN 'question.answered'
                           WHEN 5 THEN 'revision.stage' WHEN 6 THEN 'update.planned' WHEN 7 THEN 'update.applied' WHEN 8 THEN 'revision.stage' ELSE 'update.superseded' END,
               'change-' || (i / 10 % 200), printf('%064d', i / 10), CASE WHEN i % 10 IN (1, 3, 4) THEN 'q-' || (i / 10) ELSE 'u-' || (i / 10) END,
               CASE i % 10 WHEN 0 THEN '{"files":3,"bytes":2000,"problems":0,"stage":"Detected","reason":null}' WHEN 1 THEN '{"asked_by":"built-in","status":"Open","again":false,"options":0,"priority":1}'
                           WHEN 2 THEN '{"from":"Detected","to":"Reviewing","reason":null,"by":null}' WHEN 3 THEN '{"route":"agents","agent":"librarian","success":true,"outcome":"Answered","delay_ms":' || (20 + i % 70) || '}'
                           WHEN 4 THEN '{"answer":"a","answered_by":"librarian","route":"agents","confidence":0.9,"late":false,"delay_ms":' || (30 + i % 90) || '}'
                           WHEN 5 THEN '{"from":"Reviewing","to":"Drafting","reason":null,"by":null}' WHEN 8 THEN '{"from":"Drafting","to":"Done","reason":null,"by":null}'
                           WHEN 9 THEN '{"why":"proposal-' || (i % 7) || '.md has been changed since the plan was made"}' ELSE '{"kinds":"ReviewReport","files":["review.md"]}' END
        FROM n
        """;

    public static int Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("wo-bench-feedback-").FullName;
        try
        {
            var events = new EventHub();
            await using var store = SqliteStore.Open(Path.Combine(folder, "store.db"), TimeProvider.System, events);
            var settings = ((SettingsOutcome.Valid)SettingsLoader.Load(folder, null, new Hashtable(), new Dictionary<string, string?> { ["question_routing.max_concurrent_questions"] = "1" })).Settings;
            var board = new TunableBoard(settings);
            var feedback = new FeedbackStore(store, new ImprovementStore(store), TimeProvider.System);
            var recording = await RecordAsync(store);
            var start = TimeProvider.System.GetUtcNow().AddDays(-3).ToUnixTimeMilliseconds();
            await store.WriteAsync(transaction => transaction.Execute(Fill, new { Last = Events - 1, Start = start }));
            var before = PeakMegabytes();
            var (report, analyses) = Time(() => WorkAnalysis.Analyze(feedback.DigestSince(DateTimeOffset.UnixEpoch), board));
            var peak = PeakMegabytes();
            var cycle = await CycleAsync(store, feedback, board, settings);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Events} events, {report.Insights.Count} insights; peak of the process before the analyses {before:0} MB"));
            return Report(
            [
                ("four analyses over 1,000,000 events in the store", analyses.TotalSeconds, 2, "s"),
                ("peak resident memory of the process after them", peak, 200, "MB"),
                ("recording an event, for its caller (mean of 20,000)", recording, 20, "us"),
                ("a whole cycle: windows, analyses, plan", cycle.TotalSeconds, 10, "s"),
            ]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // In batches of 100, as a review with its findings and questions is stored; the flush to the disk is the transaction's, not the event's.
    private static async Task<double> RecordAsync(SqliteStore store)
    {
        var spent = TimeSpan.Zero;
        for (var round = 0; round < (Appended / 100) + 5; round++)
        {
            var isWarm = round >= 5;
            await store.WriteAsync(transaction =>
            {
                var from = Stopwatch.GetTimestamp();
                for (var i = 0; i < 100; i++)
                    transaction.Append(new NewEvent(EventTypes.RouteTried, "change", "r", "q", new { route = "agents", agent = "librarian", success = true, outcome = "Answered", delay_ms = 20L }));
                if (isWarm)
                    spent += Stopwatch.GetElapsedTime(from);
            });
        }

        return spent.TotalMicroseconds / Appended;
    }

    private static async Task<TimeSpan> CycleAsync(SqliteStore store, FeedbackStore feedback, TunableBoard board, OrchestratorSettings settings)
    {
        var from = Stopwatch.GetTimestamp();
        await new MetricRecorder(store, new MetricStore(store), TimeProvider.System).UpdateAsync(CancellationToken.None);
        var report = WorkAnalysis.Analyze(feedback.DigestSince(DateTimeOffset.UnixEpoch), board);
        await feedback.SaveAsync(report, CancellationToken.None);
        ImprovementPlanner.Plan(report.Insights, [], settings.Feedback, new TuningEnvironment("built-in", "", 0, "", "").Fingerprint, TimeProvider.System.GetUtcNow());
        return Stopwatch.GetElapsedTime(from);
    }

    private static (T Result, TimeSpan Took) Time<T>(Func<T> work)
    {
        var from = Stopwatch.GetTimestamp();
        var result = work();
        return (result, Stopwatch.GetElapsedTime(from));
    }

    private static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }

    private static int Report((string What, double Value, double Limit, string Unit)[] rows)
    {
        var lines = rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"| {row.What} | {row.Value:0.##} {row.Unit} | <= {row.Limit:0.##} {row.Unit} | {row.Value / row.Limit:0.00} | {(row.Value <= row.Limit ? "kept" : "BROKEN")} |"));
        var text = string.Join('\n', lines.Prepend("|---|---|---|---|---|").Prepend("| feedback | measured | limit | ratio | |")) + "\n";
        Console.WriteLine(text);
        Directory.CreateDirectory("artifacts/bench");
        File.WriteAllText("artifacts/bench/feedback.md", text);
        return rows.All(row => row.Value <= row.Limit) ? 0 : 1;
    }
}
