using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Sockets;

namespace McpOrchestrator.Tests.Sockets;

public sealed class McpLinkTests : IAsyncLifetime, IDisposable
{
    private readonly SocketTestFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<LinkState> _states = Channel.CreateUnbounded<LinkState>();
    private readonly TaskCompletionSource _hanging = new();
    private Task _run = Task.CompletedTask;
    private int _registrations;
    private int _calls;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.Within();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Run_ServerStartsLate_ConnectsListsToolsAndRegisters()
    {
        var link = StartLink();
        Assert.Equal("there is no socket file", (await NextAsync<LinkState.Disconnected>()).LastError);

        await using var server = StartServer();

        var connected = await NextAsync<LinkState.Connected>();
        Assert.Equal("test-server 1", connected.Server);
        Assert.Equal(["count"], connected.Tools);
        Assert.Equal(1, _registrations);
        Assert.Same(connected, link.State);
    }

    [Fact]
    public async Task Run_ServerRestarts_ConnectsAndRegistersAgain()
    {
        var link = StartLink();
        await using (StartServer()) await NextAsync<LinkState.Connected>();
        await NextAsync<LinkState.Disconnected>();

        await using var second = StartServer();
        await NextAsync<LinkState.Connected>();

        Assert.Equal(2, _registrations);
        Assert.IsType<CallOutcome.Answered>(await link.CallToolAsync("count", null, Bounded.Limit).Within());
    }

    [Fact]
    public async Task Run_RegistrationFails_StaysDisconnectedAndSaysWhy()
    {
        StartLink(_ => throw new InvalidOperationException("registration refused: name taken"));
        await using var server = StartServer();

        LinkState.Disconnected state;
        do state = await NextAsync<LinkState.Disconnected>();
        while (state.LastError is "there is no socket file" or "nobody listens on it");

        Assert.Equal("registration refused: name taken", state.LastError);
    }

    [Fact]
    public async Task Call_NotConnected_IsLostAtOnceAndCertainlyDidNotRun()
    {
        var link = StartLink();
        await NextAsync<LinkState.Disconnected>();

        var outcome = Assert.IsType<CallOutcome.Lost>(await link.CallToolAsync("count", null, Bounded.Limit).Within());

        Assert.False(outcome.MayHaveRun);
        Assert.Contains("no socket file", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ConnectionLostWhileRunning_IsNotRepeatedAfterReconnect()
    {
        var link = StartLink();
        var server = StartServer(hang: true);
        await NextAsync<LinkState.Connected>();
        var call = link.CallToolAsync("count", null, Bounded.Limit);
        await _hanging.Task.Within();
        await server.DisposeAsync();
        Assert.True(Assert.IsType<CallOutcome.Lost>(await call.Within()).MayHaveRun);
        Assert.IsType<LinkState.Disconnected>(link.State);

        await using var second = StartServer();
        await NextAsync<LinkState.Connected>();

        Assert.Equal(1, _calls);
    }

    private McpLink StartLink(Func<McpSocketClient, Task>? onConnected = null)
    {
        var settings = new McpClientSettings
        {
            Path = _folder.Socket,
            Client = new() { Name = "test", Version = "1" },
            FirstPause = TimeSpan.FromMilliseconds(10),
            LongestPause = TimeSpan.FromMilliseconds(50),
        };
        var link = new McpLink(
            settings,
            async (client, _) =>
            {
                if (onConnected is not null) await onConnected(client);
                _registrations++;
            },
            NullLoggerFactory.Instance,
            TimeProvider.System) { StateChanged = state => _states.Writer.TryWrite(state) };
        _run = link.RunAsync(_stop.Token);
        return link;
    }

    private TestServer StartServer(bool hang = false)
    {
        var count = TestServer.Tool("count", async (CancellationToken token) =>
        {
            Interlocked.Increment(ref _calls);
            _hanging.TrySetResult();
            if (hang) await Task.Delay(Timeout.Infinite, token);
            return "done";
        });
        return TestServer.Start(new McpListenerSettings { Path = _folder.Socket, StopGrace = TimeSpan.FromMilliseconds(50) }, count);
    }

    private async Task<T> NextAsync<T>()
        where T : LinkState
    {
        while (true)
        {
            if (await _states.Reader.ReadAsync().AsTask().Within() is T state) return state;
        }
    }
}
