using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>What people of a repository correct and dismiss again and again, in the real process: a rule for authors, and a rule that becomes quieter.</summary>
[Trait("Category", "EndToEnd")]
public sealed class TeamPatternTests
{
    private const int Times = 10;
    private const string Corrected = "vague-time";
    private const string Dismissed = "escape-clause";

    private static readonly string[] s_kinds = ["apples", "bricks", "chairs", "drums", "eggs", "flour", "glass", "hooks", "iron", "jars"]; // a number would settle what is vague

    [Fact]
    public async Task TenFindingsPutRightAndTenDismissed_BecomeARuleForAuthorsAndAQuieterRule()
    {
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, 0);
            WriteChange(root, "add-notices", "soon", Times);
            WriteChange(root, "add-reports", "where possible", Times);
            return Task.CompletedTask;
        });
        served.Environment["WO__FEEDBACK_LOOP__ANALYSIS_INTERVAL"] = "5";
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        Assert.Equal(Times, (await FindingsAsync(served, "add-notices", Corrected)).Count);
        var config = await File.ReadAllTextAsync(Path.Combine(served.Root, "openspec", "config.yaml"));

        // The author puts one kind right everywhere; the other kind is fine as it is, everywhere.
        WriteChange(served.Root, "add-notices", "within 5 seconds", Times);
        foreach (var finding in await FindingsAsync(served, "add-reports", Dismissed))
            await served.CallAsync("dismiss_finding", new JsonObject { ["change"] = "add-reports", ["finding_id"] = finding.Text("finding_id") });

        JsonElement? proposed = null;
        await Eventually.HoldsAsync("a rule is proposed", async () => (proposed = (await served.CallAsync("list_improvements")).Items("improvements").Select(item => (JsonElement?)item).FirstOrDefault()) is { } item && item.Text("state") == "waiting");
        Assert.Equal(("team_rule", $"improve-rule-{Corrected}"), (proposed!.Value.Text("kind"), proposed.Value.Text("improvement_id")));
        var proposal = await File.ReadAllTextAsync(Path.Combine(served.ChangeFolder($"improve-rule-{Corrected}"), "proposal.md"));
        Assert.Contains("openspec/config.yaml", proposal);
        Assert.Contains("Give a number with a unit", proposal);
        Assert.Contains($"- accepted: {Times}", proposal);
        Assert.Equal(config, await File.ReadAllTextAsync(Path.Combine(served.Root, "openspec", "config.yaml"))); // a person decides
        if (OpenSpecCli.Path is not null)
            Assert.Contains(new OpenSpecItem("change", $"improve-rule-{Corrected}"), await OpenSpecCli.ValidItemsAsync(served.Root, strict: true));
        Assert.Contains(await served.Git.LogAsync(), commit => commit.Trailer("Workflow-Change") == $"improve-rule-{Corrected}");

        WriteChange(served.Root, "add-labels", "where possible", 2);
        await Eventually.HoldsAsync("the new change is reviewed", async () => (await served.ChangesAsync()).TryGetValue("add-labels", out var change) && change.Text("stage") is not ("detected" or "reviewing") && (await FindingsAsync(served, "add-labels", Dismissed)).Count == 2); // when all its files are there
        var quiet = await FindingsAsync(served, "add-labels", Dismissed);
        Assert.All(quiet, finding => Assert.Equal("advice", finding.Text("severity")));
        var report = await served.CallAsync("analyze_feedback");
        var effect = Assert.Single(report.Items("insights"), insight => insight.Text("kind") == "quiet_rule");
        Assert.Contains($"{Dismissed} was dismissed {Times} times", effect.Text("summary"));
        Assert.Contains("2 findings shown as advice", effect.Text("summary"));

        Assert.Equal(0, (await served.WoAsync("improvement", "revert", $"improve-rule-{Corrected}")).ExitCode);
        Assert.Contains("rejected", (await served.WoAsync("improvements")).Output);
    }

    private static async Task<IReadOnlyList<JsonElement>> FindingsAsync(ServedRepository served, string change, string rule) =>
        [.. (await served.CallAsync("get_change", new JsonObject { ["change"] = change })).Items("findings").Where(finding => finding.Text("rule") == rule && finding.Text("status") == "open")];

    // One requirement a finding; whatever else could be said about them is settled.
    private static void WriteChange(string root, string name, string words, int count)
    {
        var folder = Path.Combine(root, "openspec", "changes", name);
        var capability = name["add-".Length..];
        Directory.CreateDirectory(Path.Combine(folder, "specs", capability));
        File.WriteAllText(Path.Combine(folder, ".openspec.yaml"), "schema: spec-driven\ncreated: 2026-11-02\n");
        File.WriteAllText(Path.Combine(folder, "proposal.md"), $"# Change: {name}\n\n## Why\n\nThe warehouse asks for {capability} in every review meeting; today they are written by hand, one by one.\n\n## What Changes\n\n- The {capability} of the warehouse\n");
        File.WriteAllText(Path.Combine(folder, "tasks.md"), $"# Tasks\n\n## 1. Service\n\n- [ ] 1.1 Send the {capability}; the service test finds them\n");
        var text = new StringBuilder($"## Purpose\n\nThe {capability} tell the warehouse what is to be done with each pallet, and when.\n\n## ADDED Requirements\n");
        foreach (var kind in s_kinds.Take(count))
            text.Append(CultureInfo.InvariantCulture, $"\n### Requirement: Pallet of {kind}\n\nThe service SHALL print the {capability} of a pallet of {kind} {words}.\n\n#### Scenario: A pallet of {kind} is missing\n\n- **WHEN** no pallet of {kind} is there\n- **THEN** the page shows the error \"no {kind}\"\n");
        File.WriteAllText(Path.Combine(folder, "specs", capability, "spec.md"), text.ToString());
    }
}
