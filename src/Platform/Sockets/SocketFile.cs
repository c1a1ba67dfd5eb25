using System.Net.Sockets;
using System.Text;

namespace Platform.Sockets;

/// <summary>
/// Becomes the listener on a Unix socket path without ever taking it from someone who is alive, without a moment in which a stranger could
/// connect, and without touching what is not ours.
/// </summary>
/// <remarks>
/// A lock file beside the socket orders starting and stopping processes; the system drops the lock when its holder dies, also by kill -9.
/// The socket is bound under another name, made 0600, set to listen, and only then renamed to its path: whoever sees the path can connect,
/// and a stale file is replaced in one step. (The rename also keeps .NET from deleting a successor's file when our socket closes.)
/// </remarks>
public static class SocketFile
{
    /// <summary>Longest path in bytes that fits a socket address on Linux (108 with the terminating zero).</summary>
    public const int MaxPathBytes = 107;

    // Connections that may wait to be accepted: beyond it Unix sockets do not wait, the client gets an error. The system's own limit is usually 4,096.
    private const int Backlog = 1024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Tries to become the listener on <paramref name="path"/>.</summary>
    public static SocketClaim Claim(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (Unfit(path) is { } unfit) return unfit;
        try
        {
            return ClaimUnderLock(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            return new SocketClaim.Unusable(path, e.Message.TrimEnd('.'), "Check the folder's permissions, or choose another socket path.");
        }
    }

    /// <summary>Tells what is wrong with a socket path whatever is there at the moment; null when nothing is.</summary>
    public static string? ProblemWith(string path)
    {
        var bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes == 0) return "the path is empty";
        return bytes > MaxPathBytes ? $"the path has {bytes} bytes, and a Unix socket path may have at most {MaxPathBytes}" : null;
    }

    /// <summary>Asks whether somebody listens on <paramref name="path"/>; null when nobody does.</summary>
    public static PeerCredentials? FindListener(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock)
        {
            return new PeerCredentials(null, UnixFile.CurrentUser); // alive, but its queue of new connections is full
        }

        return PeerCredentials.Read(probe) ?? new PeerCredentials(null, UnixFile.CurrentUser);
    }

    private static SocketClaim.Unusable? Unfit(string path)
    {
        if (ProblemWith(path) is { } problem) return new(path, problem, "Choose a shorter socket path.");
        var folder = System.IO.Path.GetDirectoryName(path)!;
        if (File.Exists(folder)) return new(path, $"{folder} is a file, not a folder", "Choose another socket path.");
        return null;
    }

    private static SocketClaim ClaimUnderLock(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        if (new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName is { } target) folder = target;
        if (UnixFile.Inspect(folder) is { EntriesCanBeReplacedByOthers: true })
            return new SocketClaim.Unusable(path, $"any user may replace files in {folder}", $"Take the write permission from others (chmod o-w {folder}), or choose another folder.");

        if (UnixFile.Inspect(path + ".lock") is { Kind: not UnixFileKind.RegularFile })
            return new SocketClaim.Unusable(path, $"{path}.lock is not a regular file", "Remove it if you know that it is not needed.");
        FileStream pathLock;
        try
        {
            pathLock = new FileStream(path + ".lock", new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly, BufferSize = 0,
            });
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return new SocketClaim.Busy(path, FindListener(path));
        }

        SocketClaim? claim = null;
        try
        {
            claim = Refusal(path) ?? new SocketClaim.Claimed(Listen(path, pathLock));
            return claim;
        }
        finally
        {
            if (claim is not SocketClaim.Claimed) pathLock.Dispose();
        }
    }

    /// <summary>Looks at what is at the path already. A socket file of ours that nobody answers on is stale and no reason to refuse.</summary>
    private static SocketClaim? Refusal(string path)
    {
        if (UnixFile.Inspect(path) is not { } existing) return null;
        if (existing.Kind != UnixFileKind.Socket)
        {
            var kind = existing.Kind switch { UnixFileKind.Link => "a symbolic link", UnixFileKind.Directory => "a folder", _ => "a file that is not a socket" };
            return new SocketClaim.Unusable(path, $"there is {kind}", "It was left untouched. Remove it, or choose another socket path.");
        }

        if (existing.Owner != UnixFile.CurrentUser)
            return new SocketClaim.Unusable(path, $"the socket file belongs to user {existing.Owner}", "Choose another socket path.");
        return FindListener(path) is { } owner ? new SocketClaim.Busy(path, owner) : null;
    }

    private static ClaimedSocket Listen(string path, FileStream pathLock)
    {
        var birthName = path[..^1] + (path[^1] == '~' ? '-' : '~'); // same length, so it fits whenever the path does
        if (UnixFile.Inspect(birthName) is { Kind: UnixFileKind.Socket } left && left.Owner == UnixFile.CurrentUser) File.Delete(birthName);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(birthName));
            File.SetUnixFileMode(birthName, OwnerOnly); // before Listen: until then every connect is refused
            listener.Listen(Backlog);
            File.Move(birthName, path, overwrite: true);
            return new ClaimedSocket(path, listener, pathLock);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }
}
