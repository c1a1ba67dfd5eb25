using System.Text.RegularExpressions;
using EndToEndTests.Harness;
using Platform.Processes;
using Testing;

namespace EndToEndTests.Conformance;

/// <summary>
/// The official judges: the MCP conformance suites against our HTTP stack with the tools that they ask for, those of their scenarios that suit any server
/// against the daemon as it is shipped, and the Inspector's command line.
/// </summary>
[Trait("Category", "EndToEnd")]
public sealed class ConformanceTests
{
    private const string Older = "conformance-0.1";
    private const string Newer = "conformance-0.2";

    // What the suites try on any server.
    private static readonly string[] s_generic = ["server-initialize", "ping", "logging-set-level", "tools-list", "resources-list", "resources-subscribe", "resources-unsubscribe", "prompts-list", "completion-complete", "server-sse-multiple-streams", "dns-rebinding-protection"];
    private static readonly string[] s_genericOfNewest = ["tools-list", "resources-list", "prompts-list", "sep-2164-resource-not-found", "http-header-validation", "server-sse-multiple-streams", "dns-rebinding-protection", "input-required-result-unsupported-methods", "input-required-result-ignore-extra-params"];

    [Theory]
    [InlineData(Older, "--suite", "all")]
    [InlineData(Newer, "--requirements", "2025-11-25")]
    [InlineData(Newer, "--requirements", "2026-07-28")]
    public async Task Suite_OnOurHttpStack_Passes(string suite, string option, string value)
    {
        await using var server = await ConformanceServer.StartAsync();
        using var folder = new ResultFolder();
        var result = await McpTools.RunAsync(folder.Path, [McpTools.Suite(suite), "server", "--url", server.Endpoint.ToString(), option, value, "-o", folder.Path]);
        Assert.True(result.ExitCode == 0, McpTools.Failures(result));
    }

    [Fact]
    public async Task GenericScenarios_OnTheDaemonAsShipped_Pass()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        var daemon = await served.StartDaemonAsync();
        var endpoint = await McpTools.EndpointOfAsync(daemon);
        foreach (var (suite, scenario, version) in s_generic.Select(name => (Older, name, "")).Concat(s_genericOfNewest.Select(name => (Newer, name, "2026-07-28"))))
        {
            string[] only = version.Length > 0 ? ["--spec-version", version] : [];
            var result = await McpTools.RunAsync(served.Folder, [McpTools.Suite(suite), "server", "--url", endpoint, "--scenario", scenario, "-o", Path.Combine(served.Folder, "results"), .. only]);
            Assert.True(result.ExitCode == 0, $"{suite} {scenario}: {McpTools.Failures(result)}");
        }
    }

    [Fact]
    public async Task Inspector_OverHttpAndStdio_ListsAndCallsTheTools()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        var daemon = await served.StartDaemonAsync();
        string[] http = ["--transport", "http", "--server-url", await McpTools.EndpointOfAsync(daemon)];
        string[] stdio = [Programs.Wo, "--repo", served.Root, "--set", $"workflow_orchestrator.socket_path={served.Socket}", "mcp"]; // the Inspector passes no environment on
        foreach (var target in new[] { http, stdio })
        {
            var listed = await McpTools.RunAsync(served.Folder, [McpTools.Inspector, "--cli", .. target, "--method", "tools/list"], served.Environment);
            Assert.True(listed.ExitCode == 0, McpTools.Failures(listed));
            Assert.Contains("\"ask_question\"", listed.Output, StringComparison.Ordinal);
            Assert.Equal(target == stdio, listed.Output.Contains("\"submit_answer\"", StringComparison.Ordinal)); // without the token no more than an agent
            var called = await McpTools.RunAsync(served.Folder, [McpTools.Inspector, "--cli", .. target, "--method", "tools/call", "--tool-name", "ask_question", "--tool-arg", "question=Which limit applies to uploads?"], served.Environment);
            Assert.True(called.ExitCode == 0, McpTools.Failures(called));
            Assert.Contains("question_id", called.Output, StringComparison.Ordinal);
        }
    }

    private static Task Fill(string root)
    {
        SampleRepository.Write(root, 1);
        return Task.CompletedTask;
    }

    private sealed class ResultFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("wo-conformance-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}

/// <summary>The programs in <c>mcp-tools</c>, with the Node.js that they need.</summary>
internal static partial class McpTools
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(4);

    private static string Folder { get; } = Path.Combine(Programs.Root, "tests", "EndToEndTests", "mcp-tools", "node_modules");

    public static string Inspector => Path.Combine(Folder, "@modelcontextprotocol", "inspector", "clients", "launcher", "build", "index.js");

    public static string Suite(string name) => Path.Combine(Folder, name, "dist", "index.js");

    /// <summary>Where a daemon serves MCP, from what it says at its start.</summary>
    public static async Task<string> EndpointOfAsync(RunningProgram daemon)
    {
        await Eventually.HoldsAsync("it says where it serves", () => HealthAddress().IsMatch(daemon.Output)); // its log comes through a pipe
        return HealthAddress().Match(daemon.Output).Groups[1].Value + "/mcp";
    }

    [GeneratedRegex(@"health at (http://\S+)/healthz")]
    private static partial Regex HealthAddress();

    public static Task<ChildProcessResult> RunAsync(string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var node = Directory.Exists(Folder) ? Directory.GetDirectories(Folder, "node-*").Select(package => Path.Combine(package, "bin", "node")).FirstOrDefault(File.Exists) : null;
        if (node is null)
            throw new InvalidOperationException("The conformance suites are missing: run 'npm ci --ignore-scripts' in tests/EndToEndTests/mcp-tools (scripts/test.sh does).");
        return ChildProcess.RunAsync(
            new ChildProcessCall(node, arguments, folder, s_timeout)
            {
                Environment = (environment ?? new Dictionary<string, string>()).ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal),
                MaxOutputBytes = 16 * 1024 * 1024,
            },
            CancellationToken.None);
    }

    /// <summary>What went wrong, in the judge's words.</summary>
    public static string Failures(ChildProcessResult result)
    {
        var lines = (result.Output + result.Error).Split('\n').Where(line => line.Contains('✗') || line.Contains("FAIL", StringComparison.Ordinal) || line.Contains("rror", StringComparison.Ordinal)).Take(60);
        return $"exit code {result.ExitCode}\n{string.Join('\n', lines)}\n…{result.Output[^Math.Min(result.Output.Length, 1500)..]}";
    }
}
