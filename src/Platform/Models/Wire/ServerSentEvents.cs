using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Platform.Models.Wire;

/// <summary>One event of a stream: its name (<c>message</c> when none was given) and its data.</summary>
internal readonly record struct ServerSentEvent(string Name, string Data);

/// <summary>
/// Reads an event stream (WHATWG, "server-sent events") with a limit for one line, so that a server that never ends a line cannot fill the memory.
/// A line that the end of the stream cuts is dropped.
/// </summary>
internal static class ServerSentEvents
{
    /// <summary>Longest line: far over any token, also of servers that send the whole answer as one event.</summary>
    public const int MaxLineBytes = 4 * 1024 * 1024;

    /// <summary>The events, as they come.</summary>
    /// <param name="stream">The body.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A line is longer than <see cref="MaxLineBytes"/>.</exception>
    public static async IAsyncEnumerable<ServerSentEvent> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        var pending = new PendingEvent();
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                while (TryTakeLine(ref buffer, read.IsCompleted, out var line))
                {
                    if (pending.Take(line) is { } complete)
                        yield return complete;
                }

                if (buffer.Length > MaxLineBytes)
                    throw new InvalidDataException($"a line of the stream is longer than {MaxLineBytes} bytes");
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                    break;
            }

            // Some servers forget the empty line after the last event; its data is whole when its line was.
            if (pending.Take("") is { } last)
                yield return last;
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    // A line ends with LF, CR LF or CR. A CR at the end of what has come may be half of a CR LF.
    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool isLast, out string line)
    {
        line = "";
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadToAny(out ReadOnlySequence<byte> text, "\r\n"u8, advancePastDelimiter: false))
            return false;
        reader.TryRead(out var end);
        if (end == (byte)'\r')
        {
            if (!reader.TryPeek(out var next) && !isLast)
                return false;
            if (next == (byte)'\n')
                reader.Advance(1);
        }

        line = Encoding.UTF8.GetString(text);
        buffer = buffer.Slice(reader.Position);
        return true;
    }

    private sealed class PendingEvent
    {
        private readonly StringBuilder _data = new();
        private string _name = "";
        private bool _hasData;

        /// <summary>Takes a line; gives the event that an empty line completes.</summary>
        public ServerSentEvent? Take(string line)
        {
            if (line.Length == 0)
                return Complete();
            var colon = line.IndexOf(':');
            if (colon == 0)
                return null; // a comment
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            if (value.StartsWith(' '))
                value = value[1..];
            if (field.TrimStart('\uFEFF') == "data")
            {
                if (_hasData)
                    _data.Append('\n');
                _data.Append(value);
                _hasData = true;
            }
            else if (field == "event")
            {
                _name = value;
            }

            return null;
        }

        private ServerSentEvent? Complete()
        {
            ServerSentEvent? result = _hasData ? new ServerSentEvent(_name.Length == 0 ? "message" : _name, _data.ToString()) : null;
            _data.Clear();
            (_name, _hasData) = ("", false);
            return result;
        }
    }
}
