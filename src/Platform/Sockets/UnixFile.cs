using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Platform.Sockets;

/// <summary>What stands at a path, without following a link at its end.</summary>
public enum UnixFileKind
{
    Other,
    RegularFile,
    Directory,
    Link,
    Socket,
}

/// <summary>Kind, owner and identity of a path. Two paths name the same file when <see cref="Device"/> and <see cref="Inode"/> agree.</summary>
/// <param name="Kind">What it is; a link is not followed.</param>
/// <param name="Owner">User id of the owner.</param>
/// <param name="Mode">Permission bits, including sticky (octal 1000).</param>
/// <param name="Device">Device that holds it.</param>
/// <param name="Inode">Number on that device.</param>
public sealed record UnixFile(UnixFileKind Kind, uint Owner, int Mode, ulong Device, ulong Inode)
{
    /// <summary>Group id of the owner's group.</summary>
    public uint Group { get; init; }

    private const int Sticky = 0b1_000_000_000;
    private const int OthersMayWrite = 0b010;

    /// <summary>True when users other than the owner may replace entries of this directory.</summary>
    public bool EntriesCanBeReplacedByOthers => (Mode & OthersMayWrite) != 0 && (Mode & Sticky) == 0;

    public bool IsSameAs(UnixFile? other) => other is not null && other.Device == Device && other.Inode == Inode;

    /// <summary>The effective user id of this process.</summary>
    public static uint CurrentUser => NativeMethods.GetEffectiveUserId();

    /// <summary>Reads the facts about <paramref name="path"/>; null when nothing is there.</summary>
    /// <exception cref="IOException">The path cannot be examined (for example: no permission on a parent folder).</exception>
    public static UnixFile? Inspect(string path) => OperatingSystem.IsMacOS() ? InspectMac(path) : InspectLinux(path);

    // .NET tells neither the owner nor "this is a socket", so the two system calls are made here. statx has one layout on all Linux machines.
    private static UnixFile? InspectLinux(string path)
    {
        var buffer = new byte[256];
        const int currentDirectory = -100, noFollow = 0x100;
        const uint basicStats = 0x7ff;
        if (NativeMethods.StatX(currentDirectory, Terminated(path), noFollow, basicStats, buffer) != 0) return Missing(path);
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(28));
        var device = ((ulong)UInt32(buffer, 136) << 32) | UInt32(buffer, 140);
        return new UnixFile(KindOf(mode), UInt32(buffer, 20), mode & 0xfff, device, UInt64(buffer, 32)) { Group = UInt32(buffer, 24) };
    }

    private static UnixFile? InspectMac(string path)
    {
        var buffer = new byte[256];
        var status = RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? NativeMethods.LStat(Terminated(path), buffer)
            : NativeMethods.LStat64(Terminated(path), buffer);
        if (status != 0) return Missing(path);
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(4));
        return new UnixFile(KindOf(mode), UInt32(buffer, 16), mode & 0xfff, UInt32(buffer, 0), UInt64(buffer, 8)) { Group = UInt32(buffer, 20) };
    }

    private static UnixFile? Missing(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        const int noSuchFile = 2, notADirectory = 20;
        return error is noSuchFile or notADirectory ? null : throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private static UnixFileKind KindOf(int mode) => (mode & 0xf000) switch
    {
        0xc000 => UnixFileKind.Socket,
        0xa000 => UnixFileKind.Link,
        0x8000 => UnixFileKind.RegularFile,
        0x4000 => UnixFileKind.Directory,
        _ => UnixFileKind.Other,
    };

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static uint UInt32(byte[] buffer, int at) => BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(at));

    private static ulong UInt64(byte[] buffer, int at) => BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(at));

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code in the whole project; these four calls pass nothing but byte arrays and numbers.
    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "geteuid")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern uint GetEffectiveUserId();

        [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int StatX(int directory, byte[] path, int flags, uint mask, byte[] buffer);

        [DllImport("libc", EntryPoint = "lstat", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int LStat(byte[] path, byte[] buffer);

        [DllImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int LStat64(byte[] path, byte[] buffer);
    }
#pragma warning restore SYSLIB1054
}
