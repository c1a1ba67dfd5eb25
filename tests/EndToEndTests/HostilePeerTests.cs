using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>Clients of the daemon's socket that do what nobody should. Each time: a second client is served meanwhile, and the daemon's memory stays within bounds.</summary>
[Trait("Category", "EndToEnd")]
public sealed class HostilePeerTests(HostilePeerTests.Served served) : IClassFixture<HostilePeerTests.Served>
{
    private const string Call = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_questions","arguments":{"limit":50},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""";

    [Fact]
    public async Task Connections_TenThousandOneAfterAnother_LeaveNothingBehind()
    {
        const int Lanes = 4;
        await ServedTwiceAsync();
        var (memory, sockets) = (served.Megabytes, served.OpenSockets);
        var lanes = Enumerable.Range(0, Lanes).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10_000 / Lanes; i++)
            {
                using var peer = await ConnectAsync();
                await peer.SendAsync(Line("""{"jsonrpc":"2.0","id":1,"method":"ping"}"""));
                Assert.True(await peer.ReceiveAsync(new byte[4096]) > 0);
            }
        })).ToArray();
        await ServedTwiceAsync();
        await Task.WhenAll(lanes);
        await Eventually.HoldsAsync("the connections are closed", () => served.OpenSockets <= sockets + 5, () => $"{served.OpenSockets} sockets are open, {sockets} were");
        Assert.InRange(served.Megabytes, 0, memory + 120);
    }

    [Fact]
    public async Task Line_OfTwoHundredMegabytes_IsCutOff()
    {
        await ServedTwiceAsync();
        var memory = served.Megabytes;
        using var peer = await ConnectAsync();
        var chunk = new byte[1024 * 1024];
        Array.Fill(chunk, (byte)'x');
        var sent = 0;
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            for (; sent < 200; sent++)
                await peer.SendAsync(chunk).WaitAsync(Eventually.DefaultTimeout);
        });
        Assert.InRange(sent, 1, 20); // what was on its way when it was cut off
        await ServedTwiceAsync();
        Assert.InRange(served.Megabytes, 0, memory + 60);
    }

    [Fact]
    public async Task HalfFrames_OfManyPeersThatStayOrVanish_AreNeverActedUpon()
    {
        await ServedTwiceAsync();
        var (memory, sockets) = (served.Megabytes, served.OpenSockets);
        var peers = new List<Socket>();
        for (var i = 0; i < 300; i++)
        {
            peers.Add(await ConnectAsync());
            await peers[i].SendAsync(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask_question","arguments":{"question":"Is this half a question?{{new string('x', 10_000)}}"""));
        }

        await ServedTwiceAsync();
        Assert.InRange(served.Megabytes, 0, memory + 60);
        peers.ForEach(peer => peer.Dispose());
        await Eventually.HoldsAsync("their connections are closed", () => served.OpenSockets <= sockets + 5, () => $"{served.OpenSockets} sockets are open, {sockets} were");
        Assert.DoesNotContain((await served.Repository.CallAsync("list_questions", new JsonObject { ["limit"] = 200 })).Items("questions"), question => question.Text("question").Contains("half", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SlowReader_AsksForMuchAndReadsNothing_KeepsItWaitingOnItsOwnSide()
    {
        var context = new string('c', 60_000);
        for (var i = 0; i < 20; i++)
            await served.Repository.CallAsync("ask_question", new JsonObject { ["question"] = $"How long is context number {i.ToString(CultureInfo.InvariantCulture)}?", ["context"] = context });
        await ServedTwiceAsync();
        var memory = served.Megabytes;
        var sockets = served.OpenSockets;
        using (var peer = await ConnectAsync())
        {
            for (var i = 0; i < 2000; i++)
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(250)); // no longer taken: what the daemon does not read waits with the peer
                try
                {
                    await peer.SendAsync(Line(Call.Replace("\"id\":1", $"\"id\":{i}", StringComparison.Ordinal)), limit.Token);
                }
                catch (OperationCanceledException)
                {
                    break;
                }
            }

            await ServedTwiceAsync();
            Assert.InRange(served.Megabytes, 0, memory + 150);
        }

        await Eventually.HoldsAsync("its connection is closed", () => served.OpenSockets <= sockets + 5, () => $"{served.OpenSockets} sockets are open, {sockets} were");
    }

    [Fact]
    public async Task Garbage_OfEveryKind_IsAnsweredInWordsOrCutOff()
    {
        using var peer = await ConnectAsync();
        using var stream = new NetworkStream(peer);
        using var reader = new StreamReader(stream);
        string[] lines = ["nonsense", "[]", "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":", "{\"jsonrpc\":\"1.0\",\"id\":6,\"method\":\"x\"}", "\u0001\u0002\u0003", "\"text\"", "{}"];
        foreach (var line in lines)
            await peer.SendAsync(Line(line));
        await peer.SendAsync(new byte[] { 0xff, 0xfe, 0x00, 0x80, (byte)'\n' });
        await peer.SendAsync(Line(Call.Replace("\"id\":1", "\"id\":\"after\"", StringComparison.Ordinal)));
        var errors = 0;
        while (true)
        {
            var answer = JsonNode.Parse((await reader.ReadLineAsync().WaitAsync(Eventually.DefaultTimeout))!)!;
            if (answer["id"]?.ToString() == "after")
            {
                Assert.NotNull(answer["result"]);
                break;
            }

            Assert.False(string.IsNullOrEmpty(answer["error"]!["message"]!.ToString()));
            errors++;
        }

        Assert.InRange(errors, 5, lines.Length + 1);
        await ServedTwiceAsync();
    }

    private static byte[] Line(string text) => Encoding.UTF8.GetBytes(text + "\n");

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(served.Repository.Socket));
        return socket;
    }

    // The bystander: it reads and it writes.
    private async Task ServedTwiceAsync()
    {
        await served.Repository.CallAsync("list_questions");
        Assert.StartsWith("q-", (await served.Repository.CallAsync("ask_question", new JsonObject { ["question"] = "Is the bystander served?" })).Text("question_id"));
    }

    /// <summary>One daemon for all.</summary>
    public sealed class Served : IAsyncLifetime
    {
        private RunningProgram? _daemon;

        internal ServedRepository Repository { get; private set; } = null!;

        internal double Megabytes =>
            double.Parse(File.ReadLines($"/proc/{_daemon!.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))[6..^2], CultureInfo.InvariantCulture) / 1024;

        /// <summary>Files are not counted: SQLite keeps those that it has closed until no connection of the process holds a lock on them.</summary>
        internal int OpenSockets =>
            new DirectoryInfo($"/proc/{_daemon!.Id}/fd").GetFileSystemInfos().Count(entry => entry.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

        public async Task InitializeAsync()
        {
            Repository = await ServedRepository.CreateAsync(root =>
            {
                SampleRepository.Write(root, 0);
                return Task.CompletedTask;
            });
            _daemon = await Repository.StartDaemonAsync();
        }

        public async Task DisposeAsync()
        {
            Assert.False(_daemon!.HasExited, _daemon.Output);
            Assert.Equal(0, await _daemon.TerminateAsync());
            await Repository.DisposeAsync();
        }
    }
}
