namespace McpOrchestrator.Tests.Sockets;

/// <summary>A short-named folder of its own for sockets (their paths are limited to 107 bytes), removed at the end.</summary>
internal sealed class SocketTestFolder : IDisposable
{
    public SocketTestFolder() => Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "mcp-" + Guid.NewGuid().ToString("N")[..8]);

    public string Socket => File("s.sock");

    public string File(string name) => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

internal static class Bounded
{
    /// <summary>No test waits longer than this for anything.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task Within(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Limit);
}
