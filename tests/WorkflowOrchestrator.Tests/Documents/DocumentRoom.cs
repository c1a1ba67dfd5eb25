using System.Collections;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OpenSpec.Editing;
using Platform.Processes;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Documents.History;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Tests.Documents;

/// <summary>A git repository with one change, a store and the parts that carry updates out; no host and no waiting.</summary>
internal sealed class DocumentRoom : IAsyncDisposable
{
    public const string Proposal = "# Add export\n\n## Why\nBuyers ask for their orders as a file, and support makes it by hand today, which takes hours.\n\n## What Changes\n- Export of orders\n";

    public const string Delta = "## ADDED Requirements\n### Requirement: Export\nThe system SHALL export orders.\n\n#### Scenario: CSV\n- **WHEN** a buyer asks\n- **THEN** a file comes\n";

    public static readonly ChangeId Change = ChangeId.Parse("add-export");

    private readonly bool _keep;

    private DocumentRoom(string folder, bool keep, Dictionary<string, string?> settings)
    {
        _keep = keep;
        Folder = folder;
        Repository = new Repository(Path.Combine(folder, "repo"), Path.Combine(folder, "repo", "openspec", "changes"), Path.Combine(folder, "state"));
        Directory.CreateDirectory(Repository.ChangesFolder);
        Directory.CreateDirectory(Repository.StateFolder);
        Settings = ((SettingsOutcome.Valid)SettingsLoader.Load(Repository.Root, null, new Hashtable(), settings)).Settings;
        Events = new EventHub();
        Store = SqliteStore.Open(Repository.StoreFile, TimeProvider.System, Events);
        Health = new HealthBoard(TimeProvider.System);
        Updates = new UpdateStore(TimeProvider.System);
        Changes = new ChangeStore(Store, TimeProvider.System);
        Reader = new ChangeReader(Repository.ChangesFolder, new ScanLimits(1 << 20, 1000), TimeProvider.System);
        Committer = new UpdateCommitter(Repository, Settings, Health, TimeProvider.System);
        var questions = new QuestionStore(TimeProvider.System);
        Questions = new QuestionDesk(Store, questions, new AnswerDesk(questions, new AnswerStore(TimeProvider.System), Settings, TimeProvider.System), new AnswerWaiters(Events), TimeProvider.System);
        Breaker = new BreakerWatch(Store, Events, Health, Settings, TimeProvider.System);
        var facts = new PolicyFactsReader(Store, new OpenChangeOverlap(Repository), Breaker, Settings, TimeProvider.System);
        var followUps = new FollowUpWriter(Repository, Updates, Questions, TimeProvider.System);
        var judge = new UpdateJudge(Store, Repository, Settings, new UpdateGate(Repository), facts);
        Steps = new UpdateSteps(
            judge, new UpdateJournal(Store, Updates, Changes, followUps, NullLogger<UpdateJournal>.Instance), Committer, Reader, new ChangeTraces(Store), Repository, Settings, NullLogger<UpdateSteps>.Instance);
        History = new DocumentHistory(Store, Repository, Questions);
        Documents = new DocumentUpdates(Store, Updates, Reader, Repository, TimeProvider.System);
    }

    public string Folder { get; }

    public Repository Repository { get; }

    public OrchestratorSettings Settings { get; }

    public SqliteStore Store { get; }

    public EventHub Events { get; }

    public HealthBoard Health { get; }

    public UpdateStore Updates { get; }

    public ChangeStore Changes { get; }

    public ChangeReader Reader { get; }

    public UpdateCommitter Committer { get; }

    public UpdateSteps Steps { get; }

    public IDocumentUpdates Documents { get; }

    public QuestionDesk Questions { get; }

    public BreakerWatch Breaker { get; }

    public DocumentHistory History { get; }

    public string ChangeFolder => Path.Combine(Repository.ChangesFolder, Change.Value);

    /// <summary>A room in a new folder: repository with one commit, change written and not committed.</summary>
    public static async Task<DocumentRoom> CreateAsync(bool git = true, Dictionary<string, string?>? settings = null)
    {
        var room = Open(Directory.CreateTempSubdirectory("wo-docs-").FullName, keep: false, settings);
        if (git)
            await room.InitGitAsync();
        room.Write("proposal.md", Proposal);
        room.Write("specs/export/spec.md", Delta);
        return room;
    }

    /// <summary>A room in a folder that exists, as after a restart.</summary>
    public static DocumentRoom Open(string folder, bool keep = true, Dictionary<string, string?>? settings = null) =>
        new(folder, keep, settings ?? []);

    public async Task InitGitAsync(bool withCommit = true)
    {
        await GitAsync("init", "-q", "-b", "main");
        await GitAsync("config", "user.name", "A Person");
        await GitAsync("config", "user.email", "person@example.org");
        await GitAsync("config", "commit.gpgsign", "false");
        if (!withCommit)
            return;
        await File.WriteAllTextAsync(Path.Combine(Repository.Root, "README.md"), "read me\n");
        await GitAsync("add", "README.md");
        await GitAsync("commit", "-q", "-m", "first");
    }

    public string PathOf(string path) => Path.Combine(ChangeFolder, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllBytes(PathOf(path), Encoding.UTF8.GetBytes(text));
    }

    public string Text(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(PathOf(path)));

    public string HashOf(string path) => RevisionHasher.HashDocument(File.ReadAllBytes(PathOf(path)));

    /// <summary>Runs git in the repository and fails the test when git fails.</summary>
    public async Task<string> GitAsync(params string[] arguments)
    {
        var result = await TryGitAsync(arguments);
        Assert.True(result.ExitCode == 0, $"git {string.Join(' ', arguments)}: {result.Error}{result.Output}");
        return result.Output;
    }

