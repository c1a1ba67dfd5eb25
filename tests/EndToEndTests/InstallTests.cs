using EndToEndTests.Harness;
using Platform.Processes;

namespace EndToEndTests;

/// <summary><c>scripts/install.sh</c> in a clean home: install, use, upgrade, refuse a downgrade, uninstall.</summary>
[Trait("Category", "EndToEnd")]
public sealed class InstallTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Install_InACleanHome_WorksUpgradesAndLeavesNothingButTheState()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, SampleRepository.Kinds); return Task.CompletedTask; });
        var home = served.Environment["HOME"];
        served.Environment["XDG_STATE_HOME"] = Path.Combine(home, ".local", "state");
        served.Environment["PATH"] = $"{home}/.local/bin:{System.Environment.GetEnvironmentVariable("PATH")}";
        var before = Entries(home);
        await using var stopped = new WhatWasStarted(served);
        AssertDone(await InstallAsync(served));
        var prefix = Path.Combine(home, ".local", "share", "workflow-orchestrator");
        Assert.Contains($"ExecStart={prefix}/scripts/start-all.sh --foreground --repo %f", await File.ReadAllTextAsync(Path.Combine(home, ".config/systemd/user/workflow-orchestrator@.service")));
        foreach (var (shell, script) in new[] { ("bash", ".local/share/bash-completion/completions/wo"), ("zsh", ".local/share/zsh/site-functions/_wo"), ("fish", ".config/fish/completions/wo.fish") })
            Assert.Contains(shell, await File.ReadAllTextAsync(Path.Combine(home, script)));

        // What the completion of the shells asks: the program itself.
        var suggested = await ShellAsync(served, "wo '[suggest:6]' 'wo que'");
        Assert.Contains("questions", suggested.Output);

        // Start, use, and upgrade under the running daemon: it is stopped, and the next one finds its data.
        AssertDone(await ShellAsync(served, $"'{prefix}/scripts/start-all.sh' --repo '{served.Root}'"));
        await served.WaitSettledAsync();
        AssertDone(await ShellAsync(served, "wo doctor"));
        var updates = (await served.UpdatesAsync()).Count;
        Assert.True(updates > 0);
        AssertDone(await InstallAsync(served));
        Assert.Equal(3, (await ShellAsync(served, "wo status")).ExitCode);
        AssertDone(await ShellAsync(served, $"'{prefix}/scripts/start-all.sh' --repo '{served.Root}'"));
        await served.WaitSettledAsync();
        Assert.Equal(updates, (await served.UpdatesAsync()).Count);

        var marker = Path.Combine(prefix, "installed");
        await File.WriteAllTextAsync(marker, "version=99.0.0\nschema=999\n");
        var refused = await InstallAsync(served);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("older", refused.Error);
        Assert.Equal("version=99.0.0\nschema=999\n", await File.ReadAllTextAsync(marker));

        AssertDone(await InstallAsync(served, "--uninstall"));
        Assert.Equal(before.Append(".local").Append(".local/state").Append(".local/state/workflow-orchestrator").Order(StringComparer.Ordinal), Entries(home).Where(entry => !entry.StartsWith(".local/state/workflow-orchestrator/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(served.Socket), "the daemon goes on");
        Assert.False(File.Exists(served.McpSocket), "the MCP Orchestrator goes on");
    }

    [Fact]
    public async Task Install_OverSomethingElse_IsRefused()
    {
        await using var served = ServedRepository.Create();
        await served.Git.InitialiseAsync();
        var prefix = Directory.CreateDirectory(Path.Combine(served.Folder, "precious")).FullName;
        await File.WriteAllTextAsync(Path.Combine(prefix, "letter.txt"), "dear\n");
        foreach (var arguments in new[] { new[] { "--prefix", prefix }, ["--uninstall", "--prefix", prefix] })
            Assert.Equal(1, (await InstallAsync(served, arguments)).ExitCode);
        Assert.Equal(["letter.txt"], Directory.EnumerateFiles(prefix).Select(Path.GetFileName));
    }

    private static Task<ChildProcessResult> InstallAsync(ServedRepository served, params string[] arguments) => served.RunAsync(Programs.Script("install.sh"), s_limit, arguments);

    private static Task<ChildProcessResult> ShellAsync(ServedRepository served, string command) => served.RunAsync("bash", s_limit, "-c", $"cd '{served.Root}' && {command}");

    private static void AssertDone(ChildProcessResult result) => Assert.True(result.ExitCode == 0, $"{result.ExitCode}\n{result.Output}{result.Error}");

    private static List<string> Entries(string home) =>
        [.. Directory.EnumerateFileSystemEntries(home, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Select(entry => Path.GetRelativePath(home, entry)).Where(entry => !entry.StartsWith(".dotnet", StringComparison.Ordinal) && !entry.StartsWith(".nuget", StringComparison.Ordinal))];

    /// <summary>Stops the processes that the script has left behind, wherever the test ended.</summary>
    private sealed class WhatWasStarted(ServedRepository served) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await served.RunAsync(Path.Combine(Programs.Root, "scripts", "stop-all.sh"), s_limit, "--quiet", "--repo", served.Root, "--state", served.StateFolder);
    }
}
