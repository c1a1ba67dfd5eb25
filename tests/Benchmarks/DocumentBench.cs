using System.Collections;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Documents.History;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Storage;

namespace Benchmarks;

/// <summary>A repository with changes, and the parts of the daemon that update their documents.</summary>
internal sealed class DocumentBench : IAsyncDisposable
{
    private const int Flushes = 1000;
    private const string MemoryFolder = "/dev/shm";

    private readonly string _folder;
    private readonly Repository _repository;
    private readonly OrchestratorSettings _settings;
    private readonly EventHub _events = new();
    private readonly HealthBoard _health = new(TimeProvider.System);
    private readonly SqliteStore _store;
    private readonly ChangeReader _reader;
    private readonly UpdateCommitter _committer;
    private readonly BreakerWatch _breaker;
    private readonly DocumentHistory _history;
    private readonly UpdateSteps _steps;
    private readonly UpdateGate _gate;
    private readonly DocumentUpdates _documents;

    private DocumentBench(bool autoCommit, string folder)
    {
        _folder = folder;
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
        var overrides = new Dictionary<string, string?> { ["document_updates.auto_commit"] = autoCommit ? "true" : "false", ["document_updates.max_updates_per_hour"] = "1000000", ["document_updates.breaker_rate"] = "1" };
        _settings = ((SettingsOutcome.Valid)SettingsLoader.Load(_repository.Root, null, new Hashtable(), overrides)).Settings;
        _store = SqliteStore.Open(_repository.StoreFile, time, _events);
        _reader = new ChangeReader(_repository.ChangesFolder, new ScanLimits(1 << 20, 1000), time);
        _gate = new UpdateGate(_repository);
        _committer = new UpdateCommitter(_repository, _settings, _health, time);
        var updates = new UpdateStore(time);
        var questions = new QuestionDesk(_store, new QuestionStore(time), new AnswerDesk(new QuestionStore(time), new AnswerStore(time), _settings, time), new AnswerWaiters(_events), time);
        _breaker = new BreakerWatch(_store, _events, _health, _settings, time);
        var facts = new PolicyFactsReader(_store, new OpenChangeOverlap(_repository), _breaker, _settings, time);
        var judge = new UpdateJudge(_store, _repository, _settings, _gate, facts);
        var journal = new UpdateJournal(_store, updates, new ChangeStore(_store, time), new FollowUpWriter(_repository, updates, questions, time), NullLogger<UpdateJournal>.Instance);
        _steps = new UpdateSteps(judge, journal, _committer, _reader, new ChangeTraces(_store), _repository, _settings, NullLogger<UpdateSteps>.Instance);
        _history = new DocumentHistory(_store, _repository, questions);
        _documents = new DocumentUpdates(_store, updates, _reader, _repository, time);
    }

    /// <summary>Documents of <see cref="NewChange"/>.</summary>
    public static IReadOnlyList<string> Documents { get; } = ["proposal.md", "design.md", "tasks.md", "specs/auth/spec.md", "specs/login/spec.md"];

    /// <summary>A repository on the disk of the temporary folder, or in memory where the system has a file system for that.</summary>
    public static DocumentBench Create(bool autoCommit, bool inMemory = false) => new(
        autoCommit, inMemory && Directory.Exists(MemoryFolder) ? Directory.CreateDirectory(Path.Combine(MemoryFolder, $"wo-bench-{Guid.NewGuid():N}")).FullName : Directory.CreateTempSubdirectory("wo-bench-").FullName);

