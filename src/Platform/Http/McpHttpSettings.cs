namespace Platform.Http;

/// <summary>Bounds of an MCP endpoint over HTTP.</summary>
public sealed record McpHttpSettings
{
    /// <summary>Largest request body in bytes.</summary>
    public long MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Sessions at the same time. When they are all taken, the one that has been idle longest makes room; when none is idle, the client is told to come back.</summary>
    public int MaxSessions { get; init; } = 256;

    /// <summary>A session that has been idle for so long is forgotten; its client gets 404 and begins a new one, as the protocol asks.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(2);

    /// <summary>A session must have been idle at least so long to make room for another.</summary>
    public TimeSpan MinIdleBeforeEviction { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests that may run at the same time, over all sessions; further ones are answered with 503.</summary>
    public int MaxRequestsInFlight { get; init; } = 1024;

    /// <summary>Messages of the server that are kept for a session while its client has no stream open for them; the oldest go first.</summary>
    public int MaxQueuedMessages { get; init; } = 256;
}
