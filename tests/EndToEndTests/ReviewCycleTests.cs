using System.Text.Json;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>How a person decides about updates, on the command line against a real daemon: approve after editing, reject with a reason, undo; and what shadow mode tells.</summary>
[Trait("Category", "EndToEnd")]
public sealed class ReviewCycleTests
{
    private const string Change = "add-search-filters"; // of the demo: its tasks and its delta have mechanical faults

    [Fact]
    public async Task HeldUpdate_ApprovedAfterEditing_IsWrittenAsEditedCommittedExplainedAndUndone()
    {
        await using var served = await ServeAsync("review");
        var tasks = Path.Combine(served.ChangeFolder(Change), "tasks.md");
        var before = await File.ReadAllTextAsync(tasks);
        var id = Assert.Single(await HeldAsync(served)).Text("update_id");

        served.Environment["EDITOR"] = "false"; // an editor that fails approves nothing
        var refused = await served.WoAsync("approve", id, "--edit", "--path", "tasks.md");
        Assert.Equal((1, before), (refused.ExitCode, await File.ReadAllTextAsync(tasks)));
        Assert.Contains("nothing was approved", refused.Error);
        Assert.Contains("--path", (await served.WoAsync("approve", id, "--edit")).Error); // several documents: which one?

        served.Environment["EDITOR"] = "sed -i '1s/.*/# Tasks, as I want them/'";
        Assert.Equal(0, (await served.WoAsync("approve", id, "--edit", "--path", "tasks.md")).ExitCode);
        await served.WaitSettledAsync();
        var applied = Assert.Single(await served.UpdatesAsync(), update => update.Text("update_id") == id);
        Assert.Equal("applied", applied.Text("state"));
        Assert.StartsWith("# Tasks, as I want them\n", await File.ReadAllTextAsync(tasks), StringComparison.Ordinal);
        Assert.Contains($"Workflow-Update: {id}", await served.Git.RunAsync("log", "-1", "--format=%B", applied.Text("commit")), StringComparison.Ordinal);
        Assert.Contains("edited and approved", (await served.WoAsync("why", $"openspec/changes/{Change}/tasks.md:1")).Output);
        Assert.Contains(id, (await served.WoAsync("history", $"openspec/changes/{Change}/tasks.md")).Output);

        Assert.Equal(0, (await served.WoAsync("undo", id)).ExitCode);
        await Eventually.HoldsAsync("the update is undone", async () => await File.ReadAllTextAsync(tasks) == before && (await served.UpdatesAsync()).Any(update => update.Text("update_id") == id && update.Text("state") == "undone"));
    }

    [Fact]
    public async Task HeldUpdate_RejectedWithAReason_IsNotWrittenAndNotPlannedAgain()
    {
        await using var served = await ServeAsync("review");
        var head = await served.Git.RunAsync("rev-parse", "HEAD");
        var id = Assert.Single(await HeldAsync(served)).Text("update_id");
        Assert.Equal(0, (await served.WoAsync("reject", id, "--reason", "we number tasks otherwise")).ExitCode);
        await served.WaitSettledAsync();
        await File.AppendAllTextAsync(Path.Combine(served.ChangeFolder(Change), "proposal.md"), "\nThe filters are kept in the address.\n");
        await served.WaitSettledAsync();
        var rejected = Assert.Single(await served.UpdatesAsync(), update => update.Text("update_id") == id);
        Assert.Equal(("rejected", "we number tasks otherwise"), (rejected.Text("state"), rejected.Text("state_reason")));
        Assert.DoesNotContain(await HeldAsync(served), IsRepair);
        Assert.Equal(head, await served.Git.RunAsync("rev-parse", "HEAD"));
        Assert.Equal($" M openspec/changes/{Change}/proposal.md", (await served.Git.RunAsync("status", "--porcelain")).TrimEnd('\n'));
    }

    [Fact]
    public async Task AppliedUpdate_UndoneByThePerson_IsNotMadeAgainWithTheNextSave()
    {
        await using var served = await ServeAsync("auto");
        var id = Assert.Single(await served.UpdatesAsync(), IsRepair).Text("update_id");
        Assert.Equal(0, (await served.WoAsync("undo", id)).ExitCode);
        await served.WaitSettledAsync();
        var tasks = Path.Combine(served.ChangeFolder(Change), "tasks.md");
        var undone = await File.ReadAllTextAsync(tasks);
        await File.AppendAllTextAsync(Path.Combine(served.ChangeFolder(Change), "proposal.md"), "\nThe filters are kept in the address.\n");
        await served.WaitSettledAsync();
        Assert.Equal(undone, await File.ReadAllTextAsync(tasks));
        Assert.Equal([("undone", id)], (await served.UpdatesAsync()).Where(IsRepair).Select(update => (update.Text("state"), update.Text("update_id"))));
    }

    [Fact]
    public async Task ShadowMode_PersonWritesOneOfThePlaces_WritesNothingAndReportsTheAgreement()
    {
        await using var served = await ServeAsync("shadow");
        Assert.Equal("", await served.Git.RunAsync("status", "--porcelain"));
        var report = await served.WoJsonAsync("shadow", "report");
        var place = report.Items("updates").SelectMany(update => update.Items("places")).First(place => place.Text("path") == "tasks.md");
        Assert.Equal("untouched", place.Text("verdict"));

        // The person repairs that line in the same way.
        var tasks = Path.Combine(served.ChangeFolder(Change), "tasks.md");
        var lines = (await File.ReadAllTextAsync(tasks)).Split('\n');
        lines[place.Number("line") - 1] = place.Text("would").TrimEnd('\n');
        await File.WriteAllTextAsync(tasks, string.Join('\n', lines));
        await served.WaitSettledAsync();
        var after = await served.WoJsonAsync("shadow", "report");
        Assert.Equal("same", after.Items("updates").SelectMany(update => update.Items("places")).First(other => other.Text("path") == "tasks.md").Text("verdict"));
        Assert.Equal(1, after.GetProperty("agreement").GetDouble());
        Assert.Contains("agreement 100", (await served.WoAsync("shadow", "report")).Output);
    }

    private static async Task<ServedRepository> ServeAsync(string mode)
    {
        var served = ServedRepository.Create("shop");
        served.Environment["WO__DOCUMENT_UPDATES__MODE"] = mode;
        Assert.Equal(0, (await served.RunAsync(Programs.Wo, TimeSpan.FromSeconds(60), "demo", "create", served.Root)).ExitCode);
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        return served;
    }

    private static bool IsRepair(JsonElement update) => update.Items("kinds").Any(kind => kind.GetString() == "mechanical_repair");

    private static async Task<IReadOnlyList<JsonElement>> HeldAsync(ServedRepository served) => [.. (await served.UpdatesAsync()).Where(update => update.Text("state") == "held")];
}
