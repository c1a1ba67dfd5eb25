using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Testing;

/// <summary>A service manager's end of the notification protocol (sd_notify(3)): it listens on a datagram socket and keeps what comes.</summary>
public sealed class NotifySocket : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Channel<string> _arrivals = Channel.CreateUnbounded<string>();
    private readonly List<string> _seen = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reading;
    private readonly string? _file;

    private NotifySocket(string address, bool isAbstract)
    {
        Address = isAbstract ? "@" + address : address;
        _file = isAbstract ? null : address;
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + address : address));
        _reading = ReadAsync();
    }

    /// <summary>What to put into <c>NOTIFY_SOCKET</c>.</summary>
    public string Address { get; }

    /// <summary>All messages so far.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_seen)
                return [.. _seen];
        }
    }

    public static NotifySocket Listen(string path) => new(path, isAbstract: false);

    /// <summary>On an address of Linux's abstract name space, as systemd itself uses.</summary>
    public static NotifySocket ListenAbstract() => new($"wo-test/{Guid.NewGuid():N}", isAbstract: true);

    /// <summary>The next message that has a line with this beginning; those before it are passed over.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public async Task<string> WaitForAsync(string line, TimeSpan? timeout = null)
    {
        using var patience = new CancellationTokenSource(timeout ?? Eventually.DefaultTimeout);
        try
        {
            while (true)
            {
                var message = await _arrivals.Reader.ReadAsync(patience.Token);
                if (message.Split('\n').Any(candidate => candidate.StartsWith(line, StringComparison.Ordinal)))
                    return message;
            }
        }
        catch (OperationCanceledException error)
        {
            throw new TimeoutException($"No '{line}' came. Seen: {string.Join(" | ", Seen)}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _socket.Dispose();
        await _reading;
        _end.Dispose();
        if (_file is not null)
            File.Delete(_file);
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[8192];
        try
        {
            while (true)
            {
                var message = Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, _end.Token));
                lock (_seen)
                    _seen.Add(message);
                _arrivals.Writer.TryWrite(message);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            _arrivals.Writer.TryComplete();
        }
    }
}