    public Task<ChildProcessResult> TryGitAsync(params string[] arguments) =>
        ChildProcess.RunAsync(new ChildProcessCall("git", arguments, Repository.Root, TimeSpan.FromSeconds(30)) { Environment = GitEnvironment }, CancellationToken.None);

    private static Dictionary<string, string?> GitEnvironment { get; } = new() { ["GIT_EDITOR"] = "true", ["LC_ALL"] = "C" };

    public void WriteHook(string name, string script)
    {
        var path = Path.Combine(Repository.Root, ".git", "hooks", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    public async Task<RevisionHash> RevisionAsync() =>
        ((ChangeReading.Complete)await Reader.ReadAsync(Change, CancellationToken.None)).Content.Revision;

    /// <summary>A plan that puts text at the end of a document.</summary>
    public async Task<UpdatePlan> AppendPlanAsync(string path, string text, UpdateKinds kinds = UpdateKinds.TextEdit)
    {
        var now = Text(path);
        return new UpdatePlan(UpdateId.New(TimeProvider.System), Change, await RevisionAsync(), [new FileEdit.Patch(DocumentPath.Parse(path), HashOf(path), [new TextEdit(now.Length, "", text)])], kinds, "add a line");
    }

    /// <summary>A plan with an edit of the proposal, one of the delta and a new report: three documents.</summary>
    public async Task<UpdatePlan> ThreeFilePlanAsync()
    {
        var plan = await AppendPlanAsync("proposal.md", "\n## Clarifications\n\n- one\n");
        var delta = Text("specs/export/spec.md");
        return plan with
        {
            Files =
            [
                .. plan.Files,
                new FileEdit.Patch(DocumentPath.Parse("specs/export/spec.md"), HashOf("specs/export/spec.md"), [new TextEdit(delta.Length, "", "- **AND** it is complete\n")]),
                new FileEdit.Whole(DocumentPath.Review, null, "# Review\n"),
            ],
            QuestionIds = ["q-1", "q-2"],
        };
    }

    /// <summary>The same three documents, each by an update of its own: they are written together. The ids are in the order of the plans.</summary>
    public async Task<IReadOnlyList<UpdatePlan>> GroupPlansAsync()
    {
        var plan = await ThreeFilePlanAsync();
        var ids = plan.Files.Select(_ => UpdateId.New(TimeProvider.System)).Order().ToArray();
        return [.. plan.Files.Select((file, i) => plan with { Id = ids[i], Files = [file], Reason = $"touch {file.Path}" })];
    }

    /// <summary>Stores plans as if at the same time, and takes all updates of the change as far as they go by themselves.</summary>
    public async Task<IReadOnlyList<UpdateRecord>> ApplyAsync(IReadOnlyList<UpdatePlan> plans)
    {
        await StoreAsync(plans);
        await Steps.AdvanceAsync(Change, CancellationToken.None);
        return [.. plans.Select(plan => Documents.Find(plan.Id)!)];
    }

    public async Task StoreAsync(IReadOnlyList<UpdatePlan> plans)
    {
        foreach (var plan in plans)
            await Documents.UpdateDocumentAsync(plan, CancellationToken.None);
    }

    /// <summary>Stores a plan and takes it as far as it goes by itself.</summary>
    public async Task<UpdateRecord> ApplyAsync(UpdatePlan plan)
    {
        var id = await Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        await RunAsync(id);
        return Documents.Find(id)!;
    }

    /// <summary>Takes an update as far as it goes by itself.</summary>
    public Task<UpdateStep> RunAsync(UpdateId id) => Steps.StepAsync(id, CancellationToken.None);

    /// <summary>Takes an update as far as it goes; a person does something the first time that it comes by a failpoint.</summary>
    public Task<UpdateStep> RunWithHumanAsync(UpdateId id, string failpoint, Action human) => WithHumanAsync(failpoint, human, () => RunAsync(id));

    /// <summary>The same for all unfinished updates of the change.</summary>
    public Task<IReadOnlyDictionary<UpdateId, UpdateStep>> AdvanceWithHumanAsync(string failpoint, Action human) =>
        WithHumanAsync(failpoint, human, () => Steps.AdvanceAsync(Change, CancellationToken.None));

    private static async Task<T> WithHumanAsync<T>(string failpoint, Action human, Func<Task<T>> work)
    {
        var isDone = false;
        Failpoint.Observe(name =>
        {
            if (name != failpoint || isDone)
                return;
            isDone = true;
            human();
        });
        try
        {
            return await work();
        }
        finally
        {
            Failpoint.Observe(null);
        }
    }

    public int CommitsOf(UpdateId id) =>
        GitAsync("log", "--all", "--format=%B%x00").GetAwaiter().GetResult().Split('\0').Count(message => message.Contains($"Workflow-Update: {id.Value}", StringComparison.Ordinal));

    public IReadOnlyList<string> EventTypes(UpdateId id) =>
        Store.Read(reader => reader.Query<string>("SELECT type FROM event WHERE subject = @Id ORDER BY id", new { Id = id.Value }));

    /// <summary>Temporary files of updates anywhere in the repository.</summary>
    public string[] TemporaryFiles() => Directory.GetFiles(Repository.Root, ".*.wo-*.tmp", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });

    public async ValueTask DisposeAsync()
    {
        Committer.Dispose();
        Breaker.Dispose();
        await Store.DisposeAsync();
        if (_keep)
            return;
        using var remove = System.Diagnostics.Process.Start("rm", ["-rf", "--", Folder]);
        await remove.WaitForExitAsync();
    }
}
