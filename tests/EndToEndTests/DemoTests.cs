using System.Text.RegularExpressions;
using EndToEndTests.Harness;
using Testing;

namespace EndToEndTests;

/// <summary>What a person sees in the first minute: the scripts, as the README names them.</summary>
[Trait("Category", "EndToEnd")]
[Collection("scripts")] // they build when needed: not two at a time
public sealed class DemoTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LoopLimit = TimeSpan.FromMinutes(3); // for people who watch it

    [OpenSpecFact]
    public async Task StartAll_DemoOnce_ShowsTheWholeStoryAndLeavesAValidRepository()
    {
        await using var served = ServedRepository.Create();
        var result = await served.RunAsync(Programs.Script("start-all.sh"), Limit, "--demo", "--once");
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}\n{result.Output}\n{result.Error}");

        AssertInOrder(
            result.Output,
            "demo repository: ", "\n1 MCP Orchestrator   started", "\n2 LM Studio ", "\n3 daemon             started", "\n4 registration       done", "\n5 watching ",
            "add-search-filters: done", "findings: ", "vague-word", "\"quickly\"", "questions: 1", "[answered]", "answer (librarian, confidence 0.", "300 milliseconds at the 95th percentile",
            "evidence openspec/specs/catalogue-search/spec.md:", "updates: 1", "--- a/proposal.md", "+## Clarifications", "+#### Scenario: ", "\ncommit ", "Workflow-Update: ",
            "\n> librarian: ", "\n(librarian, confidence ", "\n> inbox: ", "\n(inbox, confidence ", "\n> history: ", "\n(history, confidence ", "\n> architect: ");
        Assert.Contains("no model can be asked at ", result.Error, StringComparison.Ordinal);

        var git = new GitWorkTree(Regex.Match(result.Output, "demo repository: (.+)").Groups[1].Value.Trim());
        var log = await git.LogAsync();
        Assert.Equal(2, log.Count);
        Assert.Equal("add-search-filters", log[0].Trailer("Workflow-Change"));
        Assert.Equal("built-in", log[0].Trailer("Workflow-Model"));
        Assert.Matches("^[0-9A-HJKMNP-TV-Z]{26}$", log[0].Trailer("Workflow-Update"));
        Assert.Matches("^[0-9a-f]{64}$", log[0].Trailer("Workflow-Revision"));
        Assert.Matches("^q-", log[0].Trailer("Workflow-Question"));
        Assert.All(await git.ChangedFilesAsync(log[1].Hash), path => Assert.StartsWith("openspec/changes/add-search-filters/", path));
        Assert.Empty(await git.StatusAsync());

        var verdict = await OpenSpecCli.RunAsync(git.Folder, "validate", "--all", "--strict");
        Assert.True(verdict.ExitCode == 0, verdict.Output + verdict.Error);
        Assert.Empty(await ProcessTable.MentioningAsync(served.Folder));
    }

    [Fact]
    public async Task StartAll_DemoLoopOnce_ShowsAnImprovementBeingKeptInUnderThreeMinutes()
    {
        await using var served = ServedRepository.Create();
        var result = await served.RunAsync(Programs.Script("start-all.sh"), LoopLimit, "--demo", "--loop", "--once");
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}\n{result.Output}\n{result.Error}");

        AssertInOrder(
            result.Output,
            "add-search-filters: done", "\n--- the improvement loop", "improve-max-concurrent-questions-to-2: trying", "improve-max-concurrent-questions-to-2: kept (+",
            "\n--- what it found and did\n", "improve-max-concurrent-questions-to-2", "\n## Measurement\n", "\n## Verdict\n\n- Outcome: kept\n", "- Measured gain: ");
        Assert.Empty(await ProcessTable.MentioningAsync(served.Folder));
    }

    [Fact]
    public async Task StartAll_Twice_FindsEverythingRunningAndStopAllStopsExactlyThat()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 1); return Task.CompletedTask; });
        await using var other = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 1); return Task.CompletedTask; });
        var bystander = await other.StartDaemonAsync();

        var first = await served.RunAsync(Programs.Script("start-all.sh"), Limit, "--repo", served.Root);
        Assert.True(first.ExitCode == 0, first.Output + first.Error);
        AssertInOrder(first.Output, "1 MCP Orchestrator   started", "3 daemon             started", "4 registration       done", "5 watching");
        var process = (await served.CallAsync("get_status")).GetProperty("process_id").GetInt32();

        var second = await served.RunAsync(Programs.Script("start-all.sh"), Limit, "--repo", served.Root);
        Assert.True(second.ExitCode == 0, second.Output + second.Error);
        AssertInOrder(second.Output, "1 MCP Orchestrator   running", $"3 daemon             running   process {process}", "4 registration       done", "5 watching");
        Assert.DoesNotContain("started", second.Output);
        await served.WaitSettledAsync();

        var stopped = await served.RunAsync(Programs.Script("stop-all.sh"), Limit, "--repo", served.Root);
        Assert.True(stopped.ExitCode == 0, stopped.Output + stopped.Error);
        AssertInOrder(stopped.Output, "daemon: stopped", "MCP Orchestrator: stopped");
        Assert.Empty(await ProcessTable.MentioningAsync(served.Folder));
        Assert.False(bystander.HasExited, bystander.Output);
        Assert.Equal(0, await bystander.TerminateAsync());
    }

    private static void AssertInOrder(string text, params string[] parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            var next = text.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(next >= 0, $"'{part.Trim()}' is missing{(text.Contains(part, StringComparison.Ordinal) ? " at its place" : "")} in:\n{text}");
            at = next + part.Length;
        }
    }
}
