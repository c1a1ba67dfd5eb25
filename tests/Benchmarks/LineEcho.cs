using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;

namespace Benchmarks;

/// <summary>
/// The ceiling of this machine: a server on a Unix socket, in a process of its own as the daemon is, that reads each line as JSON and writes it back. What
/// any server of newline-delimited JSON has to do, and nothing else.
/// </summary>
internal sealed class LineEcho : IDisposable
{
    private readonly Process _process;

    private LineEcho(Process process, string path)
    {
        _process = process;
        Path = path;
    }

    public string Path { get; }

    /// <summary>Starts it.</summary>
    public static async Task<LineEcho> StartAsync(string path)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["serve-echo", path]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        if (await process.StandardOutput.ReadLineAsync() != "ready")
            throw new InvalidOperationException("The echo did not start.");
        return new LineEcho(process, path);
    }

    /// <summary>Is it: <c>Benchmarks serve-echo SOCKET</c>.</summary>
    public static int Serve(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(512);
        Console.WriteLine("ready");
        while (true)
        {
            var connection = listener.Accept();
            _ = Task.Run(() => EchoAsync(connection));
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task EchoAsync(Socket connection)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        var reader = PipeReader.Create(stream);
        var answer = new ArrayBufferWriter<byte>(4096);
        await using var json = new Utf8JsonWriter(answer);
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync();
                var rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    Answer(rest.Slice(0, end), json, answer);
                    await stream.WriteAsync(answer.WrittenMemory);
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                reader.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                    return;
            }
        }
        catch (IOException)
        {
            // The caller has left.
        }
    }

    private static void Answer(ReadOnlySequence<byte> line, Utf8JsonWriter json, ArrayBufferWriter<byte> answer)
    {
        using var message = JsonDocument.Parse(line);
        answer.ResetWrittenCount();
        json.Reset(answer);
        message.WriteTo(json);
        json.Flush();
        answer.Write("\n"u8);
    }
}
