using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Claims;

namespace Platform.Sockets;

/// <summary>Who is at the other end of a Unix socket, as the kernel recorded it; the peer cannot forge it.</summary>
/// <param name="ProcessId">Process id; null where the system does not tell it.</param>
/// <param name="UserId">Effective user id at the time of connect (or of listen, seen from the client).</param>
public sealed record PeerCredentials(int? ProcessId, uint UserId)
{
    /// <summary>Claim type that holds <see cref="UserId"/> in <see cref="ToPrincipal"/>.</summary>
    public const string UserIdClaim = "uid";

    /// <summary>Claim type that holds <see cref="ProcessId"/> in <see cref="ToPrincipal"/>.</summary>
    public const string ProcessIdClaim = "pid";

    /// <summary>Asks the kernel; null when the socket is already gone or the system has no such call.</summary>
    public static PeerCredentials? Read(Socket socket)
    {
        try
        {
            return OperatingSystem.IsMacOS() ? ReadMac(socket) : ReadLinux(socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The default policy: the same user, and root (who could read our memory anyway). Returns why the peer is refused, or null.</summary>
    public static string? RefuseOtherUsers(PeerCredentials? peer)
    {
        if (peer is null) return "the peer's user could not be determined";
        return peer.UserId == 0 || peer.UserId == UnixFile.CurrentUser ? null : $"user {peer.UserId} is not this process's user {UnixFile.CurrentUser}";
    }

    /// <summary>The peer as a principal: tools get it through their ClaimsPrincipal parameter.</summary>
    public ClaimsPrincipal ToPrincipal()
    {
        List<Claim> claims = [new(ClaimTypes.Name, ToString()), new(UserIdClaim, $"{UserId}")];
        if (ProcessId is { } pid) claims.Add(new(ProcessIdClaim, $"{pid}"));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, "peercred"));
    }

    public override string ToString() => ProcessId is { } pid ? $"process {pid}{NameOf(pid)} of user {UserId}" : $"a process of user {UserId}";

    private static PeerCredentials ReadLinux(Socket socket)
    {
        const int solSocket = 1, soPeerCred = 17;
        var answer = new byte[12];
        socket.GetRawSocketOption(solSocket, soPeerCred, answer);
        return new PeerCredentials(BinaryPrimitives.ReadInt32LittleEndian(answer), BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(4)));
    }

    private static PeerCredentials ReadMac(Socket socket)
    {
        const int solLocal = 0, localPeerCred = 1, localPeerPid = 2;
        var credentials = new byte[76];
        socket.GetRawSocketOption(solLocal, localPeerCred, credentials);
        var pid = new byte[4];
        socket.GetRawSocketOption(solLocal, localPeerPid, pid);
        return new PeerCredentials(BinaryPrimitives.ReadInt32LittleEndian(pid), BinaryPrimitives.ReadUInt32LittleEndian(credentials.AsSpan(4)));
    }

    private static string NameOf(int pid)
    {
        try
        {
            var program = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0')[0];
            return program.Length > 0 ? $" ({Path.GetFileName(program)})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
