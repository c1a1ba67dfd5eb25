using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Workflow.Hosting;

/// <summary>
/// The notification protocol of systemd (sd_notify(3)): datagrams of <c>NAME=value</c> lines to the socket named in <c>NOTIFY_SOCKET</c>. Without the
/// variable every call does nothing. Microsoft.Extensions.Hosting.Systemd knows neither reload nor watchdog, so this small file is ours.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    public const string SocketVariable = "NOTIFY_SOCKET";

    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _address;

    private ServiceManager(string? path, TimeSpan? watchdogTimeout)
    {
        WatchdogTimeout = watchdogTimeout;
        if (path is null)
            return;
        _address = new UnixDomainSocketEndPoint(path.StartsWith('@') ? "\0" + path[1..] : path); // '@' stands for an abstract address
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = 1000 };
    }

    /// <summary>Whether a service manager listens.</summary>
    public bool IsPresent => _socket is not null;

    /// <summary>After this long without <see cref="Watchdog"/> the service manager ends the process; null when it does not watch.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    /// <summary>Reads <c>NOTIFY_SOCKET</c>, <c>WATCHDOG_USEC</c> and <c>WATCHDOG_PID</c>; what is malformed counts as absent.</summary>
    public static ServiceManager FromEnvironment(IDictionary environment)
    {
        var path = environment[SocketVariable] as string;
        if (path is not { Length: > 1 } || path[0] is not ('/' or '@') || Encoding.UTF8.GetByteCount(path) > 107)
            return new ServiceManager(null, null);
        var isOurs = environment["WATCHDOG_PID"] is not string { Length: > 0 } process || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var watched = isOurs && long.TryParse(environment["WATCHDOG_USEC"] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : (TimeSpan?)null;
        return new ServiceManager(path, watched);
    }

    /// <summary>The service does its work now, or again after <see cref="Reloading"/>.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>The service reads its configuration again; <see cref="Ready"/> follows in any case.</summary>
    public void Reloading() =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency))}\nSTATUS=Reading the configuration again"));

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>The service is going to end.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=Stopping");

    /// <summary>All is well: the time of the watchdog starts anew.</summary>
    public void Watchdog() => Send("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();

    private void Send(string message)
    {
        if (_socket is null)
            return;
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _address!);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // A service manager that does not listen is no reason to stop the work; if it watches, it acts.
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
