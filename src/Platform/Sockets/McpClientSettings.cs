using ModelContextProtocol.Protocol;

namespace Platform.Sockets;

/// <summary>A connection on which an MCP session can be begun.</summary>
/// <param name="Transport">Its transport; disposed of with the session.</param>
/// <param name="Server">The process that serves, when it is known.</param>
/// <param name="Lost">Fires when the connection is lost; never for one that has no lasting connection (HTTP).</param>
public sealed record McpConnection(ITransport Transport, PeerCredentials? Server, CancellationToken Lost);

/// <summary>How a client reaches an MCP server on a Unix socket.</summary>
public sealed record McpClientSettings
{
    /// <summary>The server's socket file; with <see cref="Open"/> only a name for messages.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Makes the connection some other way than by connecting to <see cref="Path"/>: to a child process, or over HTTP. Called for each new
    /// connection; null for the socket file.
    /// </summary>
    /// <remarks>May throw <see cref="McpUnreachableException"/>.</remarks>
    public Func<CancellationToken, Task<McpConnection>>? Open { get; init; }

    /// <summary>How the client introduces itself.</summary>
    public required Implementation Client { get; init; }

    public McpTransportLimits Limits { get; init; } = new();

    /// <summary>Tells why the process that serves is not to be talked to, or null. In a shared folder such as /tmp anybody may have put his socket first.</summary>
    public Func<PeerCredentials?, string?> RefuseServer { get; init; } = PeerCredentials.RefuseOtherUsers;

    /// <summary>Time for connecting and agreeing on a protocol revision.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First pause of <see cref="McpLink"/> after a failure; doubles with each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause of <see cref="McpLink"/> between attempts.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A connection that lasted at least this long counts as good: the next pause is the first one again.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(5);
}
