using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using Platform.Mcp;

namespace Platform.Http;

/// <summary>The sessions of an endpoint: at most so many, each forgotten when it has been idle for long. Nothing runs while nobody comes.</summary>
internal sealed class McpHttpSessions(
    McpHttpSettings settings, McpServerOptions options, McpSessions open, ILoggerFactory loggerFactory, IServiceProvider services, TimeProvider time) : IAsyncDisposable
{
    private const int IdBytes = 24;

    private readonly ConcurrentDictionary<string, McpHttpSession> _sessions = new(StringComparer.Ordinal);
    private volatile bool _closed;

    internal int Count => _sessions.Count;

    internal McpHttpSession? Find(string id) => _sessions.TryGetValue(id, out var session) && !IsExpired(session) ? session : null;

    /// <summary>Begins a session; null when there is no room for it.</summary>
    internal async Task<McpHttpSession?> BeginAsync()
    {
        if (_closed || !await MakeRoomAsync()) return null;
        var id = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(IdBytes));
        var session = new McpHttpSession(id, options, settings, loggerFactory, services, server => open.Add(id, server));
        session.Enter();
        session.Leave(time.GetTimestamp());
        _sessions[id] = session;
        if (_closed) await EndAsync(id);
        return session;
    }

    /// <summary>Ends a session; false when there is none.</summary>
    internal async Task<bool> EndAsync(string id)
    {
        if (!_sessions.TryRemove(id, out var session)) return false;
        open.Remove(id);
        await session.DisposeAsync();
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        await Task.WhenAll(_sessions.Keys.Select(EndAsync));
    }

    private bool IsExpired(McpHttpSession session) => session.IsIdle && time.GetElapsedTime(session.LastUsed) > settings.IdleTimeout;

    private async Task<bool> MakeRoomAsync()
    {
        foreach (var expired in _sessions.Values.Where(IsExpired)) await EndAsync(expired.Id);
        if (_sessions.Count < settings.MaxSessions) return true;
        var idle = _sessions.Values.Where(session => session.IsIdle && time.GetElapsedTime(session.LastUsed) >= settings.MinIdleBeforeEviction).MinBy(session => session.LastUsed);
        return idle is not null && await EndAsync(idle.Id);
    }
}
