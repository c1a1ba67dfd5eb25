using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace McpOrchestrator.Tests.Sockets;

public sealed class McpSocketListenerTests : IDisposable
{
    private readonly SocketTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Connect_PolicyRefusesPeer_PeerIsToldWhy()
    {
        PeerCredentials? seen = null;
        await using var server = TestServer.Start(new McpListenerSettings
        {
            Path = _folder.Socket,
            RefusePeer = peer =>
            {
                seen = peer;
                return "this is a test";
            },
        });

        using var client = await RawPeer.ConnectAsync(_folder.Socket);

        Assert.Contains("refused: this is a test", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await client.ReadLineAsync());
        Assert.Equal(Environment.ProcessId, seen?.ProcessId);
        Assert.Equal(UnixFile.CurrentUser, seen?.UserId);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void RefuseOtherUsers_ForeignUser_IsRefused(int offset, bool refused)
    {
        var user = UnixFile.CurrentUser + (uint)offset;
        Assert.Equal(refused, PeerCredentials.RefuseOtherUsers(new PeerCredentials(1, user)) is not null);
        Assert.Null(PeerCredentials.RefuseOtherUsers(new PeerCredentials(1, 0)));
        Assert.NotNull(PeerCredentials.RefuseOtherUsers(null));
    }

    [Fact]
    public async Task Connect_MaxSessionsOpen_NextIsRefusedUntilOneEnds()
    {
        var ended = new TaskCompletionSource();
        await using var server = TestServer.Start(new McpListenerSettings { Path = _folder.Socket, MaxSessions = 1 }, _ => ended.TrySetResult(), s_echo);
        using (var first = await RawPeer.ConnectAsync(_folder.Socket))
        {
            await first.SendAsync(RawPeer.Call(1, "echo", new JsonObject { ["text"] = "x" }));
            await first.ReadAsync();
            using var second = await RawPeer.ConnectAsync(_folder.Socket);
            Assert.Contains("1 connections are open", await second.ReadLineAsync(), StringComparison.Ordinal);
        }

        await ended.Task.Within();
        using var third = await RawPeer.ConnectAsync(_folder.Socket);
        await third.SendAsync(RawPeer.Call(1, "echo", new JsonObject { ["text"] = "x" }));
        Assert.NotNull((await third.ReadAsync())["result"]);
    }

    [Fact]
    public async Task Stop_HandlerIgnoresItsToken_EndsAnyway()
    {
        var started = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        var server = TestServer.Start(new McpListenerSettings { Path = _folder.Socket, StopGrace = TimeSpan.FromMilliseconds(50) }, TestServer.Tool("stuck", () =>
        {
            started.TrySetResult();
            return never.Task;
        }));
        using var client = await RawPeer.ConnectAsync(_folder.Socket);
        await client.SendAsync(RawPeer.Call(1, "stuck"));
        await started.Task.Within();

        await server.StopAsync();

        Assert.Null(UnixFile.Inspect(_folder.Socket));
        Assert.Null(await client.ReadLineAsync());
        never.SetResult();
    }

    [Fact]
    public async Task Call_ToolWithPrincipal_GetsPeerOfThisConnection()
    {
        await using var server = TestServer.Start(new McpListenerSettings { Path = _folder.Socket }, TestServer.Tool("who", Who));
        using var client = await RawPeer.ConnectAsync(_folder.Socket);

        await client.SendAsync(RawPeer.Call(1, "who"));

        Assert.Contains($"pid={Environment.ProcessId}", (await client.ReadAsync()).ToJsonString(), StringComparison.Ordinal);

        static string Who(System.Security.Claims.ClaimsPrincipal user) => $"pid={user.FindFirst(PeerCredentials.ProcessIdClaim)?.Value}";
    }

    [Theory]
    [InlineData("{}", "Missing required argument 'text'.")]
    [InlineData("{\"text\":5}", "Argument 'text' must be string, not integer.")]
    [InlineData("{\"text\":\"a\",\"times\":\"two\"}", "Argument 'times' must be integer, not string.")]
    [InlineData("{\"text\":\"a\",\"colour\":1}", "Unknown argument 'colour'. Known arguments: text, times.")]
    public async Task Call_BadArguments_AnswersIsErrorInWords(string arguments, string message)
    {
        await using var server = TestServer.Start(new McpListenerSettings { Path = _folder.Socket }, s_echo);
        using var client = await RawPeer.ConnectAsync(_folder.Socket);

        await client.SendAsync(RawPeer.Call(1, "echo", JsonNode.Parse(arguments)!.AsObject()));

        var result = (await client.ReadAsync())["result"]!;
        Assert.True((bool)result["isError"]!);
        Assert.Equal(message, result["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task Call_ToolThrows_McpExceptionTextPasses_OtherTextDoesNot()
    {
        await using var server = TestServer.Start(new McpListenerSettings { Path = _folder.Socket }, TestServer.Tool("tell", Tell), TestServer.Tool("break", Break));
        using var client = await RawPeer.ConnectAsync(_folder.Socket);

        await client.SendAsync(RawPeer.Call(1, "tell"));
        Assert.Equal("the thing is closed", (await client.ReadAsync())["result"]!["content"]![0]!["text"]!.ToString());
        await client.SendAsync(RawPeer.Call(2, "break"));
        var text = (await client.ReadAsync())["result"]!["content"]![0]!["text"]!.ToString();
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", text, StringComparison.Ordinal);

        static string Tell() => throw new McpException("the thing is closed");
        static string Break() => throw new InvalidOperationException("secret");
    }

    [Fact]
    public async Task Open_SecondListener_IsBusy()
    {
        await using var server = TestServer.Start(new McpListenerSettings { Path = _folder.Socket });
        using var second = new McpSocketListener(new McpListenerSettings { Path = _folder.Socket }, new(), NullLoggerFactory.Instance, null, TimeProvider.System);

        Assert.IsType<SocketClaim.Busy>(second.Open());
    }

    private static readonly McpServerTool s_echo = TestServer.Tool("echo", (string text, int times = 1) => string.Concat(Enumerable.Repeat(text, times)));
}
