namespace Workflow.Mcp.Bridge;

/// <summary>How <c>wo mcp</c> works.</summary>
/// <param name="SocketPath">The daemon's socket.</param>
/// <param name="AsAgent">Ask the daemon for no more than what agents may do.</param>
internal sealed record BridgeSettings(string SocketPath, bool AsAgent)
{
    /// <summary>Longest message in bytes, either way; the daemon's own limit.</summary>
    public int MaxMessageBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Requests that may wait for an answer at the same time.</summary>
    public int MaxPending { get; init; } = 1024;

    /// <summary>How long requests are kept for a daemon that was there and has gone: a restart takes a few seconds. Then they are answered with what is wrong.</summary>
    public TimeSpan RestartGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for the daemon's answer to the handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First pause after a failed attempt to connect; doubles with each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(1);
}
