using ModelContextProtocol.Protocol;

namespace Platform.Sockets;

/// <summary>A message is larger than <see cref="McpTransportLimits.MaxMessageBytes"/>.</summary>
public sealed class MessageTooLargeException(string message) : Exception(message);

/// <summary>Bounds of one MCP connection. Each exists because the SDK's own stream transport has none.</summary>
public sealed record McpTransportLimits
{
    /// <summary>Largest message in bytes, in either direction. A peer that sends a larger one is cut off; a larger answer of ours is replaced by an error.</summary>
    public int MaxMessageBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Requests of the peer that may run at the same time on one connection; further ones are answered with error -32000.</summary>
    public int MaxInFlightRequests { get; init; } = 1024;

    /// <summary>
    /// Requests that are answered at once (all but those of <see cref="MayTakeLong"/>) and run at the same time on one connection. When they are so many,
    /// nothing more is read from it until one is answered: a peer that asks for much and does not read the answers keeps them waiting on its own side and
    /// not in our memory.
    /// </summary>
    public int MaxBriefRequests { get; init; } = int.MaxValue;

    /// <summary>Which requests may run for long, because they wait for something that is not the server's work. Those that wait for the peer itself must be among them.</summary>
    public Func<JsonRpcRequest, bool> MayTakeLong { get; init; } = static _ => false;

    /// <summary>How long the peer may take to accept one message before the connection is given up.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long running requests may go on after the peer closed its sending side but still listens for the answers.</summary>
    public TimeSpan HalfCloseGrace { get; init; } = TimeSpan.FromMinutes(5);
}
