using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using OpenSpec;

namespace Workflow.Changes;

/// <summary>
/// Which file stands at a path and which version of it: two equal stamps, taken more than a clock tick after the last write, mean equal bytes. The
/// change time is the kernel's own and cannot be set back by <c>touch</c> or a checkout, so it covers rewritten modification times.
/// </summary>
/// <param name="Kind">File, directory, link, or other (pipe, socket, device).</param>
/// <param name="Device">Device that holds it.</param>
/// <param name="Inode">Number on that device.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">Modification time, nanoseconds since 1970.</param>
/// <param name="ChangedAt">Change time, nanoseconds since 1970.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileStamp(OpenSpecEntryKind Kind, ulong Device, ulong Inode, long Size, long ModifiedAt, long ChangedAt)
{
    private const long Second = 1_000_000_000;

    /// <summary>When it was last touched, by either clock.</summary>
    public DateTimeOffset LastTouched => DateTimeOffset.UnixEpoch.AddTicks(Math.Max(ModifiedAt, ChangedAt) / 100);

    /// <summary>True when both are the same file system object, whatever its content.</summary>
    public bool IsSameObject(FileStamp other) => Device == other.Device && Inode == other.Inode;

    /// <summary>The stamp of a path; null when there is nothing.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="followLink">Look at what a link at the end of the path points to.</param>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission on a parent folder.</exception>
    public static FileStamp? Of(string path, bool followLink = false)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (OperatingSystem.IsLinux())
        {
            var flags = followLink ? 0 : PosixFile.AtSymlinkNoFollow;
            return PosixFile.Statx(PosixFile.AtCurrentFolder, path, flags, PosixFile.StatxBasic, ref MemoryMarshal.GetReference(buffer)) == 0 ? OfStatx(buffer) : PosixFile.NothingAt(path);
        }

        return OfFileSystemInfo(path, followLink);
    }

    /// <summary>The stamp of an open file.</summary>
    public static FileStamp Of(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
            return OfFileSystemInfo(path, followLink: false) ?? throw new FileNotFoundException("The file is gone.", path);
        Span<byte> buffer = stackalloc byte[256];
        return PosixFile.Statx(file, "", PosixFile.AtEmptyPath, PosixFile.StatxBasic, ref MemoryMarshal.GetReference(buffer)) == 0
            ? OfStatx(buffer)
            : throw PosixFile.ErrorAt(path);
    }

    // struct statx has one layout on every architecture (include/uapi/linux/stat.h).
    private static FileStamp OfStatx(ReadOnlySpan<byte> buffer)
    {
        var mode = MemoryMarshal.Read<ushort>(buffer[28..]);
        var device = ((ulong)MemoryMarshal.Read<uint>(buffer[136..]) << 32) | MemoryMarshal.Read<uint>(buffer[140..]);
        return new FileStamp(
            KindOf(mode),
            device,
            MemoryMarshal.Read<ulong>(buffer[32..]),
            MemoryMarshal.Read<long>(buffer[40..]),
            Nanoseconds(buffer[112..]),
            Nanoseconds(buffer[96..]));
    }

    private static long Nanoseconds(ReadOnlySpan<byte> timestamp) => (MemoryMarshal.Read<long>(timestamp) * Second) + MemoryMarshal.Read<uint>(timestamp[8..]);

    private static OpenSpecEntryKind KindOf(int mode) => (mode & 0xF000) switch
    {
        0x8000 => OpenSpecEntryKind.File,
        0x4000 => OpenSpecEntryKind.Directory,
        0xA000 => OpenSpecEntryKind.Link,
        _ => OpenSpecEntryKind.Other,
    };

    // Elsewhere the creation time stands in for inode and change time: a replaced file has a new one.
    private static FileStamp? OfFileSystemInfo(string path, bool followLink)
    {
        if (FileKind.Of(path) is not { } kind)
            return null;
        if (followLink && kind == OpenSpecEntryKind.Link)
            return File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: true } target ? OfFileSystemInfo(target.FullName, followLink: false) : null;
        FileSystemInfo info = kind == OpenSpecEntryKind.Directory ? new DirectoryInfo(path) : new FileInfo(path);
        var created = info.CreationTimeUtc.Ticks;
        return new FileStamp(
            kind,
            Device: 0,
            Inode: unchecked((ulong)created),
            info is FileInfo { Exists: true } file ? file.Length : 0,
            (info.LastWriteTimeUtc.Ticks - DateTimeOffset.UnixEpoch.Ticks) * 100,
            (created - DateTimeOffset.UnixEpoch.Ticks) * 100);
    }
}
