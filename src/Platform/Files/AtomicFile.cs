using System.Diagnostics.CodeAnalysis;
using Platform.Sockets;

namespace Platform.Files;

/// <summary>
/// Replaces files so that a reader, a crash or a full disk sees the old bytes or the new bytes and nothing else: a temporary file in the same
/// folder, written and flushed, takes the place of the old one by rename, and the folder is flushed. Mode and (as root) owner are kept.
/// </summary>
/// <remarks>
/// .NET's own <c>File.WriteAllText</c> deletes an existing file when the disk is full (dotnet/runtime#58167), and <c>File.Move</c> gives the
/// target the mode of the temporary file.
/// </remarks>
public static class AtomicFile
{
    private const string Mark = ".wo-";
    private const string Suffix = ".tmp";
    private const int MaxNameBytes = 255;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Reads a regular file without following a link.
    /// </summary>
    /// <returns>The bytes; null when nothing is there.</returns>
    /// <exception cref="FileRefusedException">A link, a folder, a device, or larger than <paramref name="maxBytes"/>.</exception>
    public static byte[]? Read(string path, long maxBytes = 1L << 30)
    {
        if (Examine(path) is not { } seen)
            return null;
        using var handle = NativeFile.OpenForReading(path);
        var length = RandomAccess.GetLength(handle);
        if (length > maxBytes)
            throw new FileRefusedException(path, $"is larger than {maxBytes} bytes");
        var buffer = new byte[length + 1]; // one more shows whether the file grew meanwhile
        var read = 0;
        while (read < buffer.Length)
        {
            var n = RandomAccess.Read(handle, buffer.AsSpan(read), read);
            if (n == 0)
                break;
            read += n;
        }

        if (read > length || !seen.IsSameAs(UnixFile.Inspect(path)))
            throw new FileRefusedException(path, "is being changed");
        return buffer[..read];
    }

    /// <summary>
    /// Writes a file whole. <paramref name="isBase"/> gets the bytes that would be replaced (null: nothing is there) immediately before the
    /// rename, and again after it when the system can swap names; when it says no, the file is left, or put back, as it was.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The new bytes.</param>
    /// <param name="id">Letters and digits that mark the temporary file as belonging to this piece of work.</param>
    /// <param name="isBase">Whether these are the bytes that may be replaced.</param>
    /// <param name="step">Told the name of each step as it is done, for fault tests.</param>
    /// <param name="pending">Gets the flush of the folder, for several files that are replaced together; null: it is done at once.</param>
    /// <returns>False when <paramref name="isBase"/> said no.</returns>
    /// <exception cref="FileRefusedException">A link, a folder, a device or a read-only file.</exception>
    /// <exception cref="IOException">The disk is full, read-only or broken (<see cref="FileFaults"/>). The file is as it was.</exception>
    public static bool Write(string path, ReadOnlySpan<byte> content, string id, Func<byte[]?, bool> isBase, Action<string>? step = null, PendingReplacements? pending = null)
    {
        var target = Examine(path);
        if (target is not null && ((target.Mode & 0b010_010_010) == 0 || !NativeFile.MayWrite(path)))
            throw new FileRefusedException(path, "is read-only");
        var temporary = TemporaryName(path, id);
        var ours = true; // whether the temporary name stands for bytes that nobody would miss
        try
        {
            Create(temporary, content, target, step);
            step?.Invoke("temp-written");
            if (!isBase(Read(path)))
                return false;
            step?.Invoke("base-checked");
            ours = false;
            var replaced = target is null ? TryMove(temporary, path) : Swap(temporary, path, content, isBase);
            ours = true;
            if (!replaced)
                return false;
            step?.Invoke("renamed");
            if (pending is null)
            {
                NativeFile.FlushFolder(Folder(path));
                return true;
            }

            pending.Add(Folder(path), temporary);
            ours = false;
            return true;
        }
        finally
        {
            if (ours)
                TryDelete(temporary);
        }
    }

    /// <summary>Deletes a regular file if its bytes are those expected. True when it is gone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isBase">Whether these are the bytes that may be deleted.</param>
    /// <param name="pending">Gets the flush of the folder; null: it is done at once.</param>
    /// <exception cref="FileRefusedException">A link, a folder or a device.</exception>
    public static bool Delete(string path, Func<byte[]?, bool> isBase, PendingReplacements? pending = null)
    {
        var bytes = Read(path);
        if (bytes is null)
            return true;
        if (!isBase(bytes))
            return false;
        File.Delete(path);
        if (pending is null)
            NativeFile.FlushFolder(Folder(path));
        else
            pending.Add(Folder(path));
        return true;
    }

