using System.Diagnostics;
using System.Text.Json;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>Steering a running daemon: reload, health, events, backup and restore, doctor.</summary>
[Trait("Category", "EndToEnd")]
public sealed class OperatingTests
{
    private const int Failed = 1;
    private const int Unreachable = 3;
    private const int BadConfiguration = 78;

    [Fact]
    public async Task Reload_OfGoodBrokenAndGoodAgain_AnswersForEachKeyAndKeepsTheLastGood()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 1); return Task.CompletedTask; });
        var config = Path.Combine(served.Root, "config", "orchestrator.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(config)!);
        await File.WriteAllTextAsync(config, "review:\n  max_attempts: 3\n");
        await served.StartDaemonAsync();
        Assert.Empty((await served.WoJsonAsync("reload")).Items("keys"));

        await File.WriteAllTextAsync(config, "review:\n  max_attempts: 5\n  max_concurrent_changes: 2\n");
        var report = await served.WoJsonAsync("reload");
        Assert.True(report.GetProperty("is_accepted").GetBoolean());
        Assert.Equal(
            [("review.max_attempts", "applied", "3", "5"), ("review.max_concurrent_changes", "needs_restart", "4", "2")],
            report.Items("keys").Select(key => (key.Text("key"), key.Text("outcome"), key.Text("old_value"), key.Text("new_value"))));
        Assert.Contains("config-restart-needed", await CodesAsync(served));

        await File.WriteAllTextAsync(config, "review:\n  max_attempts: none\n  colour: blue\n");
        var refused = await served.WoAsync("reload");
        Assert.Equal(BadConfiguration, refused.ExitCode);
        Assert.Contains("review.max_attempts", refused.Error);
        Assert.Contains("review.colour", refused.Error);
        Assert.Contains("config-refused", await CodesAsync(served));
        Assert.Equal("degraded", (await served.WoJsonAsync("status")).Text("status"));

        await File.WriteAllTextAsync(config, "review:\n  max_attempts: 5\n");
        Assert.Equal(0, (await served.WoAsync("reload")).ExitCode);
        Assert.Empty((await CodesAsync(served)).Intersect(["config-refused", "config-restart-needed"]));
    }

    [Fact]
    public async Task Reload_IntoShadowMode_WritesNothingFromThenOn()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 1); return Task.CompletedTask; });
        var config = Path.Combine(served.Folder, "orchestrator.yaml");
        await File.WriteAllTextAsync(config, "document_updates:\n  mode: auto\n");
        served.Environment["WORKFLOW_ORCHESTRATOR_CONFIG"] = config;
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        await File.WriteAllTextAsync(config, "document_updates:\n  mode: shadow\n");
        Assert.Equal(0, (await served.WoAsync("reload")).ExitCode);
        SampleRepository.WriteChange(served.Root, "one-more", 3);
        await served.WaitSettledAsync();
        var update = (await served.UpdatesAsync()).Last(candidate => candidate.Text("change") == "one-more");
        Assert.Equal("shadowed", update.Text("state"));
        Assert.False(File.Exists(Path.Combine(served.ChangeFolder("one-more"), "review.md")));
    }

    [Fact]
    public async Task Healthz_WhileDependenciesAreBlocked_AnswersAtOnce()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 1); return Task.CompletedTask; });
        using var blocked = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        blocked.Start(); // accepts and never answers
        served.Environment["LM_STUDIO_BASE_URL"] = $"http://{blocked.LocalEndpoint}";
        var port = FreePort.Find();
        served.Environment["WO__HTTP__LISTEN"] = $"127.0.0.1:{port}";
        await served.StartDaemonAsync();
        using var http = new HttpClient();
        var address = new Uri($"http://127.0.0.1:{port}/healthz");
        var health = JsonElement.Parse(await http.GetStringAsync(address)); // the first also compiles
        Assert.All(health.Items("warnings"), warning => Assert.All(new[] { "code", "severity", "since", "remedy", "dependency" }, name => Assert.NotEmpty(warning.Text(name))));
        Assert.NotEmpty(health.Items("warnings"));
        var times = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await http.GetStringAsync(address);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        Assert.True(times[times.Count / 2] < 50, $"median {times[times.Count / 2]:0.0} ms, longest {times[^1]:0.0} ms");
    }

    [Fact]
    public async Task Events_AreListedFollowedAndSurviveARestart()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 2); return Task.CompletedTask; });
        var daemon = await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        var lines = (await served.WoAsync("events", "--limit", "1000", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(lines.Select(line => line.GetProperty("id").GetInt64()).Order(), lines.Select(line => line.GetProperty("id").GetInt64()));
        Assert.Contains("review.completed", lines.Select(line => line.Text("type")));

        var follower = served.StartProgram(Programs.Wo, "--repo", served.Root, "events", "--follow", "--limit", "1", "--type", "revision.");
        await Eventually.HoldsAsync("the last event is printed", () => follower.Output.Contains("revision.", StringComparison.Ordinal), () => follower.Output);
        SampleRepository.WriteChange(served.Root, "one-more", 0);
        await Eventually.HoldsAsync("the new change is printed", () => follower.Output.Contains("one-more", StringComparison.Ordinal), () => follower.Output);
        Assert.Equal(0, await daemon.TerminateAsync());
        await served.StartDaemonAsync();
        SampleRepository.WriteChange(served.Root, "yet-another", 0);
        await Eventually.HoldsAsync("the follower came back", () => follower.Output.Contains("yet-another", StringComparison.Ordinal), () => follower.Output);
        Assert.Equal(2, (await served.WoAsync("events", "--limit", "0")).ExitCode);
    }

    [Fact]
    public async Task Backup_WhileTheDaemonWorks_RestoresItsState()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 6); return Task.CompletedTask; });
        var daemon = await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        var archive = Path.Combine(served.Folder, "state.tar.gz");
        Assert.Equal((0, ""), Outcome(await served.WoAsync("backup", archive)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(archive));
        Assert.Equal(Failed, (await served.WoAsync("backup", archive)).ExitCode); // it exists
        var before = (await served.WoJsonAsync("questions", "--all")).GetRawText();

        var refused = await served.WoAsync("restore", archive);
        Assert.Equal(Failed, refused.ExitCode);
        Assert.Contains("Another daemon", refused.Error);
        Assert.Equal(0, await daemon.TerminateAsync());
        Directory.Delete(served.StateFolder, recursive: true);
        Assert.Equal((0, ""), Outcome(await served.WoAsync("restore", archive)));
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        Assert.Equal(before, (await served.WoJsonAsync("questions", "--all")).GetRawText());
        Assert.Equal("ok", (await served.WoJsonAsync("doctor")).Items("checks").Single(check => check.Text("name") == "store").Text("outcome"));
    }

    [Fact]
    public async Task Restore_OfADamagedOrForeignArchive_ChangesNothing()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 1); return Task.CompletedTask; });
        var daemon = await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        var archive = Path.Combine(served.Folder, "state.tar.gz");
        Assert.Equal(0, (await served.WoAsync("backup", archive)).ExitCode);
        Assert.Equal(0, await daemon.TerminateAsync());
        var store = await File.ReadAllBytesAsync(Path.Combine(served.StateFolder, "store.db"));
        var whole = await File.ReadAllBytesAsync(archive);
        for (var i = 1; i < 8; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[whole.Length * i / 8] ^= 0x55;
            await File.WriteAllBytesAsync(archive, i % 2 == 0 ? damaged : whole[..(whole.Length * i / 8)]);
            Assert.Equal(Failed, (await served.WoAsync("restore", archive)).ExitCode);
        }

        Assert.Equal(store, await File.ReadAllBytesAsync(Path.Combine(served.StateFolder, "store.db")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(served.StateFolder, ".wo-*"));
    }

    [Fact]
    public async Task Doctor_WithAndWithoutADaemon_SaysWhatToDo()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 1); return Task.CompletedTask; });
        var without = await served.WoAsync("doctor");
        Assert.Equal(0, without.ExitCode);
        Assert.Contains("warn daemon: is not running", without.Output);
        Assert.Contains("-> scripts/start-all.sh", without.Output);
        Assert.Equal(Unreachable, (await served.WoAsync("events")).ExitCode);

        await served.StartDaemonAsync();
        await served.WaitForHealthAsync("lm_studio", "degraded");
        var report = await served.WoJsonAsync("doctor");
        Assert.True(report.GetProperty("running").GetBoolean());
        var warning = report.Items("checks").Single(check => check.Text("name") == "lm-studio-degraded");
        Assert.NotEmpty(warning.Text("remedy"));
    }

    private static async Task<IReadOnlyList<string>> CodesAsync(ServedRepository served) =>
        [.. (await served.CallAsync("get_status")).Items("warnings").Select(warning => warning.Text("code"))];

    private static (int, string) Outcome(Platform.Processes.ChildProcessResult result) => (result.ExitCode, result.Error);
}
