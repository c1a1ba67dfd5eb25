using System.Runtime.InteropServices;
using OpenSpec;

namespace Workflow.Changes;

/// <summary>
/// What a path is, in one system call and without following a link. .NET tells neither a pipe nor a socket from a file, and opening a pipe
/// for reading blocks until somebody writes to it.
/// </summary>
internal static class FileKind
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint StatxType = 1;
    private const int TypeMask = 0xF000;

    /// <summary>The kind of a path; null when there is nothing, or nothing that may be looked at.</summary>
    public static OpenSpecEntryKind? Of(string path)
    {
        if (OperatingSystem.IsLinux())
            return OfLinux(path);
        return OperatingSystem.IsMacOS() ? OfMac(path) : OfAttributes(path);
    }

    private static OpenSpecEntryKind? OfLinux(string path)
    {
        // struct statx is the same on every architecture: 256 bytes, the mode at offset 28.
        Span<byte> buffer = stackalloc byte[256];
        return Statx(AtFdCwd, path, AtSymlinkNoFollow, StatxType, ref MemoryMarshal.GetReference(buffer)) == 0
            ? OfMode(MemoryMarshal.Read<ushort>(buffer[28..]))
            : null;
    }

    private static OpenSpecEntryKind? OfMac(string path)
    {
        // struct stat with 64-bit inodes: 144 bytes, the mode at offset 4.
        Span<byte> buffer = stackalloc byte[256];
        ref var first = ref MemoryMarshal.GetReference(buffer);
        var result = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? LStatInode64(path, ref first) : LStat(path, ref first);
        return result == 0 ? OfMode(MemoryMarshal.Read<ushort>(buffer[4..])) : null;
    }

    private static OpenSpecEntryKind OfMode(int mode) => (mode & TypeMask) switch
    {
        0x8000 => OpenSpecEntryKind.File,
        0x4000 => OpenSpecEntryKind.Directory,
        0xA000 => OpenSpecEntryKind.Link,
        _ => OpenSpecEntryKind.Other,
    };

    private static OpenSpecEntryKind? OfAttributes(string path)
    {
        try
        {
            var attributes = File.GetAttributes(path);
            if (attributes.HasFlag(FileAttributes.ReparsePoint))
                return OpenSpecEntryKind.Link;
            if (attributes.HasFlag(FileAttributes.Device))
                return OpenSpecEntryKind.Other;
            return attributes.HasFlag(FileAttributes.Directory) ? OpenSpecEntryKind.Directory : OpenSpecEntryKind.File;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte buffer);

    [DllImport("libc", EntryPoint = "lstat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LStat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, ref byte buffer);

    [DllImport("libc", EntryPoint = "lstat$INODE64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LStatInode64([MarshalAs(UnmanagedType.LPUTF8Str)] string path, ref byte buffer);
}
