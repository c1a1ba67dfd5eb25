using System.Security.Claims;

namespace Platform.Sockets;

/// <summary>How an MCP server listens on a Unix socket.</summary>
public sealed record McpListenerSettings
{
    /// <summary>The socket file; at most <see cref="SocketFile.MaxPathBytes"/> bytes.</summary>
    public required string Path { get; init; }

    public McpTransportLimits Limits { get; init; } = new();

    /// <summary>Connections at the same time; a further one is told so and closed.</summary>
    public int MaxSessions { get; init; } = 256;

    /// <summary>How long running requests may go on when the server stops; then their connections are cut.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Tells why a peer is refused, or null to let it in. The default lets in the same user and root.</summary>
    public Func<PeerCredentials?, string?> RefusePeer { get; init; } = PeerCredentials.RefuseOtherUsers;

    /// <summary>Who a peer is to the server: the user of every message of its connection. The default names user and process, and nothing more.</summary>
    public Func<PeerCredentials?, ClaimsPrincipal?> Identify { get; init; } = static peer => peer?.ToPrincipal();
}
