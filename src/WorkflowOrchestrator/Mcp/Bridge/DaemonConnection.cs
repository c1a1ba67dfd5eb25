using System.Net.Sockets;
using System.Threading.Channels;
using Platform.Sockets;

namespace Workflow.Mcp.Bridge;

/// <summary>One connection of the bridge to the daemon. Sending never waits: what the daemon does not read yet is kept (the bridge bounds how much that can be).</summary>
internal sealed class DaemonConnection : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });

    private DaemonConnection(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    /// <summary>Connects to the daemon on this path.</summary>
    /// <exception cref="IOException">Nobody serves there, or somebody who is not to be trusted with questions; the message is the reason.</exception>
    public static async Task<DaemonConnection> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var socket = await DaemonSocket.ConnectAsync(path, cancellationToken);
        return new DaemonConnection(socket);
    }

    public void Send(byte[] line) => _outgoing.Writer.TryWrite(line);

    /// <summary>Passes messages on until the connection ends; returns why it has.</summary>
    public async Task<string> PumpAsync(Func<byte[]?, ValueTask> receive, int maxBytes, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = WriteAsync(end.Token);
        try
        {
            await foreach (var line in MessageLines.ReadAsync(_stream, maxBytes, end.Token))
                await receive(line);
            return "it closed the connection";
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return error.Message.TrimEnd('.');
        }
        finally
        {
            await end.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        return _stream.DisposeAsync();
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await foreach (var line in _outgoing.Reader.ReadAllAsync(cancellationToken))
        {
            await _stream.WriteAsync(line, cancellationToken);
            await _stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }
}
