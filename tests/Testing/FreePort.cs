using System.Net;
using System.Net.Sockets;

namespace Testing;

/// <summary>A port of the loopback that nobody listens on at this moment.</summary>
public static class FreePort
{
    /// <summary>Finds one.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
