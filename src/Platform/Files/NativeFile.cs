using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Platform.Files;

/// <summary>System calls that .NET does not offer: opening without following a link, flushing a folder, creating one folder, swapping two names.</summary>
internal static class NativeFile
{
    private const int AtFdCwd = -100;
    private const uint RenameExchange = 2;

    /// <summary>Opens an existing file for reading; fails on a link at the end of the path and never waits for the writer of a pipe.</summary>
    public static SafeFileHandle OpenForReading(string path)
    {
        var descriptor = NativeMethods.Open(Terminated(path), NoFollow | NonBlock | CloseOnExec, 0);
        return descriptor < 0 ? throw Error(path) : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Makes the names in a folder durable.</summary>
    public static void FlushFolder(string folder)
    {
        var descriptor = NativeMethods.Open(Terminated(folder), CloseOnExec, 0);
        if (descriptor < 0)
            throw Error(folder);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        const int invalidArgument = 22; // the file system has no such operation (some network and FUSE file systems)
        if (NativeMethods.FSync(descriptor) != 0 && Marshal.GetLastPInvokeError() != invalidArgument)
            throw Error(folder);
    }

    /// <summary>Creates one folder, where .NET would create those above it too; false when the name is taken.</summary>
    public static bool TryCreateFolder(string path)
    {
        const int all = 0b111_111_111, exists = 17; // less what the process masks
        if (NativeMethods.MkDir(Terminated(path), all) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == exists ? false : throw Error(path);
    }

    /// <summary>Swaps two names atomically; false when the system or the file system cannot.</summary>
    public static bool TryExchange(string first, string second)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            if (NativeMethods.RenameAt2(AtFdCwd, Terminated(first), AtFdCwd, Terminated(second), RenameExchange) == 0)
                return true;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // musl and old glibc
        }

        const int notImplemented = 38, invalidArgument = 22, notSupported = 95;
        return Marshal.GetLastPInvokeError() is notImplemented or invalidArgument or notSupported ? false : throw Error(second);
    }

    /// <summary>Gives a file to an owner; a link is not followed.</summary>
    public static void SetOwner(string path, uint owner, uint group)
    {
        if (NativeMethods.LChown(Terminated(path), owner, group) != 0)
            throw Error(path);
    }

    /// <summary>Whether this process may write to the file, by mode, access lists and mount options.</summary>
    public static bool MayWrite(string path) => NativeMethods.Access(Terminated(path), 2) == 0;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    // The numbers differ by system, and on Linux by processor.
    private static int NoFollow => OperatingSystem.IsMacOS() ? 0x100 : IsArm ? 0x8000 : 0x20000;

    private static int NonBlock => OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    private static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static IOException Error(string path)
    {
        var number = Marshal.GetLastPInvokeError();
        return new IOException($"{path}: {new Win32Exception(number).Message}", number);
    }

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code in the whole project; these calls pass nothing but byte arrays and numbers.
    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Open(byte[] path, int flags, int mode);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int FSync(int descriptor);

        [DllImport("libc", EntryPoint = "renameat2", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int RenameAt2(int fromFolder, byte[] from, int toFolder, byte[] to, uint flags);

        [DllImport("libc", EntryPoint = "lchown", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int LChown(byte[] path, uint owner, uint group);

        [DllImport("libc", EntryPoint = "mkdir", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int MkDir(byte[] path, uint mode);

        [DllImport("libc", EntryPoint = "access", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Access(byte[] path, int mode);
    }
#pragma warning restore SYSLIB1054
}
