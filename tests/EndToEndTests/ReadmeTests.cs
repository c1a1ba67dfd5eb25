using System.Text.RegularExpressions;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>The examples of the READMEs, line by line, against a daemon that serves the demo repository.</summary>
[Trait("Category", "EndToEnd")]
public sealed partial class ReadmeTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private static readonly string[] s_files = ["README.md", "deploy/README.md"];

    // Commands whose exit code is a verdict on what they looked at: 1 is as good an end as 0.
    private static readonly string[] s_verdicts = ["review", "validate", "doctor"];

    /// <summary>
    /// Every <c>wo</c> line of the shell blocks is run as it stands, with the placeholders filled in, in the order of the file, and ends with 0 (or its verdict).
    /// </summary>
    [Fact]
    public async Task WoLines_OfEveryReadme_DoWhatTheySay()
    {
        await using var served = ServedRepository.Create("shop");
        Assert.Equal(0, (await served.RunAsync(Programs.Wo, s_limit, "demo", "create", served.Root)).ExitCode);
        await served.StartMcpOrchestratorAsync();
        var daemon = await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        foreach (var (file, line) in s_files.SelectMany(file => Lines(file).Select(line => (file, line))).Where(example => example.line.StartsWith("wo ", StringComparison.Ordinal)))
        {
            var home = Directory.CreateDirectory(Path.Combine(served.Folder, "home of " + file.Replace('/', '-'))).FullName;
            var arguments = await FillAsync(served, home, Words(line)[1..]);
            if (arguments.Contains("--follow"))
            {
                await FollowAsync(served, arguments);
                continue;
            }

            if (arguments[0] == "restore")
                await daemon.TerminateAsync();
            var result = await served.WoAsync(arguments);
            Assert.True(result.ExitCode == 0 || (result.ExitCode == 1 && s_verdicts.Contains(arguments[0])), $"{line}\nexit code {result.ExitCode}\n{result.Output}{result.Error}");
            Assert.NotEqual("", result.Output + result.Error);
        }
    }

    /// <summary>Scripts that the READMEs name exist and know the options that they are shown with.</summary>
    [Fact]
    public async Task ScriptLines_OfEveryReadme_NameOptionsThatExist()
    {
        await using var served = ServedRepository.Create();
        foreach (var line in s_files.SelectMany(Lines).Where(line => line.StartsWith("scripts/", StringComparison.Ordinal)))
        {
            var words = Words(line);
            var help = await served.RunAsync(Path.Combine(Programs.Root, words[0]), s_limit, "--help");
            if (words[0] is not ("scripts/wo" or "scripts/bench.sh"))
                Assert.All(words.Where(word => word.StartsWith("--", StringComparison.Ordinal)), option => Assert.Contains(option, help.Output + help.Error, StringComparison.Ordinal));
            Assert.True(words[0] == "scripts/bench.sh" || help.ExitCode == 0, line);
        }
    }

    private static async Task FollowAsync(ServedRepository served, string[] arguments)
    {
        var follower = served.StartProgram(Programs.Wo, ["--repo", served.Root, .. arguments]);
        await Eventually.HoldsAsync("an event is shown", () => follower.Output.Contains("revision.", StringComparison.Ordinal), () => follower.Output);
        await follower.TerminateAsync();
    }

    private static async Task<string[]> FillAsync(ServedRepository served, string home, IReadOnlyList<string> words)
    {
        var filled = new List<string>();
        foreach (var word in words)
        {
            filled.Add(word switch
            {
                "CHANGE" => "add-search-filters",
                "ID" => (await served.WoJsonAsync("ask", $"How many steps has the ladder of room {Guid.NewGuid()}?")).Text("question_id")!,
                "UPDATE" => (await served.WoJsonAsync("updates", "--state", "applied")).Items("updates").First().Text("update_id")!,
                "FINDING" => (await served.WoJsonAsync("show", "add-search-filters")).Items("findings").First(finding => finding.Text("status") == "open").Text("finding_id")!,
                _ => word.Replace("~/", home + "/", StringComparison.Ordinal).Replace("main...HEAD", "HEAD~1...HEAD", StringComparison.Ordinal),
            });
        }

        return [.. filled];
    }

    // The commands of a file's shell blocks, without their comments.
    private static IEnumerable<string> Lines(string file) =>
        Block().Matches(File.ReadAllText(Path.Combine(Programs.Root, file)))
            .SelectMany(block => block.Groups[1].Value.Split('\n'))
            .Select(line => Comment().Replace(line, "").Trim())
            .Where(line => line.Length > 0);

    private static string[] Words(string line) => [.. Word().Matches(line).Select(word => word.Value.Trim('"'))];

    [GeneratedRegex("^```bash\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s+# .*$")]
    private static partial Regex Comment();

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Word();
}
