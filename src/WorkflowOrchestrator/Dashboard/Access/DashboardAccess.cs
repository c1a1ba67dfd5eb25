using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Workflow.Hosting;

namespace Workflow.Dashboard.Access;

/// <summary>A browser that may decide.</summary>
/// <param name="FormToken">Stands in every form of this session: only pages of ours can know it.</param>
internal sealed record DashboardSession(string FormToken);

/// <summary>
/// Who may decide in the browser. A ticket, made over the socket or by the token, opens a session once; a session is a signed cookie, so that it outlives a restart
/// and ends for all browsers when the token is replaced. The token itself never stands in an address or a cookie.
/// </summary>
internal sealed class DashboardAccess(OperatorToken token, TimeProvider time)
{
    /// <summary>How long a ticket waits for its browser.</summary>
    public static readonly TimeSpan TicketLifetime = TimeSpan.FromMinutes(2);

    /// <summary>How long a browser stays signed in.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(30);

    // Nobody opens more at once; a bound against a program that asks for tickets in a loop.
    private const int MaxTickets = 100;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _tickets = new(StringComparer.Ordinal);

    /// <summary>Makes a ticket.</summary>
    public string NewTicket()
    {
        var now = time.GetUtcNow();
        foreach (var (old, expires) in _tickets.OrderBy(pair => pair.Value).ToList())
        {
            if (expires <= now || _tickets.Count >= MaxTickets)
                _tickets.TryRemove(old, out _);
        }

        var ticket = Random();
        _tickets[ticket] = now + TicketLifetime;
        return ticket;
    }

    /// <summary>Takes a ticket; true once, and in time.</summary>
    public bool Redeem(string? ticket) => ticket is not null && _tickets.TryRemove(ticket, out var expires) && expires > time.GetUtcNow();

    /// <summary>Whether this is the operator's token.</summary>
    public bool IsToken(string? given) => given is not null && token.Matches(given.Trim());

    /// <summary>The value of a new session's cookie.</summary>
    public string NewCookie()
    {
        var (nonce, expires) = (Random(), (time.GetUtcNow() + SessionLifetime).ToUnixTimeSeconds());
        return string.Create(CultureInfo.InvariantCulture, $"{expires}.{nonce}.{Seal("session", nonce, expires)}");
    }

    /// <summary>The session of a cookie; null when it is none, was not made here, or is over.</summary>
    public DashboardSession? Read(string? cookie)
    {
        if (cookie?.Split('.') is not [var end, var nonce, var seal]
            || !long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            || expires <= time.GetUtcNow().ToUnixTimeSeconds()
            || !IsSame(seal, Seal("session", nonce, expires)))
            return null;
        return new DashboardSession(Seal("form", nonce, expires));
    }

    /// <summary>Whether a form came from a page of this session. Takes the same time however much of it is right.</summary>
    public static bool IsFormOf(DashboardSession session, string? formToken) => formToken is not null && IsSame(formToken, session.FormToken);

    private string Seal(string purpose, string nonce, long expires) => token.Sign(string.Create(CultureInfo.InvariantCulture, $"dashboard {purpose} {nonce} {expires}"));

    private static bool IsSame(string given, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(right));

    private static string Random() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
}
