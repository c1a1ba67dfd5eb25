using System.Collections;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Hosting;
using Workflow.Storage;

namespace Benchmarks;

/// <summary>What an update costs, against a bare git commit of the same file and the disk's own flush, measured in the same run on the same disk.</summary>
internal static class DocumentBenchmark
{
    private const int Rounds = 25;
    private const int ManyUpdates = 200;

    public static int Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<int> RunAsync()
    {
        Console.WriteLine("| measure | value | against | ratio | limit |");
        Console.WriteLine("|---|---|---|---|---|");
        var ok = await AgainstGitAsync();
        ok &= await AgainstFlushAsync();
        return ok ? 0 : 1;
    }

    private static async Task<bool> AgainstGitAsync()
    {
        await using var bench = Bench.Create(autoCommit: true);
        var git = new List<TimeSpan>();
        var updates = new List<TimeSpan>();
        var undos = new List<TimeSpan>();
        var gates = new List<TimeSpan>();
        for (var i = 0; i < Rounds; i++)
        {
            // Each round a change of its own, so that the limit on updates of one document stays out of it; interleaved, so that both see the same load.
            var bare = bench.NewChange($"bare-{i}");
            git.Add(Time(() =>
            {
                File.AppendAllText(bare, "- a line\n");
                bench.Git("add", "--", bare);
                bench.Git("commit", "-q", "--only", "-m", "a line", "--", bare);
            }));
            bench.NewChange($"update-{i}");
            var plan = await bench.PlanAsync($"update-{i}");
            gates.Add(Time(() => bench.Gate(plan)));
            updates.Add(await TimeAsync(() => bench.ApplyAsync(plan)));
            undos.Add(await TimeAsync(() => bench.UndoAsync(plan.Id)));
        }

        var ok = Print("one update, all steps, durable (median)", Median(updates), "git add + git commit --only", Median(git), 1.6);
        ok &= Print("undo of one update (median)", Median(undos), "one update", Median(updates), 2);
        return Print("validating an update in memory (median)", Median(gates), "limit 5 ms", TimeSpan.FromMilliseconds(5), 1) && ok;
    }

    private static async Task<bool> AgainstFlushAsync()
    {
        await using var bench = Bench.Create(autoCommit: false);
        for (var i = 0; i < ManyUpdates; i++)
            bench.NewChange($"many-{i}");
        var flushes = bench.FlushesPerSecond();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < ManyUpdates; i++)
            await bench.ApplyAsync(await bench.PlanAsync($"many-{i}"));
        var rate = ManyUpdates / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine($"| updates without git, each durable | {rate:0.0}/s | flushes of the disk {flushes:0}/s | {rate / flushes:0.00} | ≥ 0.3 |");
        var history = Time(() => bench.History("many-0"));
        return Print("history of a change", history, "limit 50 ms", TimeSpan.FromMilliseconds(50), 1) && rate / flushes >= 0.3;
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

    private sealed class Bench : IAsyncDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("wo-bench-").FullName;
        private readonly Repository _repository;
        private readonly SqliteStore _store;
        private readonly ChangeReader _reader;
        private readonly UpdateSteps _steps;
        private readonly UpdateGate _gate;
        private readonly DocumentUpdates _documents;

        private Bench(bool autoCommit)
        {
            _repository = new Repository(Path.Combine(_folder, "repo"), Path.Combine(_folder, "repo", "openspec", "changes"), Path.Combine(_folder, "state"));
            Directory.CreateDirectory(_repository.ChangesFolder);
            Directory.CreateDirectory(_repository.StateFolder);
            if (autoCommit)
            {
                Git("init", "-q", "-b", "main");
                Git("config", "user.name", "Bench");
                Git("config", "user.email", "bench@example.org");
                Git("commit", "-q", "--allow-empty", "-m", "first");
            }

            var time = TimeProvider.System;
            var settings = ((SettingsOutcome.Valid)SettingsLoader.Load(_repository.Root, null, new Hashtable(), new Dictionary<string, string?> { ["document_updates.auto_commit"] = autoCommit ? "true" : "false" })).Settings;
            _store = SqliteStore.Open(_repository.StoreFile, time, new EventHub());
            _reader = new ChangeReader(_repository.ChangesFolder, new ScanLimits(1 << 20, 1000), time);
            _gate = new UpdateGate(_repository);
            var updates = new UpdateStore(time);
            _steps = new UpdateSteps(
                _store, updates, new ChangeStore(_store, time), _reader, _repository, settings, _gate, new UpdateCommitter(_repository, settings, new HealthBoard(time)), time, NullLogger<UpdateSteps>.Instance);
            _documents = new DocumentUpdates(_store, updates, _reader, _repository, time);
        }

