using System.Net.Sockets;

namespace McpOrchestrator.Agents.Tools;

/// <summary>Two connected Unix sockets of one process.</summary>
internal static class SocketPair
{
    /// <summary>Makes a pair. The name that they meet under is gone when this returns, and nobody else can have used it: its folder is ours alone.</summary>
    internal static async Task<(Socket One, Socket Other)> CreateAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("mcp-"); // mode 0700
        var one = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var meeting = new UnixDomainSocketEndPoint(Path.Combine(folder.FullName, "s"));
            listener.Bind(meeting);
            listener.Listen(1);
            var other = listener.AcceptAsync(cancellationToken);
            await one.ConnectAsync(meeting, cancellationToken);
            return (one, await other);
        }
        catch
        {
            one.Dispose();
            throw;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
