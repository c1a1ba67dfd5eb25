using System.Security.Cryptography;
using System.Threading.Channels;
using Platform.Sockets;

namespace Workflow.Mcp.Bridge;

/// <summary>
/// <c>wo mcp</c>: MCP on standard input and output, passed on to the daemon's socket. It begins without a daemon and outlives its restarts; what is asked
/// in between waits a moment, is asked again where that cannot do harm, and is otherwise answered with what is wrong. Nothing but messages goes to the
/// output.
/// </summary>
internal sealed class StdioBridge : IAsyncDisposable
{
    // Lines that were read and not looked at: who sends faster has to wait.
    private const int EventCapacity = 64;

    private readonly Channel<BridgeEvent> _events = Channel.CreateBounded<BridgeEvent>(new BoundedChannelOptions(EventCapacity) { SingleReader = true });
    private readonly BridgeSettings _settings;
    private readonly TimeProvider _time;
    private readonly TextWriter _log;
    private readonly BridgeDesk _desk;

    public StdioBridge(BridgeSettings settings, Action<IServiceCollection> addTools, Stream output, TextWriter log, TimeProvider time)
    {
        (_settings, _log, _time) = (settings, log, time);
        _desk = new BridgeDesk(settings, addTools, output, Post, After, time);
    }

    /// <summary>Works until the client has closed its end and has all its answers, or the token fires.</summary>
    public async Task RunAsync(Stream input, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.Run(() => ReadAsync(input, end.Token), CancellationToken.None);
        var connecting = Task.Run(() => KeepConnectedAsync(end.Token), CancellationToken.None);
        try
        {
            await foreach (var next in _events.Reader.ReadAllAsync(end.Token))
            {
                await _desk.TakeAsync(next);
                if (_desk.IsDone)
                    break;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // Asked to stop, or the client no longer reads.
        }
        finally
        {
            await end.CancelAsync();
            await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ = reading; // a read of standard input cannot be interrupted; the process ends
        }
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    private void Post(BridgeEvent posted) => _ = _events.Writer.WriteAsync(posted).AsTask();

    private void After(TimeSpan pause, BridgeEvent posted) => _ = Task.Delay(pause, _time).ContinueWith(_ => Post(posted), TaskScheduler.Default);

    private async Task ReadAsync(Stream input, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in MessageLines.ReadAsync(input, _settings.MaxMessageBytes, cancellationToken))
                await _events.Writer.WriteAsync(new BridgeEvent.FromClient(line), cancellationToken);
        }
        catch (IOException)
        {
            // As good as closed.
        }

        await _events.Writer.WriteAsync(new BridgeEvent.ClientEnded(), cancellationToken);
    }

    private async Task KeepConnectedAsync(CancellationToken cancellationToken)
    {
        for (var failures = 0; ; failures++)
        {
            if (failures > 0)
                await Task.Delay(Backoff.PauseAfter(failures, _settings.FirstPause, _settings.LongestPause, RandomNumberGenerator.GetInt32(1001) / 1000.0), _time, cancellationToken);
            DaemonConnection connection;
            try
            {
                connection = await DaemonConnection.OpenAsync(_settings.SocketPath, cancellationToken);
            }
            catch (IOException error)
            {
                if (failures == 0)
                    await _log.WriteLineAsync($"No daemon answers on {_settings.SocketPath}: {error.Message}. Attempts go on.");
                await _events.Writer.WriteAsync(new BridgeEvent.NotConnected(error.Message), cancellationToken);
                continue;
            }

            await using (connection)
            {
                await _events.Writer.WriteAsync(new BridgeEvent.Connected(connection), cancellationToken);
                var start = _time.GetTimestamp();
                var reason = await connection.PumpAsync(line => _events.Writer.WriteAsync(new BridgeEvent.FromDaemon(connection, line), cancellationToken), _settings.MaxMessageBytes, cancellationToken);
                await _events.Writer.WriteAsync(new BridgeEvent.DaemonLost(connection, reason), cancellationToken);
                failures = _time.GetElapsedTime(start) > _settings.LongestPause ? 0 : failures;
            }
        }
    }
}
