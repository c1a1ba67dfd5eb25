using System.Text;
using System.Text.Json;

namespace Platform.Models.Recording;

/// <summary>
/// The files under <c>exchanges/</c>: one exchange a line, a new file when one is full, the oldest deleted when all together are over the limit.
/// Readable by their owner alone. Not flushed: a recording is no promise, and a line that a crash cuts is skipped.
/// </summary>
internal sealed class ExchangeFiles(string folder, long maxBytes)
{
    private const string Pattern = "exchanges-*.jsonl";
    private const int Files = 8; // a full recording is this many files; one is deleted at a time
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _gate = new();
    private string? _current;

    private long FileLimit => Math.Max(64 * 1024, maxBytes / Files);

    /// <summary>Appends one exchange.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void Append(RecordedExchange exchange)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(exchange, RecordedExchange.Json);
        lock (_gate)
        {
            var path = Current();
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0, UnixCreateMode = OwnerOnly };
            using (var stream = new FileStream(path, options))
                stream.Write([.. line, (byte)'\n']); // one write: two processes' lines do not mix
            if (new FileInfo(path).Length >= FileLimit)
                Rotate();
        }
    }

    /// <summary>All exchanges that can be read, oldest first.</summary>
    public static IEnumerable<RecordedExchange> Read(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (var path in Paths(folder))
        {
            foreach (var line in File.ReadLines(path, Encoding.UTF8))
            {
                if (Parse(line) is { } exchange)
                    yield return exchange;
            }
        }
    }

    private static RecordedExchange? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<RecordedExchange>(line, RecordedExchange.Json);
        }
        catch (JsonException)
        {
            return null; // cut by a crash, or of another version
        }
    }

    private static string[] Paths(string folder) => [.. Directory.EnumerateFiles(folder, Pattern).Order(StringComparer.Ordinal)];

    private string Current()
    {
        if (_current is not null)
            return _current;
        Platform.Files.StateFolder.Create(folder);
        var last = Paths(folder).LastOrDefault();
        return _current = last is not null && new FileInfo(last).Length < FileLimit ? last : Path.Combine(folder, Name(last));
    }

    private void Rotate()
    {
        _current = Path.Combine(folder, Name(_current));
        var paths = Paths(folder);
        var total = paths.Sum(path => new FileInfo(path).Length);
        foreach (var path in paths)
        {
            if (total + FileLimit <= maxBytes)
                break;
            total -= new FileInfo(path).Length;
            File.Delete(path);
        }
    }

    private static string Name(string? previous)
    {
        var number = previous is not null && int.TryParse(Path.GetFileNameWithoutExtension(previous).AsSpan("exchanges-".Length), out var last) ? last + 1 : 1;
        return $"exchanges-{number:D8}.jsonl";
    }
}
