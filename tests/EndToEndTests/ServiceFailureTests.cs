using EndToEndTests.Harness;
using Microsoft.Data.Sqlite;
using Platform.Sqlite;

namespace EndToEndTests;

/// <summary>A daemon that cannot go on ends so that a service manager starts it again (the Generic Host would end with 0: dotnet/runtime#67146).</summary>
[Trait("Category", "EndToEnd")]
public sealed class ServiceFailureTests
{
    private const int ServiceFailed = 70;

    [Fact]
    public async Task Service_ThatThrows_EndsTheProcessWithItsExitCodeAndNothingHalfDone()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 2); return Task.CompletedTask; });
        var daemon = await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        DropTable(Path.Combine(served.StateFolder, "store.db"), "revision");

        SampleRepository.WriteChange(served.Root, "one-more", 3);
        Assert.Equal(ServiceFailed, await daemon.WaitForExitAsync());
        Assert.Contains("no such table", daemon.Output);
        Assert.Equal(["?? openspec/changes/one-more/"], (await served.Git.RunAsync("status", "--porcelain")).TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Daemon_TerminatedAndKilled_ServesAgain()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 2); return Task.CompletedTask; });
        var daemon = await served.StartDaemonAsync();
        Assert.Equal(0, await daemon.TerminateAsync());
        Assert.False(File.Exists(served.Socket), "the socket file is left behind");

        var second = await served.StartDaemonAsync();
        await second.KillAsync();
        Assert.Equal(3, (await served.WoAsync("status")).ExitCode);

        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
    }

    // Somebody damages the store under the daemon's feet.
    private static void DropTable(string store, string table)
    {
        SystemSqlite.Initialize();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = store, Pooling = false, DefaultTimeout = 60 }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA foreign_keys = OFF; DROP TABLE {table}";
        command.ExecuteNonQuery();
    }
}
