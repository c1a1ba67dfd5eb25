using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Platform.Sockets;

namespace McpOrchestrator.Services;

/// <summary>
/// Asks the server behind a link for its tools now and then. One that is connected but answers nothing is no better than one that is gone: its
/// connection is closed, so that it is made anew. Tells when the tools have changed.
/// </summary>
internal sealed partial class Heartbeat(string name, McpLink link, Action<IReadOnlyList<Tool>> listed, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Time between two beats.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    /// <summary>How long a server may take to answer one.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Period, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested || link.State is not LinkState.Connected) continue;
            await BeatAsync(await link.WaitUsableAsync(stoppingToken), stoppingToken);
        }
    }

    private async Task BeatAsync(McpSocketClient client, CancellationToken stoppingToken)
    {
        using var timeout = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stoppingToken);
        try
        {
            listed(await client.ListToolsAsync(either.Token));
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested) // whatever it is: this connection is of no use
        {
            LogSilent(name, e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} seconds" : e.Message);
            await client.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    [LoggerMessage(EventId = 2026, Level = LogLevel.Warning, Message = "{Server} is connected but does not answer ({Reason}); the connection is made anew")]
    private partial void LogSilent(string server, string reason);
}
