using System.Collections.Concurrent;
using ModelContextProtocol.Server;

namespace Platform.Mcp;

/// <summary>The MCP sessions that are open now, over whatever transport. Sessionless HTTP requests are not among them.</summary>
public sealed class McpSessions
{
    private readonly ConcurrentDictionary<string, McpServer> _open = new(StringComparer.Ordinal);

    /// <summary>Told the id of a session that has ended; what is kept by session goes then.</summary>
    internal Action<string>? Ended { get; set; }

    public McpServer? Find(string session) => _open.GetValueOrDefault(session);

    internal void Add(string session, McpServer server) => _open[session] = server;

    internal void Remove(string session)
    {
        if (_open.TryRemove(session, out _)) Ended?.Invoke(session);
    }
}