    /// <summary>Makes the names in a folder durable.</summary>
    public static void FlushFolder(string folder) => NativeFile.FlushFolder(folder);

    /// <summary>The name of the temporary file for a target: <c>.NAME.wo-ID.tmp</c>, shortened when the file system could not hold it.</summary>
    public static string TemporaryName(string path, string id)
    {
        var name = Path.GetFileName(path);
        var room = MaxNameBytes - 1 - Mark.Length - id.Length - Suffix.Length;
        while (System.Text.Encoding.UTF8.GetByteCount(name) > room)
            name = name[..^1];
        return Path.Combine(Folder(path), $".{name}{Mark}{id}{Suffix}");
    }

    /// <summary>Whether a file name is that of a temporary file of this class, and whose.</summary>
    public static bool IsTemporary(string fileName, [NotNullWhen(true)] out string? id)
    {
        id = null;
        if (!fileName.StartsWith('.') || !fileName.EndsWith(Suffix, StringComparison.Ordinal))
            return false;
        var mark = fileName.LastIndexOf(Mark, StringComparison.Ordinal);
        if (mark < 1)
            return false;
        id = fileName[(mark + Mark.Length)..^Suffix.Length];
        return id.Length > 0 && id.All(char.IsAsciiLetterOrDigit);
    }

    /// <summary>Puts the file that stands under a temporary name back under its own name, keeping what stands there under the temporary name.</summary>
    public static bool TryPutBack(string temporary, string path) => NativeFile.TryExchange(temporary, path);

    private static UnixFile? Examine(string path)
    {
        var file = UnixFile.Inspect(path);
        return file switch
        {
            null => null,
            { Kind: UnixFileKind.RegularFile } => file,
            { Kind: UnixFileKind.Link } => throw new FileRefusedException(path, "is a symbolic link"),
            { Kind: UnixFileKind.Directory } => throw new FileRefusedException(path, "is a folder"),
            _ => throw new FileRefusedException(path, "is not a regular file"),
        };
    }

    private static void Create(string temporary, ReadOnlySpan<byte> content, UnixFile? target, Action<string>? step)
    {
        // CreateNew is O_CREAT | O_EXCL: it neither follows nor replaces a link that somebody put there.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (target is not null && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly; // never more readable than the target while it is being written
        using var stream = new FileStream(temporary, options);
        step?.Invoke("temp-created");
        stream.Write(content);
        if (target is not null && !OperatingSystem.IsWindows())
        {
            if (UnixFile.CurrentUser == 0)
                NativeFile.SetOwner(temporary, target.Owner, target.Group); // before the mode: changing the owner clears set-id bits
            File.SetUnixFileMode(stream.SafeFileHandle, (UnixFileMode)target.Mode);
        }

        stream.Flush(flushToDisk: true);
    }

    private static bool TryMove(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (UnixFile.Inspect(path) is not null)
        {
            return false; // somebody created it meanwhile
        }
    }

    // Swapping keeps what was there under the temporary name, so that a save between the last check and the swap can be seen and put back.
    private static bool Swap(string temporary, string path, ReadOnlySpan<byte> content, Func<byte[]?, bool> isBase)
    {
        try
        {
            if (!NativeFile.TryExchange(temporary, path))
            {
                File.Move(temporary, path, overwrite: true);
                return true;
            }
        }
        catch (IOException error) when (FileFaults.Classify(error) is FileFault.Missing)
        {
            return false; // removed right after the last look: nothing was swapped
        }

        if (isBase(Read(temporary)))
            return true;
        NativeFile.TryExchange(temporary, path);
        if (!content.SequenceEqual(Read(temporary)))
            NativeFile.TryExchange(temporary, path); // saved once more meanwhile: the newest stays
        return false;
    }

    internal static void TryDelete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The outcome of the write is what counts; recovery removes what is left.
        }
    }

    private static string Folder(string path) => Path.GetDirectoryName(path) ?? throw new ArgumentException($"{path} has no folder.", nameof(path));
}

/// <summary>A file that this program does not touch; the message says why.</summary>
public sealed class FileRefusedException(string path, string reason) : Exception($"{path} {reason}")
{
    /// <summary>The file.</summary>
    public string File { get; } = path;

    /// <summary>Why, as the end of a sentence that begins with the file.</summary>
    public string Reason { get; } = reason;
}
