using System.Net.Sockets;
using Platform.Sockets;

namespace Workflow.Mcp;

/// <summary>Finds the daemon's socket, for the command line and the bridge.</summary>
internal static class DaemonSocket
{
    /// <summary>Connects, and makes sure that the process at the other end is our user's: in a shared folder such as /tmp anybody may have put his socket first.</summary>
    /// <exception cref="IOException">Nobody listens, or somebody else does; the message is the reason, as the end of a sentence.</exception>
    public static async Task<Socket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        if (SocketFile.ProblemWith(path) is { } problem)
            throw new IOException(problem);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            var server = PeerCredentials.Read(socket);
            if (PeerCredentials.RefuseOtherUsers(server) is { } refusal)
                throw new IOException($"{server?.ToString() ?? "a stranger"} serves it, and {refusal}");
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException(ReasonOf(error), error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string ReasonOf(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressNotAvailable => "there is no socket file", // so .NET reports a missing file
        SocketError.ConnectionRefused => "nobody listens on it",
        SocketError.AccessDenied => "this user may not connect",
        _ => error.Message,
    };
}
