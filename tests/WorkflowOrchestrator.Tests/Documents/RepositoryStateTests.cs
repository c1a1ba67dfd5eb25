using Workflow.Documents;
using Workflow.Documents.Git;

namespace Workflow.Tests.Documents;

/// <summary>Updates in repositories in which a person is in the middle of something. Each state is made by the real git.</summary>
public sealed class RepositoryStateTests
{
    [Theory]
    [InlineData("merge", nameof(RepositoryActivity.Merge))]
    [InlineData("rebase", nameof(RepositoryActivity.Rebase))]
    [InlineData("cherry-pick", nameof(RepositoryActivity.CherryPick))]
    [InlineData("revert", nameof(RepositoryActivity.Revert))]
    [InlineData("bisect", nameof(RepositoryActivity.Bisect))]
    [InlineData("am", nameof(RepositoryActivity.Am))]
    [InlineData("lock", nameof(RepositoryActivity.Locked))]
    public async Task Apply_OperationInProgress_WaitsAndGoesOnAfterwards(string operation, string expected)
    {
        await using var room = await DocumentRoom.CreateAsync();
        await GitStates.EnterAsync(room, operation);
        var state = Assert.IsType<RepositoryState.Present>(await new GitRepository(room.Repository.ChangesFolder, TimeSpan.FromSeconds(20), TimeProvider.System).GetStateAsync(CancellationToken.None));
        Assert.Equal(expected, state.Activity.ToString());
        var plan = await room.ThreeFilePlanAsync();
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        var waits = Assert.IsType<UpdateStep.Waits>(await room.RunAsync(plan.Id));

        Assert.NotEmpty(waits.Remedy);
        Assert.Equal(DocumentRoom.Proposal, room.Text("proposal.md")); // nothing is written into the middle of it
        await GitStates.LeaveAsync(room, operation);
        await room.RunAsync(plan.Id);
        Assert.Equal(UpdateState.Applied, room.Documents.Find(plan.Id)!.State);
        Assert.Equal(1, room.CommitsOf(plan.Id));
    }

    [Fact]
    public async Task Apply_OperationBeginsAfterTheWrite_CommitWaits()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.ThreeFilePlanAsync();
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        room.WriteHook("pre-commit", "exit 1");
        Assert.IsType<UpdateStep.Waits>(await room.RunAsync(plan.Id)); // written, and the hook refused the commit
        room.WriteHook("pre-commit", "exit 0");
        await GitStates.EnterAsync(room, "lock");

        Assert.IsType<UpdateStep.Waits>(await room.RunAsync(plan.Id));
        Assert.Equal(UpdateState.Written, room.Documents.Find(plan.Id)!.State);
        Assert.True(File.Exists(Path.Combine(room.Repository.Root, ".git", "index.lock")));

