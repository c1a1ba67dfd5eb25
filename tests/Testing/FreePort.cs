using System.Net;
using System.Net.Sockets;

namespace Testing;

/// <summary>A port of the loopback that nobody listens on at this moment.</summary>
public static class FreePort
{
    // Below those that a system gives away by itself (from 32768 on Linux, from 49152 elsewhere): nobody who asks for any port gets it meanwhile.
    private const int First = 20_000;
    private const int End = 32_000;

    /// <summary>Finds one.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // The next one.
            }
        }
    }
}
