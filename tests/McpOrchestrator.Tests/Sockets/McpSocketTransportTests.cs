using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Sockets;

namespace McpOrchestrator.Tests.Sockets;

public sealed class McpSocketTransportTests : IDisposable
{
    private readonly SocketTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Send_LargeReplyCancelledHalfWay_NextFrameIsWhole()
    {
        var started = new TaskCompletionSource();
        await using var server = Start(
            new McpTransportLimits { MaxMessageBytes = 64 << 20 },
            big: () =>
            {
                started.TrySetResult();
                return new string('x', 20_000_000);
            },
            small: () => "small");
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);

        await peer.SendAsync(RawPeer.Call("a", "big"));
        await started.Task.Within();
        Assert.True(peer.Socket.Poll(Bounded.Limit, SelectMode.SelectRead)); // the reply is on its way and fills the socket
        await peer.SendAsync(RawPeer.Cancel("a"), RawPeer.Call("b", "small"));

        // Each line must be whole JSON, or ReadAsync throws.
        var reply = await peer.ReadResponseAsync("b");
        Assert.Contains("small", reply.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receive_MessageOverLimit_IsRefusedAndConnectionCut()
    {
        await using var server = Start(new McpTransportLimits { MaxMessageBytes = 100_000 }, small: () => "small");
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);
        using var other = await RawPeer.ConnectAsync(_folder.Socket);

        var flood = peer.Stream.WriteAsync(new byte[8_000_000].Select(_ => (byte)'x').ToArray()).AsTask();

        var error = await peer.ReadAsync();
        Assert.Contains("larger than 100000 bytes", error["error"]!["message"]!.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => flood.Within());
        await other.SendAsync(RawPeer.Call("a", "small"));
        Assert.NotNull((await other.ReadAsync())["result"]);
    }

    [Fact]
    public async Task Receive_MessageAtLimit_IsServed()
    {
        await using var server = Start(new McpTransportLimits { MaxMessageBytes = 100_000 }, small: () => "small");
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);
        var call = RawPeer.Call("a", "small");

        await peer.SendAsync(new string(' ', 100_000 - call.Length) + call);

