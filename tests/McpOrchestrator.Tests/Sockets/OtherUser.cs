using System.Diagnostics;
using Platform.Sockets;

namespace McpOrchestrator.Tests.Sockets;

/// <summary>Another user of this machine, who has put his own socket where ours should be. Only root can play him.</summary>
internal static class OtherUser
{
    public const int Id = 65534;

    // Binds as root and listens as the other user: the kernel tells clients who listened. Prints what it is told.
    private const string Server =
        """
        use Socket; $| = 1;
        socket(S, PF_UNIX, SOCK_STREAM, 0) or die $!; bind(S, sockaddr_un($ARGV[0])) or die $!;
        $> = $ARGV[1]; listen(S, 5) or die $!; print "ready\n";
        while (accept(C, S)) { while (sysread(C, my $b, 4096)) { print $b; } close(C); }
        """;

    public static bool CanBePlayed => UnixFile.CurrentUser == 0 && File.Exists("/usr/bin/perl");

    /// <summary>Starts the other user's server and waits until it listens.</summary>
    public static Process Serve(string path)
    {
        var process = Process.Start(new ProcessStartInfo("/usr/bin/perl", ["-e", Server, path, $"{Id}"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        Assert.Equal("ready", process.StandardOutput.ReadLineAsync().Within().GetAwaiter().GetResult());
        return process;
    }

    /// <summary>Makes a file his.</summary>
    public static void Give(string path)
    {
        using var chown = Process.Start("chown", [$"{Id}", path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }
}

/// <summary>Skipped, and reported so, where the other user cannot be played.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OtherUserFactAttribute : FactAttribute
{
    public OtherUserFactAttribute() => Skip = OtherUser.CanBePlayed ? null : "Needs root and perl, to act as another user.";
}
