using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>What a service manager is told, and what it would do: the notification protocol with a socket of the test in systemd's place.</summary>
[Trait("Category", "EndToEnd")]
public sealed class ServiceManagerTests
{
    private const int ServiceFailed = 70;

    [Fact]
    public async Task StartScript_InTheForeground_IsReadyReloadsAndStops()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 1); return Task.CompletedTask; });
        await using var socket = NotifySocket.Listen(Path.Combine(served.Folder, "notify"));
        Watch(served, socket, "9000000");
        served.Environment["WATCHDOG_PID"] = "1"; // the script's own number in real life; the script passes the duty on
        var config = Path.Combine(served.Folder, "orchestrator.yaml");
        await File.WriteAllTextAsync(config, "review:\n  max_attempts: 3\n");
        var service = served.StartProgram(Programs.Script("start-all.sh"), "--foreground", "--repo", served.Root, "--config", config);

        Assert.Contains($"serving {served.Root}", await socket.WaitForAsync("READY=1", TimeSpan.FromMinutes(4)));
        await socket.WaitForAsync("WATCHDOG=1");
        await Eventually.HoldsAsync("everything is started", () => service.Output.Contains("5 watching", StringComparison.Ordinal), () => service.Output);

        await File.WriteAllTextAsync(config, "review:\n  max_attempts: [broken\n");
        service.Hangup();
        await socket.WaitForAsync("RELOADING=1");
        await socket.WaitForAsync("READY=1");
        Assert.Contains("config-refused", (await served.CallAsync("get_status")).Items("warnings").Select(warning => warning.Text("code")));
        await File.WriteAllTextAsync(config, "review:\n  max_attempts: 4\n");
        service.Hangup();
        await socket.WaitForAsync("RELOADING=1");
        await socket.WaitForAsync("READY=1");
        Assert.DoesNotContain("config-refused", (await served.CallAsync("get_status")).Items("warnings").Select(warning => warning.Text("code")));

        Assert.Equal(0, await service.TerminateAsync());
        await socket.WaitForAsync("STOPPING=1");
        Assert.Equal(3, (await served.WoAsync("status")).ExitCode);
        Assert.False(File.Exists(served.McpSocket), "the MCP Orchestrator goes on");
    }

    [Fact]
    public async Task StartScript_InTheForeground_EndsWithTheCodeOfACrashedDaemon()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 6); return Task.CompletedTask; });
        served.Environment["WO_FAILPOINTS"] = "documents.after-journaled=throw";
        var service = served.StartProgram(Programs.Script("start-all.sh"), "--foreground", "--repo", served.Root);
        Assert.Equal(ServiceFailed, await service.WaitForExitAsync(TimeSpan.FromMinutes(4)));
        Assert.False(File.Exists(served.McpSocket), "the MCP Orchestrator goes on");
    }

    [Fact]
    public async Task Service_ThatHangs_StopsTheSignsOfLife()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 6); return Task.CompletedTask; });
        await using var socket = NotifySocket.Listen(Path.Combine(served.Folder, "notify"));
        Watch(served, socket, "3000000");
        served.Environment["WO_FAILPOINTS"] = "documents.after-journaled=hang";
        served.Environment["WO__HEALTH__HEARTBEAT_TIMEOUT"] = "15";
        served.Environment["WO__DOCUMENT_UPDATES__GIT_TIMEOUT"] = "1";
        served.Environment["WO__DOCUMENT_UPDATES__AUTO_COMMIT"] = "false"; // a git of another change that is broken off and tried again would count as progress
        var daemon = await served.StartDaemonAsync();
        await socket.WaitForAsync("WATCHDOG=1");
        await Eventually.HoldsAsync(
            "the hung service is named",
            async () => (await served.CallAsync("get_status")).Items("hung_services").Any(service => service.GetString() == "document_manager"));
        var before = Signs(socket);
        await socket.WaitForAsync("STATUS=down"); // a turn of the watchdog has passed
        await Assert.ThrowsAsync<TimeoutException>(() => socket.WaitForAsync("WATCHDOG=1", TimeSpan.FromSeconds(5)));
        Assert.InRange(Signs(socket), before, before + 1);
        Assert.False(daemon.HasExited);
    }

    [Fact]
    public async Task Service_ThatHangsWithoutAWatchdog_EndsTheProcessWhenAsked()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 6); return Task.CompletedTask; });
        served.Environment["WO_FAILPOINTS"] = "documents.after-journaled=hang";
        served.Environment["WO__HEALTH__HEARTBEAT_TIMEOUT"] = "15";
        served.Environment["WO__DOCUMENT_UPDATES__GIT_TIMEOUT"] = "1";
        served.Environment["WO__HEALTH__EXIT_WHEN_HUNG"] = "true";
        var daemon = await served.StartDaemonAsync();
        Assert.Equal(ServiceFailed, await daemon.WaitForExitAsync());
        Assert.Contains("document_manager", daemon.Output);
    }

    private static int Signs(NotifySocket socket) => socket.Seen.Count(message => message == "WATCHDOG=1");

    private static void Watch(ServedRepository served, NotifySocket socket, string microseconds)
    {
        served.Environment["NOTIFY_SOCKET"] = socket.Address;
        served.Environment["WATCHDOG_USEC"] = microseconds;
    }
}
