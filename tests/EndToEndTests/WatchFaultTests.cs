using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>What makes file events go silent. Afterwards a saved change is still found, and nothing that was known is lost.</summary>
[Trait("Category", "EndToEnd")]
public sealed class WatchFaultTests
{
    private const int Noise = 20_000;
    private const int NoiseFolders = 40;

    [Fact]
    public async Task Checkout_OfABranchWithoutOpenspecAndBack_SavedChangeIsDetected()
    {
        await using var served = await StartAsync();
        var known = await KnownAsync(served);
        await served.Git.RunAsync("checkout", "--quiet", "-b", "without-openspec");
        await served.Git.RunAsync("rm", "-r", "--quiet", "openspec");
        await served.Git.RunAsync("commit", "--quiet", "-m", "No specs here");
        await Eventually.HoldsAsync("all changes are gone", async () => (await served.ChangesAsync()).Count == 0);
        await served.WaitForHealthAsync("openspec", "degraded");

        await served.Git.RunAsync("checkout", "--quiet", "main");
        await served.WaitSettledAsync();
        await served.WaitForHealthAsync("openspec", "ok");
        await Eventually.HoldsAsync("coming back is no new work", async () => known.SequenceEqual(await KnownAsync(served))); // questions are asked again after their change is back
        Assert.Empty(await served.Git.StatusAsync());
        await AssertSaveIsDetectedAsync(served, SampleRepository.NameOf(0));
    }

    [Fact]
    public async Task Move_OfAFolderOutOfTheTreeAndBack_SavedChangeIsDetected()
    {
        await using var served = await StartAsync();
        var known = await KnownAsync(served);
        var (name, outside) = (SampleRepository.NameOf(1), Path.Combine(served.Folder, "elsewhere"));
        Directory.Move(served.ChangeFolder(name), outside);
        await File.WriteAllTextAsync(Path.Combine(served.Root, "README.md"), "# Saved while the folder is away\n"); // dotnet/runtime#133420: the write that kills the watcher
        await Eventually.HoldsAsync("the moved change is gone", async () => !(await served.ChangesAsync()).ContainsKey(name));
        await AssertSaveIsDetectedAsync(served, SampleRepository.NameOf(0));

        Directory.Move(outside, served.ChangeFolder(name));
        await served.WaitSettledAsync();
        await Eventually.HoldsAsync("what was known is there again", async () => known.ToHashSet().IsSubsetOf(await KnownAsync(served))); // questions are asked again after their change is back
        await AssertSaveIsDetectedAsync(served, name);
    }

    [Fact]
    public async Task Files_CreatedWhileTheProcessStandsStill_SavedChangesAreDetected()
    {
        await using var served = await StartAsync();
        var known = await KnownAsync(served);
        var daemon = (await served.CallAsync("get_status")).GetProperty("process_id").GetInt32();
        var running = served.Running(daemon);
        running.Suspend();
        for (var i = 0; i < NoiseFolders; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(served.ChangeFolder(SampleRepository.NameOf(2)), "build", $"{i}")).FullName;
            for (var file = 0; file < Noise / NoiseFolders; file++)
                File.Create(Path.Combine(folder, $"{file}.tmp")).Dispose();
        }

        await SaveAsync(served, SampleRepository.NameOf(0));
        running.Resume();
        await served.WaitSettledAsync();

        await AssertSaveIsDetectedAsync(served, SampleRepository.NameOf(3));
        Assert.Subset((await KnownAsync(served)).ToHashSet(), known.ToHashSet());
        Assert.Equal(daemon, (await served.CallAsync("get_status")).GetProperty("process_id").GetInt32());
    }

    private static async Task<ServedRepository> StartAsync()
    {
        var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, SampleRepository.Kinds); return Task.CompletedTask; });
        served.Environment["WO__WORKFLOW_ORCHESTRATOR__RECONCILE_INTERVAL"] = "2";
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        return served;
    }

    // Everything that must not get lost: updates with their states, questions with theirs.
    private static async Task<IReadOnlyList<string>> KnownAsync(ServedRepository served)
    {
        var updates = (await served.UpdatesAsync()).Select(update => $"{update.Text("update_id")} {update.Text("state")} {update.Text("commit")}");
        var questions = (await served.CallAsync("list_questions")).Items("questions").Select(question => $"{question.Text("question_id")} {question.Text("status")}");
        return [.. updates.Concat(questions).Order(StringComparer.Ordinal)];
    }

    private static async Task AssertSaveIsDetectedAsync(ServedRepository served, string change)
    {
        await SaveAsync(served, change);
        var changes = await served.WaitSettledAsync();
        Assert.Equal(served.RevisionOnDisk(change), changes[change].Text("revision_on_disk"));
    }

    private static Task SaveAsync(ServedRepository served, string change) =>
        File.AppendAllTextAsync(Path.Combine(served.ChangeFolder(change), "proposal.md"), $"\nSaved by hand: {Guid.NewGuid()}\n");
}
