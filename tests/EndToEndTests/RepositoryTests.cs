using System.Text.Json;
using EndToEndTests.Harness;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>Whole repositories, generated and real: every change gets where it can get, and nothing becomes worse.</summary>
[Trait("Category", "EndToEnd")]
public sealed class RepositoryTests
{
    private const int GeneratedChanges = 12;

    public static TheoryData<string> Archives => new([CorpusArchive.EdgeCases, .. CorpusArchive.Repositories]);

    [OpenSpecTheory]
    [MemberData(nameof(Archives))]
    public async Task Serve_Archive_SettlesEveryChangeAndMakesNothingWorse(string archive)
    {
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            var files = CorpusArchive.Unpack(archive, archive == CorpusArchive.EdgeCases ? "validate" : "active", root);
            Assert.True(files > 0, $"{archive} has no such folder");
            return Task.CompletedTask;
        });
        await AssertServedWellAsync(served, async () =>
        {
            await served.StartMcpOrchestratorAsync();
            await served.StartDaemonAsync();
        });
    }

    [OpenSpecFact]
    public async Task Serve_GeneratedRepository_RepairsWhatCanBeRepaired()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, GeneratedChanges); return Task.CompletedTask; });
        var before = await OpenSpecCli.ValidItemsAsync(served.Root, strict: true);
        await AssertServedWellAsync(served, async () =>
        {
            await served.StartMcpOrchestratorAsync();
            await served.StartDaemonAsync();
        });

        var after = await OpenSpecCli.ValidItemsAsync(served.Root, strict: true);
        var changes = served.ActiveChanges().Select(change => new OpenSpecItem("change", change)).ToList();
        Assert.NotEmpty(changes.Except(before)); // the faults were real
        Assert.Empty(changes.Except(after));
    }

    /// <summary>Serves the repository until every change is settled, and compares with what was there before.</summary>
    internal static async Task AssertServedWellAsync(ServedRepository served, Func<Task> start)
    {
        var before = (Usual: await OpenSpecCli.ValidItemsAsync(served.Root, strict: false), Strict: await OpenSpecCli.ValidItemsAsync(served.Root, strict: true));
        var first = (await served.Git.LogAsync())[0].Hash;

        await start();
        var changes = await served.WaitSettledAsync();

        Assert.All(changes.Values.Where(change => change.Text("stage") == "parked"), change => Assert.NotEmpty(change.Text("reason")));
        await AssertAgreesWithDiskAsync(served);
        await AssertCommittedAsync(served, first);
        Assert.Empty(before.Usual.Except(await OpenSpecCli.ValidItemsAsync(served.Root, strict: false)));
        Assert.Empty(before.Strict.Except(await OpenSpecCli.ValidItemsAsync(served.Root, strict: true)));
    }

    // `wo changes --json` and `wo status --json`, the real command line, against the folders and bytes on disk.
    private static async Task AssertAgreesWithDiskAsync(ServedRepository served)
    {
        var active = served.ActiveChanges();
        var listed = (await served.WoJsonAsync("changes")).Items("changes").ToList();
        Assert.Equal(active, listed.Select(change => change.Text("change")).Order(StringComparer.Ordinal));
        Assert.All(listed, change => Assert.Equal(served.RevisionOnDisk(change.Text("change")), change.Text("revision_on_disk")));
        var status = await served.WoJsonAsync("status");
        Assert.Equal(active.Count, status.GetProperty("changes").EnumerateObject().Sum(count => count.Value.GetInt32()));
        Assert.All(
            listed.CountBy(change => change.Text("stage")),
            stage => Assert.Equal(stage.Value, status.GetProperty("changes").GetProperty(stage.Key).GetInt32()));
    }

    // One commit an update with exactly its files; nothing else differs, nothing is left uncommitted.
    private static async Task AssertCommittedAsync(ServedRepository served, string before)
    {
        Assert.Empty(await served.Git.StatusAsync());
        var applied = (await served.UpdatesAsync()).Where(update => update.Text("state") == "applied" && update.Text("commit") != "").ToList();
        var commits = (await served.Git.LogAsync()).TakeWhile(commit => commit.Hash != before).ToList();
        Assert.Equal(applied.Select(update => update.Text("commit")).Order(), commits.Select(commit => commit.Hash).Order());
        Assert.Equal(applied.Select(update => update.Text("update_id")).Order(), commits.Select(commit => commit.Trailer("Workflow-Update")).Order());
        var written = applied.SelectMany(update => update.Items("files").Select(file => PathOf(update, file))).ToHashSet(StringComparer.Ordinal);
        Assert.All(await served.Git.ChangedFilesAsync(before), path => Assert.Contains(path, written));
    }

    private static string PathOf(JsonElement update, JsonElement file) => $"openspec/changes/{update.Text("change")}/{file.Text("path")}";
}
