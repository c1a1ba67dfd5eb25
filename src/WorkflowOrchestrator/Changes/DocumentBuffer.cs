using System.Buffers;
using System.Text.Unicode;

namespace Workflow.Changes;

/// <summary>How the reading of one document ended.</summary>
internal enum DocumentReading
{
    Read,

    /// <summary>The file was replaced, written or removed meanwhile: list the folder again.</summary>
    Moved,

    /// <summary>No permission, or an I/O error.</summary>
    Failed,
}

/// <summary>Reads documents into one reused buffer. Not safe for concurrent use: one a worker.</summary>
internal sealed class DocumentBuffer : IDisposable
{
    private const int InitialSize = 64 * 1024;

    private static readonly string[] TextExtensions = [".md", ".yaml", ".yml", ".txt", ".json"];

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _length;

    /// <summary>The bytes of the last document that was read; valid until the next one.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Why the last reading failed.</summary>
    public string? Failure { get; private set; }

    /// <summary>True for documents that people and models read as text: these must be UTF-8.</summary>
    public static bool IsText(string path) => TextExtensions.Any(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>True when the bytes just read may stand in a document of this name.</summary>
    public bool IsUtf8OrBinary(string path) => !IsText(path) || Utf8.IsValid(Bytes);

    /// <summary>Reads exactly the version of a file that <paramref name="stamp"/> describes, or says that there is another one by now.</summary>
    public DocumentReading Read(string path, FileStamp stamp)
    {
        _length = 0;
        Failure = null;
        try
        {
            using var file = PosixFile.OpenForReading(path);
            if (FileStamp.Of(file, path) != stamp)
                return DocumentReading.Moved;
            Reserve((int)stamp.Size + 1); // one more: a file that grew shows it
            while (RandomAccess.Read(file, _buffer.AsSpan(_length), _length) is > 0 and var count)
            {
                _length += count;
                if (_length > stamp.Size)
                    return DocumentReading.Moved;
            }

            return _length == stamp.Size && FileStamp.Of(file, path) == stamp ? DocumentReading.Read : DocumentReading.Moved;
        }
        catch (FileNotFoundException)
        {
            return DocumentReading.Moved;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Failure = error.Message;
            return DocumentReading.Failed;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Reserve(int size)
    {
        if (_buffer.Length >= size)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(size);
    }
}
