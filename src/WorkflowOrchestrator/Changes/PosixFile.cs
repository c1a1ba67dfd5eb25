using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Workflow.Changes;

/// <summary>The system calls that .NET does not offer: identity of a file, and opening without following a link or waiting for a pipe's writer.</summary>
internal static class PosixFile
{
    public const int AtCurrentFolder = -100;
    public const int AtSymlinkNoFollow = 0x100;
    public const int AtEmptyPath = 0x1000;
    public const uint StatxBasic = 0x7FF;

    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int NotADirectory = 20;

    /// <summary>
    /// Opens a regular file for reading. A link that took the file's place is refused, and a pipe that did so is opened without waiting (the caller
    /// compares stamps): a scan can be neither led out of the tree nor made to hang.
    /// </summary>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    /// <exception cref="IOException">It is a link by now, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static SafeFileHandle OpenForReading(string path)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var descriptor = Open(path, OpenFlags);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw ErrorAt(path);
    }

    /// <summary>Null when the last call failed because nothing is there.</summary>
    public static FileStamp? NothingAt(string path) => Marshal.GetLastPInvokeError() is NoEntry or NotADirectory ? null : throw ErrorAt(path);

    /// <summary>The exception for the error of the last call.</summary>
    public static Exception ErrorAt(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        var message = $"{path}: {Marshal.GetPInvokeErrorMessage(error)}";
        return error switch
        {
            NoEntry or NotADirectory => new FileNotFoundException(message, path),
            AccessDenied => new UnauthorizedAccessException(message),
            _ => new IOException(message, error),
        };
    }

    // O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW; the last one differs between processors on Linux.
    private static int OpenFlags
    {
        get
        {
            if (OperatingSystem.IsMacOS())
                return 0x4 | 0x1000000 | 0x100;
            var noFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Ppc64le ? 0x8000 : 0x20000;
            return 0x800 | 0x80000 | noFollow;
        }
    }

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code in the whole project; these calls pass a string, numbers and one buffer.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Statx(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte buffer);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Statx(SafeFileHandle file, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte buffer);
#pragma warning restore SYSLIB1054
}