    /// <summary>A change with the usual sizes; returns the path of its proposal.</summary>
    public string NewChange(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_repository.ChangesFolder, name)).FullName;
        foreach (var capability in new[] { "auth", "login" })
        {
            Directory.CreateDirectory(Path.Combine(folder, "specs", capability));
            File.WriteAllText(Path.Combine(folder, "specs", capability, "spec.md"), "## ADDED Requirements\n### Requirement: A\nThe system SHALL a.\n\n#### Scenario: B\n- **WHEN** x\n- **THEN** y\n");
        }

        File.WriteAllText(Path.Combine(folder, "design.md"), "# Design\n\n## Context\n" + string.Concat(Enumerable.Repeat("A line of the usual length about the design.\n", 60)));
        File.WriteAllText(Path.Combine(folder, "tasks.md"), "## 1. Work\n\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"- [ ] 1.{i} Do the step {i}\n")));
        var proposal = Path.Combine(folder, "proposal.md");
        File.WriteAllText(proposal, "# Change\n\n## Why\n" + string.Concat(Enumerable.Repeat("A line of the usual length about why.\n", 48)));
        return proposal;
    }

    /// <summary>A plan that appends a line to a document.</summary>
    public async Task<UpdatePlan> PlanAsync(string name, string document, string? by = null)
    {
        var content = ((ChangeReading.Complete)await _reader.ReadAsync(ChangeId.Parse(name), CancellationToken.None)).Content;
        var file = content.Find(document)!;
        var length = Encoding.UTF8.GetString(file.Bytes.Span).Length;
        var edit = new FileEdit.Patch(DocumentPath.Parse(document), file.Sha256, [new TextEdit(length, "", "- a line\n")]);
        return new UpdatePlan(UpdateId.New(TimeProvider.System), content.Id, content.Revision, [edit], UpdateKinds.TextEdit, "a line") { ApprovedBy = by };
    }

    public void Gate(UpdatePlan plan)
    {
        var path = plan.Files[0].Path;
        var bytes = File.ReadAllBytes(Path.Combine(_repository.ChangesFolder, plan.Change.Value, path.Value));
        var ready = (Preparation.Complete)UpdatePreparer.Prepare(plan, new Dictionary<DocumentPath, byte[]?> { [path] = bytes });
        if (_gate.Open(plan.Change).Check(ready.Update) is { } worse)
            throw new InvalidOperationException(worse);
    }

    public async Task ApplyAsync(UpdatePlan plan)
    {
        await _documents.UpdateDocumentAsync(plan, CancellationToken.None);
        await FinishAsync(plan.Id);
    }

    public async Task UndoAsync(UpdateId id) =>
        await FinishAsync(((UpdateDecision.Done)await _documents.UndoAsync(id, "bench", CancellationToken.None)).Update.Id);

    public int History(string change, string path) => _history.Of(ChangeId.Parse(change), DocumentPath.Parse(path)).Count;

    /// <summary>Stores the plans, as their changes would at the same time, and lets the DocumentManager write them; returns when the last is applied.</summary>
    public async Task RunManagerAsync(IReadOnlyList<IReadOnlyList<UpdatePlan>> plansByChange)
    {
        var left = plansByChange.Sum(plans => plans.Count);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var applied = _events.Subscribe(happened =>
        {
            if (happened.Type == EventTypes.UpdateApplied && Interlocked.Decrement(ref left) == 0)
                done.TrySetResult();
            else if (happened.Type is EventTypes.UpdateHeld or EventTypes.UpdateRefused or EventTypes.UpdateSuperseded)
                done.TrySetException(new InvalidOperationException($"{happened.Type}: {happened.Data}"));
        });
        var supervisor = new ServiceSupervisor(new Lifetime(), TimeProvider.System, NullLogger<ServiceSupervisor>.Instance);
        using var manager = new DocumentManager(_store, _steps, _events, _health, _repository, _settings, TimeProvider.System, supervisor, NullLogger<DocumentManager>.Instance);
        await manager.StartAsync(CancellationToken.None);
        await Task.WhenAll(plansByChange.SelectMany(plans => plans).Select(plan => _documents.UpdateDocumentAsync(plan, CancellationToken.None)));
        await done.Task;
        await manager.StopAsync(CancellationToken.None);
    }

    public double FlushesPerSecond()
    {
        using var file = new FileStream(Path.Combine(_folder, "flush"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Flushes; i++)
        {
            file.Write(new byte[4096]);
            file.Flush(flushToDisk: true);
        }

        return Flushes / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>What a person would do: a line, <c>git add</c>, <c>git commit --only</c>.</summary>
    public void CommitByHand(string file)
    {
        File.AppendAllText(file, "- a line\n");
        Git("add", "--", file);
        Git("commit", "-q", "--only", "-m", "a line", "--", file);
    }

    public async ValueTask DisposeAsync()
    {
        _committer.Dispose();
        _breaker.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Git(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = _repository.Root, UseShellExecute = false })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"git {arguments[0]} failed");
    }

    private async Task FinishAsync(UpdateId id)
    {
        await _steps.StepAsync(id, CancellationToken.None);
        if (_documents.Find(id) is not { State: UpdateState.Applied } update)
            throw new InvalidOperationException($"update {id} is {_documents.Find(id)?.State}: {_documents.Find(id)?.StateReason}");
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => throw new InvalidOperationException("A service failed.");
    }
}