        await GitStates.LeaveAsync(room, "lock");
        await room.RunAsync(plan.Id);
        Assert.Equal(UpdateState.Applied, room.Documents.Find(plan.Id)!.State);
        Assert.Equal(1, room.CommitsOf(plan.Id));
    }

    [Fact]
    public async Task Apply_HousekeepingIsDue_IsLeftToThePerson()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await room.GitAsync("config", "gc.auto", "1");
        await room.GitAsync("config", "gc.autoDetach", "false");
        await AddLooseObjectsAsync(room);
        var plan = await room.ThreeFilePlanAsync();
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        await room.RunAsync(plan.Id);

        Assert.Equal(UpdateState.Applied, room.Documents.Find(plan.Id)!.State);
        var packs = Path.Combine(room.Repository.Root, ".git", "objects", "pack");
        Assert.Empty(Directory.GetFiles(packs));
        await room.GitAsync("commit", "--quiet", "--allow-empty", "-m", "the person's own");
        Assert.NotEmpty(Directory.GetFiles(packs)); // it was due
    }

    // Git guesses the number of loose objects from those in the folder 17.
    private static async Task AddLooseObjectsAsync(DocumentRoom room)
    {
        foreach (var text in (string[])["32", "119", "334"])
        {
            var file = Path.Combine(room.Repository.StateFolder, "loose");
            await File.WriteAllTextAsync(file, text);
            Assert.StartsWith("17", await room.GitAsync("hash-object", "-w", file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Apply_UnbornBranch_MakesTheFirstCommit()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        await room.GitAsync("init", "-q", "-b", "main");
        await room.GitAsync("config", "user.name", "A Person");
        await room.GitAsync("config", "user.email", "person@example.org");
        await File.WriteAllTextAsync(Path.Combine(room.Repository.Root, "staged.txt"), "mine\n");
        await room.GitAsync("add", "staged.txt");

        var update = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));

        Assert.NotNull(update.Commit);
        Assert.Equal("openspec/changes/add-export/proposal.md\n", await room.GitAsync("show", "--name-only", "--format=", "HEAD"));
        Assert.Contains("A  staged.txt", await room.GitAsync("status", "--porcelain"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_DetachedHead_CommitsThere()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await room.GitAsync("checkout", "-q", "--detach");
        var main = await room.GitAsync("rev-parse", "main");

        var update = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));

        Assert.Equal(update.Commit + "\n", await room.GitAsync("rev-parse", "HEAD"));
        Assert.Equal(main, await room.GitAsync("rev-parse", "main"));
    }

    [Fact]
    public async Task Apply_StagedHunksInTheDocument_IsWrittenAndNotCommitted()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await room.GitAsync("add", ".");
        await room.GitAsync("commit", "-q", "-m", "change");
        room.Write("proposal.md", DocumentRoom.Proposal + "staged\n");
        await room.GitAsync("add", "openspec/changes/add-export/proposal.md");
        var index = await room.GitAsync("ls-files", "-s");

        var update = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));

        Assert.Equal(UpdateState.Applied, update.State);
        Assert.Null(update.Commit);
        Assert.Contains("staged changes", update.CommitNote, StringComparison.Ordinal);
        Assert.Equal(index, await room.GitAsync("ls-files", "-s"));
        Assert.EndsWith("staged\n- one\n", room.Text("proposal.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_IgnoredDocument_IsWrittenAndLeftOut()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(room.Repository.Root, ".gitignore"), "review.md\n");

        var update = await room.ApplyAsync(await room.ThreeFilePlanAsync());

        Assert.NotNull(update.Commit);
        Assert.Contains("review.md is ignored by git", update.CommitNote, StringComparison.Ordinal);
        Assert.DoesNotContain("review.md", await room.GitAsync("show", "--name-only", "--format=", "HEAD"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_WholeFolderIgnored_IsWrittenAndNotCommitted()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(room.Repository.Root, ".gitignore"), "openspec/\n");

        var update = await room.ApplyAsync(await room.ThreeFilePlanAsync());

        Assert.Equal(UpdateState.Applied, update.State);
        Assert.Null(update.Commit);
        Assert.Contains("ignored", update.CommitNote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_HookRefuses_IsAFailureAndLeavesTheIndexAsItWas()
    {
        await using var room = await DocumentRoom.CreateAsync();
        room.WriteHook("pre-commit", "echo no secrets please >&2; exit 1");
        var index = await room.GitAsync("ls-files", "-s");
        var plan = await room.ThreeFilePlanAsync();
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        var waits = Assert.IsType<UpdateStep.Waits>(await room.RunAsync(plan.Id));

        Assert.True(waits.CountsAsFailure);
        Assert.Contains("no secrets please", waits.Why, StringComparison.Ordinal);
        Assert.Equal(index, await room.GitAsync("ls-files", "-s"));
        await room.Steps.GiveUpCommitAsync(plan.Id, waits.Why, CancellationToken.None);
        await room.RunAsync(plan.Id);
        Assert.Equal(UpdateState.Applied, room.Documents.Find(plan.Id)!.State);
        Assert.Contains("no secrets please", room.Documents.Find(plan.Id)!.CommitNote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commit_GitDoesNotAnswer_IsTriedAgainAndNotLeftOut()
    {
        await using var room = await DocumentRoom.CreateAsync();
        using var git = new GitRepository(room.Repository.ChangesFolder, TimeSpan.FromSeconds(1), TimeProvider.System);
        var revision = await room.RevisionAsync();
        using var hang = HangingGit.In(room);
        await Assert.ThrowsAsync<GitTimeoutException>(() => git.GetStateAsync(CancellationToken.None));
        var request = new CommitRequest([UpdateId.New(TimeProvider.System).Value], DocumentRoom.Change, revision, "reason", ["model"], [], [room.PathOf("proposal.md")]);

        foreach (var mayExist in new[] { false, true })
            Assert.Contains("git_timeout", Assert.IsType<CommitOutcome.Failed>(await git.CommitAsync(request, mayExist, DateTimeOffset.UtcNow, CancellationToken.None)).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_GitHangsBeforeAnythingIsWritten_WaitsForItsAnswer()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.git_timeout"] = "5" });
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        using (HangingGit.In(room))
            AssertWaitsForGit(await room.RunAsync(plan.Id));

        Assert.Equal(DocumentRoom.Proposal, room.Text("proposal.md"));
        Assert.IsType<UpdateStep.Finished>(await room.RunAsync(plan.Id));
        Assert.NotNull(room.Documents.Find(plan.Id)!.Commit);
    }

    [Fact]
    public async Task Recover_GitHangs_WaitsForItsAnswerAndCommitsOnce()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.git_timeout"] = "5" });
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        await Assert.ThrowsAsync<OperationCanceledException>(() => room.RunWithHumanAsync(plan.Id, DocumentFailpoints.AfterCommit, () => throw new OperationCanceledException("the host stops")));
        using (HangingGit.In(room))
            AssertWaitsForGit(await room.RunAsync(plan.Id));

        Assert.IsType<UpdateStep.Finished>(await room.RunAsync(plan.Id));
        Assert.Equal("1", (await room.GitAsync("rev-list", "--count", $"--grep=^Workflow-Update: {plan.Id}$", "HEAD")).Trim());
    }

    [Fact]
    public async Task Apply_GitHangsAfterTheCommitOfANewDocument_LeavesItInTheIndex()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.git_timeout"] = "5" });
        using var hang = HangingGit.Prepare(room);
        room.WriteHook("post-commit", $"cp {hang.Config} .git/config; sleep 300"); // from now on no git answers
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with { Files = [new FileEdit.Whole(DocumentPath.Parse("specs/import/spec.md"), null, DocumentRoom.Delta)] };
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        Assert.True(Assert.IsType<UpdateStep.Waits>(await room.RunAsync(plan.Id)).CountsAsFailure);
        hang.Dispose();

        Assert.DoesNotContain("D ", await room.GitAsync("status", "--porcelain"), StringComparison.Ordinal);
        Assert.IsType<UpdateStep.Finished>(await room.RunAsync(plan.Id));
        Assert.NotNull(room.Documents.Find(plan.Id)!.Commit);
    }

    [Fact]
    public async Task Apply_GitHangsWhenTheCommitHasFailed_TheIndexIsAsItWasWhenItIsGivenUp()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.git_timeout"] = "5" });
        using var hang = HangingGit.Prepare(room);
        room.WriteHook("pre-commit", $"cp {hang.Config} .git/config; exit 1");
        var index = await room.GitAsync("ls-files", "-s");
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with { Files = [new FileEdit.Whole(DocumentPath.Parse("specs/import/spec.md"), null, DocumentRoom.Delta)] };
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        Assert.True(Assert.IsType<UpdateStep.Waits>(await room.RunAsync(plan.Id)).CountsAsFailure);
        hang.Dispose();
        Assert.NotEqual(index, await room.GitAsync("ls-files", "-s"));
        room.WriteHook("pre-commit", "exit 1");
        Assert.True(Assert.IsType<UpdateStep.Waits>(await room.RunAsync(plan.Id)).CountsAsFailure);

        Assert.Equal(index, await room.GitAsync("ls-files", "-s"));
    }

    private static void AssertWaitsForGit(UpdateStep step)
    {
        var waits = Assert.IsType<UpdateStep.Waits>(step);
        Assert.Equal((DocumentHealth.Git, false), (waits.Dependency, waits.CountsAsFailure));
        Assert.Contains("git_timeout", waits.Remedy, StringComparison.Ordinal);
    }

    /// <summary>Makes every git of a repository hang: its configuration includes a named pipe that nobody writes to.</summary>
    private sealed class HangingGit : IDisposable
    {
        private readonly string _config;
        private readonly string _before;

        private HangingGit(DocumentRoom room)
        {
            _config = Path.Combine(room.Repository.Root, ".git", "config");
            _before = File.ReadAllText(_config);
            var pipe = Path.Combine(room.Repository.Root, ".git", "pipe");
            using (var process = System.Diagnostics.Process.Start("mkfifo", [pipe]))
                process.WaitForExit();
            Config = Path.Combine(room.Repository.Root, ".git", "hanging-config");
            File.WriteAllText(Config, $"{_before}[include]\n\tpath = {pipe}\n");
        }

        /// <summary>The configuration that hangs.</summary>
        public string Config { get; }

        public static HangingGit Prepare(DocumentRoom room) => new(room);

        public static HangingGit In(DocumentRoom room)
        {
            var hang = new HangingGit(room);
            File.Copy(hang.Config, hang._config, overwrite: true);
            return hang;
        }

        public void Dispose() => File.WriteAllText(_config, _before);
    }

    [Fact]
    public async Task Apply_HookHangs_IsKilledWithItsChildren()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.git_timeout"] = "5" });
        room.WriteHook("pre-commit", "sleep 300 & echo $! > hook.new && mv hook.new hook.pid; wait");
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        var waits = Assert.IsType<UpdateStep.Waits>(await room.RunAsync(plan.Id));

        Assert.Contains("did not end in time", waits.Why, StringComparison.Ordinal);
        var child = (await File.ReadAllTextAsync(Path.Combine(room.Repository.Root, "hook.pid"))).Trim();
        Assert.False(Directory.Exists($"/proc/{child}") && !File.ReadAllText($"/proc/{child}/stat").Contains(") Z", StringComparison.Ordinal), "the hook's child lives on");
        Assert.False(File.Exists(Path.Combine(room.Repository.Root, ".git", "index.lock")), "nobody could commit any more");
    }

    [Fact]
    public async Task Apply_NobodyKnowsWhoCommits_SaysHowToMendIt()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await room.GitAsync("config", "user.name", ""); // stronger than a global identity of this machine
        await room.GitAsync("config", "user.email", "");

        var update = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));

        Assert.Null(update.Commit);
        Assert.Contains("git config user.name", room.Health.Find("git")!.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_LinkedWorktree_CommitsOnItsBranch()
    {
        await using var main = await DocumentRoom.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("wo-docs-").FullName;
        await main.GitAsync("worktree", "add", "-q", "-b", "side", Path.Combine(folder, "repo"));
        await using var room = DocumentRoom.Open(folder, keep: false);
        room.Write("proposal.md", DocumentRoom.Proposal);

        var update = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));

        Assert.Equal(update.Commit + "\n", await main.GitAsync("rev-parse", "side"));
        await main.GitAsync("worktree", "remove", "--force", Path.Combine(folder, "repo"));
    }

    [Fact]
    public async Task GetState_BareRepositoryOrNone_SaysWhy()
    {
        var folder = Directory.CreateTempSubdirectory("wo-docs-").FullName;
        try
        {
            Assert.Contains("not in a git repository", Assert.IsType<RepositoryState.NoRepository>(await new GitRepository(folder, TimeSpan.FromSeconds(20), TimeProvider.System).GetStateAsync(CancellationToken.None)).Why, StringComparison.Ordinal);
            using (var git = System.Diagnostics.Process.Start("git", ["init", "-q", "--bare", folder]))
                await git.WaitForExitAsync();
            Assert.Contains("bare", Assert.IsType<RepositoryState.NoRepository>(await new GitRepository(folder, TimeSpan.FromSeconds(20), TimeProvider.System).GetStateAsync(CancellationToken.None)).Why, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Commit_ReasonWithLineBreaksAndTrailers_ForgesNothing()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = (await room.AppendPlanAsync("proposal.md", "- one\n")) with { Reason = "nice\n\nWorkflow-Update: 00000000000000000000000000\nSigned-off-by: boss", Model = "m\nWorkflow-Question: q" };

        await room.ApplyAsync(plan);

        Assert.Equal(plan.Id.Value + "\n", await room.GitAsync("log", "-1", "--format=%(trailers:key=Workflow-Update,valueonly,separator=)"));
        Assert.Equal("\n", await room.GitAsync("log", "-1", "--format=%(trailers:key=Workflow-Question,valueonly,separator=)%(trailers:key=Signed-off-by,valueonly,separator=)"));
    }
}
