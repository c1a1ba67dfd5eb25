using EndToEndTests.Harness;
using Platform.Processes;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>What the daemon works with can be missing, come later, and go again: its health says so, and the work waits or goes on with less.</summary>
[Trait("Category", "EndToEnd")]
public sealed class DependencyTests
{
    [Fact]
    public async Task Repository_WithoutGit_IsServedWithoutCommits()
    {
        await using var served = ServedRepository.Create();
        SampleRepository.Write(served.Root, SampleRepository.Kinds);
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        var updates = await served.UpdatesAsync();
        Assert.NotEmpty(updates);
        Assert.All(updates, update => Assert.Equal(("applied", ""), (update.Text("state"), update.Text("commit"))));
        Assert.All(updates, update => Assert.NotEmpty(update.Text("commit_note")));
        var git = await served.WaitForHealthAsync("git", "degraded");
        Assert.Contains("not committed", git.Text("detail"));
        Assert.Contains("git init", git.Text("remedy"));
        Assert.False(Directory.Exists(Path.Combine(served.Root, ".git")));
    }

    [Fact]
    public async Task ChangesPath_IsAFile_IsDownUntilItIsAFolder()
    {
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            Directory.CreateDirectory(Path.Combine(root, "openspec"));
            File.WriteAllText(Path.Combine(root, "openspec", "changes"), "a file\n");
            return Task.CompletedTask;
        });
        await served.StartDaemonAsync(wait: false);
        var health = await served.WaitForHealthAsync("openspec", "down");
        Assert.Contains("is a file", health.Text("detail"));
        var status = await served.WoAsync("status");
        Assert.Equal(1, status.ExitCode);
        Assert.Contains("is a file", status.Output);
        Assert.DoesNotContain("\x1b", status.Output);
        Assert.Equal("a file\n", await File.ReadAllTextAsync(served.ChangesFolder));

        File.Delete(served.ChangesFolder);
        SampleRepository.WriteChange(served.Root, "at-last", 3);
        await served.WaitForHealthAsync("openspec", "ok");
        await Eventually.HoldsAsync("the change is done", async () => (await served.ChangesAsync()).TryGetValue("at-last", out var change) && change.Text("stage") == "done");
    }

    [Fact]
    public async Task OpenspecFolder_Missing_IsWaitedFor()
    {
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            File.WriteAllText(Path.Combine(root, "README.md"), "# Empty\n");
            return Task.CompletedTask;
        });
        await served.StartDaemonAsync();
        var health = await served.WaitForHealthAsync("openspec", "degraded");
        Assert.Contains("openspec init", health.Text("remedy"));
        SampleRepository.Write(served.Root, 1);
        await served.WaitSettledAsync();
        await served.WaitForHealthAsync("openspec", "ok");
    }

    [Fact]
    public async Task GitIndex_Locked_UpdateWaitsAndIsCommittedOnce()
    {
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, 0);
            SampleRepository.WriteChange(root, "repair", 3);
            return Task.CompletedTask;
        });
        var indexLock = Path.Combine(served.Root, ".git", "index.lock");
        await File.WriteAllTextAsync(indexLock, "");
        await served.StartDaemonAsync();
        var health = await served.WaitForHealthAsync("git", "degraded");
        Assert.Contains("index.lock", health.Text("detail") + health.Text("remedy"));
        Assert.True(File.Exists(indexLock), "the lock is somebody else's");
        Assert.Single(await served.Git.LogAsync());

        File.Delete(indexLock);
        await served.WaitSettledAsync();
        await served.WaitForHealthAsync("git", "ok");
        var log = await served.Git.LogAsync();
        Assert.Equal(2, log.Count);
        Assert.Equal("repair", log[0].Trailer("Workflow-Change"));
        Assert.Empty(await served.Git.StatusAsync());
    }

    [Fact]
    public async Task McpOrchestrator_ComesLaterAndIsRestarted_IsUsedEachTime()
    {
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, 0);
            SampleRepository.WriteChange(root, "asks-nobody", 1);
            return Task.CompletedTask;
        });
        await served.StartDaemonAsync();
        await served.WaitForHealthAsync("mcp_orchestrator", "degraded");
        var alone = await served.WaitSettledAsync();
        Assert.Equal("awaiting_answers", alone["asks-nobody"].Text("stage")); // nobody but the human is left, and nothing is stuck

        var hub = await served.StartMcpOrchestratorAsync();
        await served.WaitForHealthAsync("mcp_orchestrator", "ok");
        await AssertAnsweredByLibrarianAsync(served, "asks-the-first", 5 * SampleRepository.Kinds + 1);

        await hub.KillAsync();
        await served.WaitForHealthAsync("mcp_orchestrator", "degraded");
        await served.StartMcpOrchestratorAsync();
        await served.WaitForHealthAsync("mcp_orchestrator", "ok");
        await AssertAnsweredByLibrarianAsync(served, "asks-the-second", 7 * SampleRepository.Kinds + 1);
    }

    [Fact]
    public async Task Answer_OfAPerson_EndsTheWaitAndIsWritten()
    {
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, 0);
            SampleRepository.WriteChange(root, "asks", 2);
            return Task.CompletedTask;
        });
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        ChildProcessResult given;
        foreach (var question in (await served.WoJsonAsync("questions")).Items("questions"))
        {
            given = await served.WoAsync("answer", question.Text("question_id"), "A clerk finds the version of a given day within 20 seconds.");
            Assert.True(given.ExitCode == 0, given.Error);
        }

        await Eventually.HoldsAsync("the change is done", async () => (await served.ChangesAsync())["asks"].Text("stage") == "done");
        Assert.Contains("within 20 seconds", await File.ReadAllTextAsync(Path.Combine(served.ChangeFolder("asks"), "proposal.md")));
        Assert.Empty(await served.Git.StatusAsync());
    }

    private static async Task AssertAnsweredByLibrarianAsync(ServedRepository served, string change, int kind)
    {
        SampleRepository.WriteChange(served.Root, change, kind);
        var changes = await served.WaitSettledAsync();
        Assert.True(changes[change].Text("stage") == "done", (await served.WoAsync("show", change)).Output);
        Assert.Contains("(librarian", await File.ReadAllTextAsync(Path.Combine(served.ChangeFolder(change), "proposal.md")));
    }
}
