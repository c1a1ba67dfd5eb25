using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks;

/// <summary>What a load of calls took.</summary>
/// <param name="PerSecond">Calls that were answered in a second.</param>
/// <param name="Times">Milliseconds of each, sorted.</param>
internal sealed record LoadResult(double PerSecond, IReadOnlyList<double> Times)
{
    public double At(double share) => Times[(int)Math.Min(Times.Count - 1, Times.Count * share)];
}

/// <summary>One client on a Unix socket: a line out, a line back, and no more work than that, so that what is measured is the server.</summary>
internal sealed class LineCaller : IDisposable
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}""";

    private const string Initialized = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[256 * 1024];

    public static async Task<LineCaller> ConnectAsync(string path)
    {
        var caller = new LineCaller();
        await caller._socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return caller;
    }

    /// <summary>The handshake of MCP.</summary>
    public async Task InitializeAsync()
    {
        await CallAsync(Initialize);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(Initialized + "\n"));
    }

    /// <summary>Sends a line and waits for one; the answer stays in the buffer until the next call.</summary>
    public async Task<ReadOnlyMemory<byte>> CallAsync(string line)
    {
        await _socket.SendAsync(Encoding.UTF8.GetBytes(line + "\n"));
        var length = 0;
        while (length == 0 || _buffer[length - 1] != (byte)'\n')
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            if (read == 0)
                throw new IOException("The server closed the connection.");
            length += read;
        }

        return _buffer.AsMemory(0, length);
    }

    public static string Tool(int id, string name, string arguments) => $$$"""{"jsonrpc":"2.0","id":{{{id + 1}}},"method":"tools/call","params":{"name":"{{{name}}}","arguments":{{{arguments}}}}}""";

    /// <summary>So many callers, each on its own connection, call as fast as they are answered.</summary>
    /// <param name="path">The server's socket.</param>
    /// <param name="callers">Callers at the same time.</param>
    /// <param name="duration">How long.</param>
    /// <param name="line">Makes the message of one call from the number of the caller and of the call.</param>
    /// <param name="isMcp">Whether the server wants the handshake first.</param>
    public static async Task<LoadResult> LoadAsync(string path, int callers, TimeSpan duration, Func<int, int, string> line, bool isMcp)
    {
        var connected = new List<LineCaller>();
        try
        {
            for (var i = 0; i < callers; i++)
            {
                var caller = await ConnectAsync(path);
                connected.Add(caller);
                if (isMcp)
                    await caller.InitializeAsync();
            }

            var start = Stopwatch.GetTimestamp();
            var times = await Task.WhenAll(connected.Select((caller, number) => Task.Run(() => CallerAsync(caller, number, start, duration, line))));
            var all = times.SelectMany(some => some).Order().ToList();
            return new LoadResult(all.Count / Stopwatch.GetElapsedTime(start).TotalSeconds, all);
        }
        finally
        {
            connected.ForEach(caller => caller.Dispose());
        }
    }

    /// <summary>One caller with blocking calls: nothing of it waits in a thread pool, whose threads would look for work on the server's processor meanwhile.</summary>
    public static LoadResult LoadOne(string path, TimeSpan duration, Func<int, int, string> line, bool isMcp)
    {
        using var caller = new LineCaller();
        caller._socket.Connect(new UnixDomainSocketEndPoint(path));
        if (isMcp)
        {
            caller.Call(Initialize);
            caller._socket.Send(Encoding.UTF8.GetBytes(Initialized + "\n"));
        }

        var times = new List<double>(1 << 16);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; Stopwatch.GetElapsedTime(start) < duration; i++)
        {
            var message = line(0, i);
            var sent = Stopwatch.GetTimestamp();
            var answer = caller.Call(message);
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            ThrowIfError(answer);
        }

        return new LoadResult(times.Count / Stopwatch.GetElapsedTime(start).TotalSeconds, [.. times.Order()]);
    }

    public void Dispose() => _socket.Dispose();

    private ReadOnlySpan<byte> Call(string line)
    {
        _socket.Send(Encoding.UTF8.GetBytes(line + "\n"));
        var length = 0;
        while (length == 0 || _buffer[length - 1] != (byte)'\n')
        {
            var read = _socket.Receive(_buffer.AsSpan(length));
            if (read == 0)
                throw new IOException("The server closed the connection.");
            length += read;
        }

        return _buffer.AsSpan(0, length);
    }

    private static void ThrowIfError(ReadOnlySpan<byte> answer)
    {
        if (answer.IndexOf("\"isError\":true"u8) >= 0 || answer.IndexOf("\"error\":{"u8) >= 0)
            throw new InvalidOperationException(Encoding.UTF8.GetString(answer));
    }

    private static async Task<List<double>> CallerAsync(LineCaller caller, int number, long start, TimeSpan duration, Func<int, int, string> line)
    {
        var times = new List<double>(4096);
        for (var i = 0; Stopwatch.GetElapsedTime(start) < duration; i++)
        {
            var message = line(number, i);
            var sent = Stopwatch.GetTimestamp();
            var answer = await caller.CallAsync(message);
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            ThrowIfError(answer.Span);
        }

        return times;
    }
}