        public static Bench Create(bool autoCommit) => new(autoCommit);

        /// <summary>A change with the usual sizes; returns the path of its proposal.</summary>
        public string NewChange(string name)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_repository.ChangesFolder, name)).FullName;
            Directory.CreateDirectory(Path.Combine(folder, "specs", "auth"));
            File.WriteAllText(Path.Combine(folder, "specs", "auth", "spec.md"), "## ADDED Requirements\n### Requirement: A\nThe system SHALL a.\n\n#### Scenario: B\n- **WHEN** x\n- **THEN** y\n");
            var proposal = Path.Combine(folder, "proposal.md");
            File.WriteAllText(proposal, "# Change\n\n## Why\n" + string.Concat(Enumerable.Repeat("A line of the usual length about why.\n", 48)));
            return proposal;
        }

        public async Task<UpdatePlan> PlanAsync(string name)
        {
            var content = ((ChangeReading.Complete)await _reader.ReadAsync(ChangeId.Parse(name), CancellationToken.None)).Content;
            var proposal = content.Find("proposal.md")!;
            var length = Encoding.UTF8.GetString(proposal.Bytes.Span).Length;
            return new UpdatePlan(UpdateId.New(TimeProvider.System), content.Id, content.Revision, [new FileEdit.Patch(DocumentPath.Proposal, proposal.Sha256, [new TextEdit(length, "", "- a line\n")])], UpdateKinds.TextEdit, "a line");
        }

        public void Gate(UpdatePlan plan)
        {
            var bytes = File.ReadAllBytes(Path.Combine(_repository.ChangesFolder, plan.Change.Value, "proposal.md"));
            var ready = (Preparation.Complete)UpdatePreparer.Prepare(plan, new Dictionary<DocumentPath, byte[]?> { [DocumentPath.Proposal] = bytes });
            if (_gate.Check(plan.Change, ready.Update) is { } worse)
                throw new InvalidOperationException(worse);
        }

        public async Task ApplyAsync(UpdatePlan plan)
        {
            await _documents.UpdateDocumentAsync(plan, CancellationToken.None);
            await FinishAsync(plan.Id);
        }

        public async Task UndoAsync(UpdateId id) =>
            await FinishAsync(((UpdateDecision.Done)await _documents.UndoAsync(id, "bench", CancellationToken.None)).Update.Id);

        public void History(string name) => _ = _documents.GetChangeHistoryAsync(ChangeId.Parse(name), CancellationToken.None).GetAwaiter().GetResult();

        public double FlushesPerSecond()
        {
            using var file = new FileStream(Path.Combine(_folder, "flush"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 100; i++)
            {
                file.Write(new byte[4096]);
                file.Flush(flushToDisk: true);
            }

            return 100 / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public void Git(params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = _repository.Root, UseShellExecute = false })!;
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"git {arguments[0]} failed");
        }

        public async ValueTask DisposeAsync()
        {
            await _store.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }

        private async Task FinishAsync(UpdateId id)
        {
            while (await _steps.StepAsync(id, CancellationToken.None) is UpdateStep.Advanced)
            {
                // The next step.
            }

            if (_documents.Find(id) is not { State: UpdateState.Applied } update)
                throw new InvalidOperationException($"update {id} is {_documents.Find(id)?.State}: {_documents.Find(id)?.StateReason}");
        }
    }
}
