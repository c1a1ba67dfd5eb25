using System.Security.Cryptography;
using System.Text.Json;
using EndToEndTests.Harness;
using Testing;
using Testing.Models;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>The improvement loop with a simulated LM Studio: a planted bottleneck of one change at a time, although the server has four slots.</summary>
[Trait("Category", "EndToEnd")]
public sealed class ModelBottleneckTests
{
    private const int Waiting = 10;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task OneChangeAtATime_ServerHasFourSlots_IsFoundTriedKeptAndArchived()
    {
        await using var model = await ModelSimulator.StartAsync(new SimulatorOptions { Slots = 4, ServiceTime = TimeSpan.FromMilliseconds(150) });
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            Directory.CreateDirectory(Path.Combine(root, "openspec", "specs"));
            return WriteAsync(root, 0);
        });
        served.Environment["LM_STUDIO_BASE_URL"] = model.Address.ToString().TrimEnd('/');
        served.Environment["WO__REVIEW__MAX_CONCURRENT_CHANGES"] = "1";
        served.Environment["WO__FEEDBACK_LOOP__ANALYSIS_INTERVAL"] = "5";
        served.Environment["WO__WORKFLOW_ORCHESTRATOR__SETTLE_MILLISECONDS"] = "50";
        served.Environment["WO__DOCUMENT_UPDATES__AUTO_COMMIT"] = "false";
        await served.StartDaemonAsync();

        JsonElement? ended = null;
        var written = 1;
        var isValid = OpenSpecCli.Path is null;
        await Eventually.HoldsAsync(
            "an improvement is decided",
            async () =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
                var changes = (await served.CallAsync("get_status")).GetProperty("changes");
                for (var open = changes.Number("detected") + changes.Number("reviewing"); open < Waiting; open++)
                    await WriteAsync(served.Root, written++);
                var improvements = (await served.CallAsync("list_improvements")).Items("improvements").Select(item => (JsonElement?)item).ToList();
                if (!isValid && improvements.Find(item => item!.Value.Text("state") == "trying") is { } tried)
                {
                    Assert.Contains(new OpenSpecItem("change", tried.Text("improvement_id")), await OpenSpecCli.ValidItemsAsync(served.Root, strict: true));
                    isValid = true;
                }

                ended = improvements
                    .LastOrDefault(item => item!.Value.Text("state") is "kept" or "dropped" or "rejected" or "reverted"); // the first one: after it the loop goes on to the next step
                return ended is not null;
            },
            () => $"{written} changes written; {ended} {served.CallAsync("analyze_feedback").GetAwaiter().GetResult().GetRawText()}",
            s_patience);

        Assert.True(isValid, "no improvement was seen while it was tried");
        Assert.Equal(("kept", "review.max_concurrent_changes"), (ended!.Value.Text("state"), ended.Value.Text("tunable")));
        Assert.True(ended.Value.GetProperty("measured_gain").GetDouble() > 0.1, ended.Value.GetRawText());
        Assert.True(model.MostActive > 1);
        var archive = Path.Combine(served.ChangesFolder, "archive");
        await Eventually.HoldsAsync("its change is archived", () => Directory.Exists(archive) && Directory.GetDirectories(archive, "*" + ended.Value.Text("improvement_id")).Length == 1);
    }

    // Small and without fault: it costs one or two calls and asks nobody. No two are alike, so the model has to be asked.
    private static async Task WriteAsync(string root, int number)
    {
        var word = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var folder = Path.Combine(root, "openspec", "changes", $"add-list-{number}");
        Directory.CreateDirectory(Path.Combine(folder, "specs", $"list-{number}"));
        await File.WriteAllTextAsync(Path.Combine(folder, "proposal.md"), $"# Add list {word}\n\n## Why\n\nReaders asked for the list {word} in the shop, and nothing offers it to them today.\n\n## What Changes\n\n- The list {word}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "tasks.md"), $"# Tasks\n\n## 1. List\n\n- [ ] 1.1 Write the list {word}; its test passes\n");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "specs", $"list-{number}", "spec.md"),
            $"## Purpose\n\nThe list {word} shows readers of the shop what they can buy there, and in which order it is shown.\n\n## ADDED Requirements\n\n### Requirement: List {word}\n\nThe shop SHALL show the list {word} within 2 seconds.\n\n#### Scenario: List of 10 rows\n\n- **WHEN** a reader opens the list {word} of 10 rows\n- **THEN** the page shows 10 rows\n");
    }
}
