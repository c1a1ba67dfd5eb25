using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Platform.Sockets;

/// <summary>Reads lines of bytes, none longer than a limit: a longer one is skipped to its end and told as null, so that memory stays bounded and the stream in step.</summary>
public static class MessageLines
{
    /// <summary>The lines without their newlines, blank ones left out; null for each one that was too long.</summary>
    /// <exception cref="IOException">The stream broke.</exception>
    public static async IAsyncEnumerable<byte[]?> ReadAsync(Stream stream, int maxBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        try
        {
            long searched = 0;
            var skipping = false;
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                while (JsonRpcFrames.TryTakeLine(ref buffer, ref searched, out var line))
                {
                    var tooLong = skipping || line.Length > maxBytes;
                    skipping = false;
                    if (tooLong) yield return null;
                    else if (!JsonRpcFrames.IsBlank(line)) yield return line.ToArray();
                }

                if (buffer.Length > maxBytes)
                {
                    skipping = true;
                    searched = 0;
                    buffer = buffer.Slice(buffer.End);
                }

                // A last line without its newline is no whole message.
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted) yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }
}
