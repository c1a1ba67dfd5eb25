using System.Net.Sockets;
using Platform.Sockets;

namespace McpOrchestrator.Tests.Sockets;

public sealed class SocketFileTests : IDisposable
{
    private readonly SocketTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Claim_FreePath_MakesSocketForOwnerOnly()
    {
        using var socket = Claimed(SocketFile.Claim(_folder.Socket));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Socket));
        Assert.Equal(Environment.ProcessId, SocketFile.FindListener(_folder.Socket)?.ProcessId);
        Assert.Equal(["s.sock", "s.sock.lock"], Names());
    }

    [Fact]
    public void Claim_PathOf107Bytes_Works()
    {
        using var socket = Claimed(SocketFile.Claim(PathOf(107)));
        Assert.NotNull(SocketFile.FindListener(PathOf(107)));
    }

    [Fact]
    public void Claim_PathOf108Bytes_SaysHowLongItMayBe()
    {
        var claim = Assert.IsType<SocketClaim.Unusable>(SocketFile.Claim(PathOf(108)));
        Assert.Contains("108 bytes", claim.Message, StringComparison.Ordinal);
        Assert.Contains("at most 107", claim.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public void Claim_SomebodyListens_NamesProcess()
    {
        using var socket = Claimed(SocketFile.Claim(_folder.Socket));

        var claim = Assert.IsType<SocketClaim.Busy>(SocketFile.Claim(_folder.Socket));

        Assert.Contains($"process {Environment.ProcessId}", claim.Message, StringComparison.Ordinal);
        Assert.NotNull(SocketFile.FindListener(_folder.Socket));
    }

    [Fact]
    public void Claim_ForeignProgramListensWithoutLock_IsBusy()
    {
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(_folder.Socket));
        other.Listen();

        Assert.IsType<SocketClaim.Busy>(SocketFile.Claim(_folder.Socket));
        Assert.NotNull(SocketFile.FindListener(_folder.Socket));
    }

    [Fact]
    public void Claim_StaleSocketFile_IsReplaced()
    {
        LeaveStaleSocket(_folder.Socket);
        Assert.Equal(UnixFileKind.Socket, UnixFile.Inspect(_folder.Socket)?.Kind);
        Assert.Null(SocketFile.FindListener(_folder.Socket));

        using var socket = Claimed(SocketFile.Claim(_folder.Socket));

        Assert.NotNull(SocketFile.FindListener(_folder.Socket));
    }

    [Fact]
    public void Claim_LeftoverOfKilledStart_IsRemoved()
    {
        LeaveStaleSocket(_folder.File("s.soc~"));

        using var socket = Claimed(SocketFile.Claim(_folder.Socket));

        Assert.Equal(["s.sock", "s.sock.lock"], Names());
    }

    [Fact]
    public void Claim_SymbolicLink_IsRefusedAndKept()
    {
        LeaveStaleSocket(_folder.File("elsewhere"));
        File.CreateSymbolicLink(_folder.Socket, _folder.File("elsewhere"));

        var claim = Assert.IsType<SocketClaim.Unusable>(SocketFile.Claim(_folder.Socket));

        Assert.Contains("symbolic link", claim.Message, StringComparison.Ordinal);
        Assert.Equal(_folder.File("elsewhere"), new FileInfo(_folder.Socket).LinkTarget);
    }

    [Fact]
    public void Claim_RegularFile_IsRefusedAndKept()
    {
        File.WriteAllText(_folder.Socket, "precious");

        Assert.IsType<SocketClaim.Unusable>(SocketFile.Claim(_folder.Socket));

        Assert.Equal("precious", File.ReadAllText(_folder.Socket));
    }

    [Fact]
    public void Claim_LockPathIsLink_IsRefused()
    {
        File.CreateSymbolicLink(_folder.Socket + ".lock", _folder.File("victim"));

        Assert.IsType<SocketClaim.Unusable>(SocketFile.Claim(_folder.Socket));

        Assert.False(File.Exists(_folder.File("victim")));
    }

    [Fact]
    public void Claim_FolderWritableByAllWithoutStickyBit_IsRefused()
    {
        File.SetUnixFileMode(_folder.Root, (UnixFileMode)0b111_111_111);

        var claim = Assert.IsType<SocketClaim.Unusable>(SocketFile.Claim(_folder.Socket));

        Assert.Contains("chmod o-w", claim.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Claim_MissingFolder_IsMadeForOwnerOnly()
    {
        using var socket = Claimed(SocketFile.Claim(_folder.File("new/s")));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_folder.File("new")));
    }

    [Fact]
    public void Dispose_OwnFile_IsRemoved_AndPathCanBeClaimedAgain()
    {
        Claimed(SocketFile.Claim(_folder.Socket)).Dispose();
        Assert.Null(UnixFile.Inspect(_folder.Socket));

        Claimed(SocketFile.Claim(_folder.Socket)).Dispose();
    }

    [Fact]
    public void Dispose_FileReplacedBySomebodyElse_IsKept()
    {
        var socket = Claimed(SocketFile.Claim(_folder.Socket));
        File.Delete(_folder.Socket);
        LeaveStaleSocket(_folder.Socket);

        socket.Dispose();

        Assert.NotNull(UnixFile.Inspect(_folder.Socket));
    }

    private static ClaimedSocket Claimed(SocketClaim claim) =>
        claim is SocketClaim.Claimed claimed ? claimed.Socket : throw new InvalidOperationException(claim.Message);

    /// <summary>What kill -9 leaves: a socket file with nobody behind it.</summary>
    private void LeaveStaleSocket(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.File("birth")));
        File.Move(_folder.File("birth"), path);
    }

    private string PathOf(int bytes) => _folder.File(new string('x', bytes - _folder.Root.Length - 1));

    private string[] Names() => [.. Directory.GetFileSystemEntries(_folder.Root).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    [OtherUserFact]
    public void Claim_SocketFileOfAnotherUser_IsRefusedAndKept()
    {
        using var server = OtherUser.Serve(_folder.Socket);
        server.Kill();
        server.WaitForExit();
        OtherUser.Give(_folder.Socket);

        Assert.Contains($"belongs to user {OtherUser.Id}", Assert.IsType<SocketClaim.Unusable>(SocketFile.Claim(_folder.Socket)).Message, StringComparison.Ordinal);
        Assert.NotNull(UnixFile.Inspect(_folder.Socket));
    }
}