        Assert.NotNull((await peer.ReadAsync())["result"]);
    }

    [Fact]
    public async Task Send_ReplyOverLimit_BecomesErrorAndConnectionLives()
    {
        await using var server = Start(new McpTransportLimits { MaxMessageBytes = 50_000 }, big: () => new string('x', 60_000), small: () => "small");
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);

        await peer.SendAsync(RawPeer.Call("a", "big"));
        Assert.Contains("limit is 50000", (await peer.ReadAsync())["error"]!["message"]!.ToString(), StringComparison.Ordinal);

        await peer.SendAsync(RawPeer.Call("b", "small"));
        Assert.NotNull((await peer.ReadAsync())["result"]);
    }

    [Fact]
    public async Task HalfClose_RunningRequests_AreAnsweredThenStreamEnds()
    {
        var release = new TaskCompletionSource();
        await using var server = Start(new McpTransportLimits(), wait: _ => release.Task);
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);

        await peer.SendAsync(RawPeer.Call("a", "wait"), RawPeer.Call("b", "wait"), RawPeer.Call("c", "wait"));
        peer.Socket.Shutdown(SocketShutdown.Send);
        release.SetResult();

        var ids = new List<string>();
        while (await peer.ReadLineAsync() is { } line) ids.Add(JsonNode.Parse(line)!["id"]!.ToString());
        Assert.Equal(["a", "b", "c"], ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PeerGone_RunningRequest_IsCancelled()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var server = Start(new McpTransportLimits(), wait: token =>
        {
            token.Register(() => cancelled.TrySetResult());
            started.TrySetResult();
            return Task.Delay(Timeout.Infinite, token);
        });
        var peer = await RawPeer.ConnectAsync(_folder.Socket);
        await peer.SendAsync(RawPeer.Call("a", "wait"));
        await started.Task.Within();

        peer.Dispose();

        await cancelled.Task.Within();
    }

    [Fact]
    public async Task CancelledNotification_RunningRequest_IsCancelled()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var server = Start(new McpTransportLimits(), wait: token =>
        {
            token.Register(() => cancelled.TrySetResult());
            started.TrySetResult();
            return Task.Delay(Timeout.Infinite, token);
        });
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);
        await peer.SendAsync(RawPeer.Call(7, "wait"));
        await started.Task.Within();

        await peer.SendAsync(RawPeer.Cancel(7));

        await cancelled.Task.Within();
    }

    [Fact]
    public async Task Requests_OverInFlightLimit_AreRefusedAndRestServed()
    {
        var release = new TaskCompletionSource();
        await using var server = Start(new McpTransportLimits { MaxInFlightRequests = 4 }, wait: _ => release.Task);
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);

        await peer.SendAsync([.. Enumerable.Range(0, 6).Select(i => RawPeer.Call(i, "wait"))]);
        for (var i = 0; i < 2; i++) Assert.Equal(-32000, (int)(await peer.ReadAsync())["error"]!["code"]!);
        release.SetResult();

        for (var i = 0; i < 4; i++) Assert.NotNull((await peer.ReadAsync())["result"]);
        await peer.SendAsync(RawPeer.Call("again", "wait"));
        Assert.NotNull((await peer.ReadAsync())["result"]);
    }

    [Fact]
    public async Task Request_IdInFlight_IsRefusedAndFirstServed()
    {
        var release = new TaskCompletionSource();
        await using var server = Start(new McpTransportLimits(), wait: _ => release.Task);
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);

        await peer.SendAsync(RawPeer.Call("a", "wait"), RawPeer.Call("a", "wait"));
        Assert.Contains("in flight", (await peer.ReadAsync())["error"]!["message"]!.ToString(), StringComparison.Ordinal);
        release.SetResult();
        Assert.NotNull((await peer.ReadAsync())["result"]);
    }

    [Theory]
    [InlineData("nonsense", null)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":41,\"method\":", "41")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", null)]
    public async Task Receive_NotJsonRpc_IsAnsweredWithParseErrorAndConnectionLives(string line, string? id)
    {
        await using var server = Start(new McpTransportLimits(), small: () => "small");
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);

        await peer.SendAsync(line);
        var error = await peer.ReadAsync();
        Assert.Equal(-32700, (int)error["error"]!["code"]!);
        Assert.Equal(id, error["id"]?.ToString());

        await peer.SendAsync("", "   ", RawPeer.Call("b", "small") + "\r");
        Assert.NotNull((await peer.ReadAsync())["result"]);
    }

    [Fact]
    public async Task Receive_NestedTooDeep_IsAnsweredUnderItsId()
    {
        await using var server = Start(new McpTransportLimits(), small: () => "small");
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);

        await peer.SendAsync("{\"jsonrpc\":\"2.0\",\"params\":" + new string('[', 500) + new string(']', 500) + ",\"id\":\"deep\",\"method\":\"x\"}");

        Assert.Equal("deep", (await peer.ReadAsync())["id"]!.ToString());
    }

    [Fact]
    public async Task Send_PeerDoesNotRead_ConnectionIsGivenUp()
    {
        var ended = new TaskCompletionSource();
        await using var server = TestServer.Start(
            new McpListenerSettings { Path = _folder.Socket, Limits = new McpTransportLimits { WriteTimeout = TimeSpan.FromMilliseconds(100), MaxMessageBytes = 64 << 20 } },
            _ => ended.TrySetResult(),
            TestServer.Tool("big", () => new string('x', 20_000_000)));
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);

        await peer.SendAsync(RawPeer.Call("a", "big"));

        await ended.Task.Within();
        Assert.Equal(0, server.Listener.SessionCount);
    }

    [Fact]
    public async Task Requests_PeerDoesNotReadItsAnswers_WaitWithThePeerAndAreAllServedInTheEnd()
    {
        const int Requests = 200, AtATime = 4;
        var calls = 0;
        await using var server = TestServer.Start(
            new McpListenerSettings { Path = _folder.Socket, Limits = new McpTransportLimits { MaxBriefRequests = AtATime } },
            TestServer.Tool("big", () =>
            {
                Interlocked.Increment(ref calls);
                return new string('x', 1_000_000);
            }),
            TestServer.Tool("small", () => "small"));
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);
        using var other = await RawPeer.ConnectAsync(_folder.Socket);

        var asking = peer.SendAsync([.. Enumerable.Range(0, Requests).Select(i => RawPeer.Call(i, "big"))]);
        Assert.True(peer.Socket.Poll(Bounded.Limit, SelectMode.SelectRead)); // the first answer is on its way and fills the socket
        await other.SendAsync(RawPeer.Call("a", "small"));
        Assert.NotNull((await other.ReadAsync())["result"]);
        Assert.InRange(Volatile.Read(ref calls), 1, AtATime);

        for (var i = 0; i < Requests; i++) Assert.NotNull((await peer.ReadAsync())["result"]);
        await asking;
        Assert.Equal(Requests, calls);
    }

    [Fact]
    public async Task Requests_ThatMayTakeLong_DoNotHoldUpOthers()
    {
        var release = new TaskCompletionSource();
        await using var server = TestServer.Start(
            new McpListenerSettings
            {
                Path = _folder.Socket,
                StopGrace = TimeSpan.FromMilliseconds(100),
                Limits = new McpTransportLimits { MaxBriefRequests = 1, MayTakeLong = request => request.Params?["name"]?.ToString() == "wait" },
            },
            TestServer.Tool("wait", () => release.Task),
            TestServer.Tool("small", () => "small"));
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);

        await peer.SendAsync(RawPeer.Call(1, "wait"), RawPeer.Call(2, "wait"), RawPeer.Call(3, "small"), RawPeer.Call(4, "small"));
        await peer.ReadResponseAsync("4");
        release.SetResult();
        Assert.Equal(["1", "2"], new[] { (await peer.ReadAsync())["id"]!.ToString(), (await peer.ReadAsync())["id"]!.ToString() }.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Messages_CutAtAnyByte_ArriveWhole()
    {
        await using var server = Start(new McpTransportLimits(), small: () => "grüße 😀");
        using var peer = await RawPeer.ConnectAsync(_folder.Socket);
        var bytes = Encoding.UTF8.GetBytes(RawPeer.Call("ä😀", "small") + "\n" + RawPeer.Call("b", "small") + "\n");
        peer.Socket.SendBufferSize = 1;
        foreach (var b in bytes) await peer.SendBytesAsync([b]);

        Assert.Equal("b", (await peer.ReadResponseAsync("b"))["id"]!.ToString());
    }

    private TestServer Start(McpTransportLimits limits, Func<string>? big = null, Func<string>? small = null, Func<CancellationToken, Task>? wait = null)
    {
        List<ModelContextProtocol.Server.McpServerTool> tools = [];
        if (big is not null) tools.Add(TestServer.Tool("big", big));
        if (small is not null) tools.Add(TestServer.Tool("small", small));
        if (wait is not null) tools.Add(TestServer.Tool("wait", async (CancellationToken token) => await wait(token)));
        var settings = new McpListenerSettings { Path = _folder.Socket, Limits = limits, StopGrace = TimeSpan.FromMilliseconds(100) };
        return TestServer.Start(settings, [.. tools]);
    }
}
