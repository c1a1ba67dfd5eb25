using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Sockets;

namespace McpOrchestrator.Tests.Sockets;

public sealed class McpSocketClientTests : IDisposable
{
    private readonly SocketTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Connect_NoSocketFile_SaysSo()
    {
        var error = await Assert.ThrowsAsync<McpUnreachableException>(ConnectAsync);
        Assert.Equal($"No MCP server on {_folder.Socket}: there is no socket file.", error.Message);
    }

    [Fact]
    public async Task Connect_StaleSocketFile_SaysNobodyListens()
    {
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(_folder.File("birth")));
            File.Move(_folder.File("birth"), _folder.Socket);
        }

        Assert.Contains("nobody listens", (await Assert.ThrowsAsync<McpUnreachableException>(ConnectAsync)).Message, StringComparison.Ordinal);
    }

    [OtherUserFact]
    public async Task Connect_AnotherUserServes_NothingIsSaidToIt()
    {
        using var server = OtherUser.Serve(_folder.Socket);
        Assert.Contains($"user {OtherUser.Id} is not this process's user", (await Assert.ThrowsAsync<McpUnreachableException>(ConnectAsync)).Message, StringComparison.Ordinal);
        server.Kill();
        await server.WaitForExitAsync().Within();
        Assert.Equal("", (await server.StandardOutput.ReadToEndAsync().Within()).Trim()); // it writes what it reads
    }

    [Fact]
    public async Task Connect_ListenerNeverAnswers_GivesUp()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.Socket));
        socket.Listen();
        var settings = Settings() with { ConnectTimeout = TimeSpan.FromMilliseconds(200) };

        var error = await Assert.ThrowsAsync<McpUnreachableException>(() => McpSocketClient.ConnectAsync(settings, NullLoggerFactory.Instance, TimeProvider.System).Within());

        Assert.Contains("does not answer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_CallerCancels_ServerIsTold()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var server = StartWaiting(started, cancelled);
        await using var client = await ConnectAsync();
        using var caller = new CancellationTokenSource();

        var call = client.CallToolAsync("wait", null, Bounded.Limit, caller.Token);
        await started.Task.Within();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within());
        await cancelled.Task.Within();
    }

    [Fact]
    public async Task Call_TimeIsUp_ServerIsToldAndConnectionStaysUsable()
    {
        var cancelled = new TaskCompletionSource();
        await using var server = StartWaiting(new TaskCompletionSource(), cancelled);
        await using var client = await ConnectAsync();

        Assert.IsType<CallOutcome.TimedOut>(await client.CallToolAsync("wait", null, TimeSpan.FromMilliseconds(50)).Within());
        await cancelled.Task.Within();
        Assert.IsType<CallOutcome.Answered>(await client.CallToolAsync("add", new JsonObject { ["a"] = 1, ["b"] = 2 }, Bounded.Limit).Within());
    }

    [Fact]
    public async Task Call_Answer_HasStructuredContent()
    {
        await using var server = StartWaiting(new TaskCompletionSource(), new TaskCompletionSource());
        await using var client = await ConnectAsync();

        var outcome = Assert.IsType<CallOutcome.Answered>(await client.CallToolAsync("add", new JsonObject { ["a"] = 1, ["b"] = 2 }, Bounded.Limit).Within());

        Assert.Equal(3, outcome.Structured?.GetProperty("sum").GetInt32());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, outcome.Structured?.GetProperty("note").ValueKind); // null members are written
        Assert.Equal(Environment.ProcessId, client.Server?.ProcessId);
    }

    [Fact]
    public async Task Call_UnknownTool_IsRefused()
    {
        await using var server = StartWaiting(new TaskCompletionSource(), new TaskCompletionSource());
        await using var client = await ConnectAsync();
        Assert.Equal(-32602, Assert.IsType<CallOutcome.Refused>(await client.CallToolAsync("nope", null, Bounded.Limit).Within()).Code);
    }

    [Fact]
    public async Task Call_BadArguments_FailsInWords()
    {
        await using var server = StartWaiting(new TaskCompletionSource(), new TaskCompletionSource());
        await using var client = await ConnectAsync();
        Assert.Equal("Missing required argument 'a'.", Assert.IsType<CallOutcome.Failed>(await client.CallToolAsync("add", null, Bounded.Limit).Within()).Message);
    }

    [Fact]
    public async Task Call_ArgumentsOverLimit_AreRefusedAndConnectionStaysUsable()
    {
        await using var server = StartWaiting(new TaskCompletionSource(), new TaskCompletionSource());
        await using var client = await McpSocketClient.ConnectAsync(Settings() with { Limits = new() { MaxMessageBytes = 50_000 } }, NullLoggerFactory.Instance, TimeProvider.System).Within();

        var outcome = Assert.IsType<CallOutcome.Refused>(await client.CallToolAsync("add", new JsonObject { ["a"] = new string('x', 60_000) }, Bounded.Limit).Within());

        Assert.Contains("limit is 50000", outcome.Message, StringComparison.Ordinal);
        Assert.IsType<CallOutcome.Answered>(await client.CallToolAsync("add", new JsonObject { ["a"] = 1, ["b"] = 2 }, Bounded.Limit).Within());
    }

    [Fact]
    public async Task Call_ServerDies_IsLostAndMayHaveRun()
    {
        var started = new TaskCompletionSource();
        var server = StartWaiting(started, new TaskCompletionSource());
        await using var client = await ConnectAsync();
        var call = client.CallToolAsync("wait", null, Bounded.Limit);
        await started.Task.Within();

        await server.DisposeAsync();

        Assert.True(Assert.IsType<CallOutcome.Lost>(await call.Within()).MayHaveRun);
        await client.Completion.Within();
    }

    [Fact]
    public async Task Call_ManyAtOnce_EachGetsItsOwnAnswer()
    {
        await using var server = StartWaiting(new TaskCompletionSource(), new TaskCompletionSource());
        await using var client = await ConnectAsync();

        var sums = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
            ((CallOutcome.Answered)await client.CallToolAsync("add", new JsonObject { ["a"] = i, ["b"] = i }, Bounded.Limit)).Structured!.Value.GetProperty("sum").GetInt32())).Within();

        Assert.Equal(Enumerable.Range(0, 300).Select(i => 2 * i), sums);
    }

    private Task<McpSocketClient> ConnectAsync() => McpSocketClient.ConnectAsync(Settings(), NullLoggerFactory.Instance, TimeProvider.System).Within();

    private McpClientSettings Settings() => new() { Path = _folder.Socket, Client = new() { Name = "test", Version = "1" } };

    private TestServer StartWaiting(TaskCompletionSource started, TaskCompletionSource cancelled)
    {
        var wait = TestServer.Tool("wait", async (CancellationToken token) =>
        {
            token.Register(() => cancelled.TrySetResult());
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        });
        var add = TestServer.Tool("add", (int a, int b) => new Sum(a + b, null), structured: true);
        return TestServer.Start(new McpListenerSettings { Path = _folder.Socket, StopGrace = TimeSpan.FromMilliseconds(100) }, wait, add);
    }

    private sealed record Sum(int sum, string? note);
}
