namespace Platform.Sockets;

/// <summary>Whether a <see cref="McpLink"/> can be used, for health.</summary>
/// <param name="Since">When this state began.</param>
public abstract record LinkState(DateTimeOffset Since)
{
    /// <summary>There is no connection; attempts go on.</summary>
    /// <param name="Since">When the connection was lost, or when the link was made.</param>
    /// <param name="Attempts">Failed attempts in a row.</param>
    /// <param name="LastError">Why the last attempt failed, or why the connection ended; null before the first attempt.</param>
    public sealed record Disconnected(DateTimeOffset Since, int Attempts, string? LastError) : LinkState(Since);

    /// <summary>Connected, and the onConnected callback has succeeded.</summary>
    /// <param name="Since">When the connection became usable.</param>
    /// <param name="Server">Name and version that the server gave itself.</param>
    /// <param name="Tools">Names of its tools.</param>
    public sealed record Connected(DateTimeOffset Since, string Server, IReadOnlyList<string> Tools) : LinkState(Since);
}
