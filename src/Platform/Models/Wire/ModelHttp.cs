using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Platform.Models.Wire;

/// <summary>The HTTP client of one model server. Its own time limits are off: the attempt's decide.</summary>
internal static class ModelHttp
{
    public static HttpClient Create(ModelServerSettings settings, HttpMessageHandler? handler = null)
    {
        var http = new HttpClient(handler ?? Handler(settings)) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.ExpectContinue = false;
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("workflow-orchestrator", null));
        if (settings.ApiKey is { } key)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        return http;
    }

    private static SocketsHttpHandler Handler(ModelServerSettings settings) => new()
    {
        UseProxy = !settings.BaseAddress.IsLoopback, // a company's proxy does not know this machine's own ports
        AllowAutoRedirect = false, // the key must not travel to another host
        UseCookies = false,
        ConnectTimeout = settings.ProbeTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ConnectCallback = ConnectAsync,
    };

    // LM Studio listens on IPv4 only; "localhost" would first try ::1 (lmstudio-bug-tracker#127, dotnet/runtime#65375).
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        IPAddress[] addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        SocketException? last = null;
        foreach (var address in addresses.OrderBy(candidate => candidate.AddressFamily == AddressFamily.InterNetwork ? 0 : 1))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException error)
            {
                socket.Dispose();
                last = error;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
