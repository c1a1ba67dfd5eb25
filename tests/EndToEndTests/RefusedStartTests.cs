using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EndToEndTests.Harness;
using Microsoft.Data.Sqlite;
using Platform.Processes;
using Platform.Sqlite;

namespace EndToEndTests;

/// <summary>What the daemon cannot start with: one clear message, an honest exit code, nothing written, nobody disturbed.</summary>
[Trait("Category", "EndToEnd")]
public sealed class RefusedStartTests
{
    private const int Failed = 1;
    private const int BadConfiguration = 78;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Repo_Missing_IsRefused()
    {
        await using var served = ServedRepository.Create();
        AssertRefused(await served.WoAsync("run"), BadConfiguration, served.Root, "does not exist", "--repo DIR");
        AssertNothingWritten(served);
    }

    [Fact]
    public async Task Repo_IsAFile_IsRefused()
    {
        await using var served = ServedRepository.Create();
        await File.WriteAllTextAsync(served.Root, "a file\n");
        AssertRefused(await served.WoAsync("run"), BadConfiguration, served.Root, "is a file", "--repo DIR");
        Assert.Equal("a file\n", await File.ReadAllTextAsync(served.Root));
        AssertNothingWritten(served);
    }

    [Fact]
    public async Task Configuration_BrokenYaml_IsRefusedWithItsPlace()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        var file = Path.Combine(served.Folder, "broken.yaml");
        await File.WriteAllTextAsync(file, "document_updates:\n  auto_commit: [true\nfeedback_loop: {\n");
        foreach (var command in new[] { new[] { "run" }, ["config", "check"] })
            AssertRefused(await served.WoAsync(["--config", file, .. command]), BadConfiguration, file + ":2", "YAML");
        AssertNothingWritten(served);
    }

    [Fact]
    public async Task Configuration_WithSeveralFaults_TellsAllOfThem()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        var file = Path.Combine(served.Folder, "faults.yaml");
        await File.WriteAllTextAsync(file, "question_routing:\n  max_concurrent_questions: 0\n  cache_timout: 5\ndocument_updates:\n  mode: perhaps\n");
        AssertRefused(await served.WoAsync("--config", file, "run"), BadConfiguration, "max_concurrent_questions", "cache_timout", "cache_timeout", "perhaps");
        AssertNothingWritten(served);
    }

    [Fact]
    public async Task Socket_OfAForeignListener_IsRefusedAndLeftAlone()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        using var foreign = Listen(served.Socket);
        AssertRefused(await served.WoAsync("run"), Failed, served.Socket, "in use", System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(served.Socket)); // it still listens on the same file
        Assert.Empty(await served.Git.StatusAsync());
    }

    [Fact]
    public async Task Socket_FileOfADeadListener_IsTakenOver()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        var dead = await served.StartDaemonAsync();
        await dead.KillAsync();
        Assert.True(File.Exists(served.Socket));
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
    }

    [Fact]
    public async Task Socket_PathIsAFile_IsRefusedAndKept()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        await File.WriteAllTextAsync(served.Socket, "not a socket");
        AssertRefused(await served.WoAsync("run"), Failed, served.Socket);
        Assert.Equal("not a socket", await File.ReadAllTextAsync(served.Socket));
    }

    [Fact]
    public async Task HttpPort_InUse_IsRefusedWithARemedy()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        served.Environment["WO__HTTP__LISTEN"] = other.LocalEndpoint.ToString()!;
        AssertRefused(await served.WoAsync("run"), Failed, "http.listen", other.LocalEndpoint.ToString()!, "WO__HTTP__LISTEN");
        Assert.False(File.Exists(served.Socket), "the socket file is left behind");
        Assert.Empty(await served.Git.StatusAsync());
    }

    [Fact]
    public async Task Daemon_SecondOnTheSameRepository_IsRefusedAndNamesTheFirst()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        var first = await served.StartDaemonAsync();
        var link = Path.Combine(served.Folder, "another-name");
        Directory.CreateSymbolicLink(link, served.Root);
        var own = served.Environment["WORKFLOW_ORCHESTRATOR_SOCKET"];
        served.Environment["WORKFLOW_ORCHESTRATOR_SOCKET"] = Path.Combine(served.Folder, "second.sock");
        foreach (var name in new[] { served.Root, link })
            AssertRefused(await served.RunAsync(Programs.Wo, Limit, "--repo", name, "run"), Failed, "Another daemon", $"process {first.Id}");
        served.Environment["WORKFLOW_ORCHESTRATOR_SOCKET"] = own;
        Assert.Equal(first.Id, (await served.CallAsync("get_status")).GetProperty("process_id").GetInt32());
        await served.WaitSettledAsync();
    }

    [Fact]
    public async Task Store_OfANewerVersion_IsRefusedAndUntouched()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        var store = Path.Combine(Directory.CreateDirectory(served.StateFolder).FullName, "store.db");
        SystemSqlite.Initialize();
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = store, Pooling = false }.ToString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE from_the_future (x); PRAGMA user_version = 9999";
            command.ExecuteNonQuery();
        }

        var bytes = await File.ReadAllBytesAsync(store);
        AssertRefused(await served.WoAsync("run"), Failed, store, "9999", "newer");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(store));
        Assert.Empty(await served.Git.StatusAsync());
    }

    [Fact]
    public async Task Command_WithoutADaemon_SaysSo()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        AssertRefused(await served.WoAsync("changes"), 3, served.Socket, "start-all.sh");
        AssertRefused(await served.WoAsync("no-such-command"), 2, "no-such-command");
    }

    private static Task Fill(string root)
    {
        SampleRepository.Write(root, 1);
        return Task.CompletedTask;
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    // The message is for a person: the named facts, no stack trace.
    private static void AssertRefused(ChildProcessResult result, int exitCode, params string[] facts)
    {
        Assert.True(result.ExitCode == exitCode, $"exit code {result.ExitCode} instead of {exitCode}\n{result.Output}\n{result.Error}");
        Assert.All(facts, fact => Assert.Contains(fact, result.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error);
        Assert.DoesNotContain("Unhandled", result.Error);
    }

    private static void AssertNothingWritten(ServedRepository served) =>
        Assert.False(Directory.Exists(served.Environment["XDG_STATE_HOME"]) && Directory.EnumerateFileSystemEntries(served.Environment["XDG_STATE_HOME"], "*", SearchOption.AllDirectories).Any(File.Exists));
}
