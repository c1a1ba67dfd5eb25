using System.Collections;
using System.Globalization;
using Testing;
using Workflow.Hosting;

namespace Workflow.Tests.Hosting;

public sealed class ServiceManagerTests
{
    [Fact]
    public async Task Messages_OnASocketFile_AreThoseOfTheProtocol()
    {
        await using var socket = NotifySocket.Listen(Path.Combine(Path.GetTempPath(), $"wo-n-{Guid.NewGuid().ToString("N")[..8]}"));
        using var manager = ServiceManager.FromEnvironment(new Hashtable { ["NOTIFY_SOCKET"] = socket.Address });

        manager.Ready("ok:\nserving /a");
        Assert.Equal("READY=1\nSTATUS=ok: serving /a", await socket.WaitForAsync("READY"));
        manager.Reloading();
        var reloading = await socket.WaitForAsync("RELOADING=1");
        var stamp = long.Parse(reloading.Split('\n').Single(line => line.StartsWith("MONOTONIC_USEC=", StringComparison.Ordinal))["MONOTONIC_USEC=".Length..], CultureInfo.InvariantCulture);
        Assert.InRange(stamp, 1, Environment.TickCount64 * 1000 + 10_000_000);
        manager.Watchdog();
        Assert.Equal("WATCHDOG=1", await socket.WaitForAsync("WATCHDOG"));
        manager.Stopping();
        await socket.WaitForAsync("STOPPING=1");
    }

    [Fact]
    public async Task Messages_OnAnAbstractSocket_Arrive()
    {
        if (!OperatingSystem.IsLinux())
            return; // abstract addresses exist on Linux alone
        await using var socket = NotifySocket.ListenAbstract();
        using var manager = ServiceManager.FromEnvironment(new Hashtable { ["NOTIFY_SOCKET"] = socket.Address });
        manager.Status("here");
        Assert.Equal("STATUS=here", await socket.WaitForAsync("STATUS"));
    }

    [Fact]
    public void Messages_WithNobodyListening_DoNotThrow()
    {
        using var absent = ServiceManager.FromEnvironment(new Hashtable());
        using var dead = ServiceManager.FromEnvironment(new Hashtable { ["NOTIFY_SOCKET"] = "/tmp/wo-there-is-nothing" });
        absent.Ready("x");
        dead.Ready("x");
        Assert.False(absent.IsPresent);
        Assert.True(dead.IsPresent);
    }

    [Theory]
    [InlineData("3000000", null, 3.0)]
    [InlineData("3000000", "1", null)] // meant for another process
    [InlineData("-5", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void Watchdog_IsReadFromTheEnvironment(string? microseconds, string? process, double? seconds)
    {
        using var manager = ServiceManager.FromEnvironment(new Hashtable { ["NOTIFY_SOCKET"] = "/tmp/x", ["WATCHDOG_USEC"] = microseconds, ["WATCHDOG_PID"] = process });
        Assert.Equal(seconds, manager.WatchdogTimeout?.TotalSeconds);
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("")]
    [InlineData("/")]
    public void NotifySocket_Malformed_CountsAsAbsent(string address)
    {
        using var manager = ServiceManager.FromEnvironment(new Hashtable { ["NOTIFY_SOCKET"] = address });
        Assert.False(manager.IsPresent);
    }
}
