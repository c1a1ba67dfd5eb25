using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Platform.Http;

/// <summary>
/// Refuses requests that a web page from elsewhere may have caused: a page can make its own name resolve to this machine (DNS rebinding), and its
/// requests then carry that name as Host, or the page's address as Origin.
/// </summary>
public static class LoopbackGuard
{
    /// <summary>Put it before everything that answers.</summary>
    public static void UseLoopbackOnly(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var refusal = Refusal(context.Request.Host.Host, context.Request.Headers.Origin);
        if (refusal is null) return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync(refusal + "\n", context.RequestAborted);
    });

    /// <summary>Why a request is refused; null when it may pass.</summary>
    /// <param name="host">Name in the Host header, without port.</param>
    /// <param name="origins">The Origin headers; a program that is no browser sends none.</param>
    public static string? Refusal(string host, IReadOnlyList<string?> origins)
    {
        if (!IsLoopback(host)) return "This endpoint answers only under the names localhost, 127.0.0.1 and [::1].";
        return origins.All(origin => Uri.TryCreate(origin, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && IsLoopback(address.Host))
            ? null
            : "This endpoint takes no requests from web pages of other machines.";
    }

    private static bool IsLoopback(string name) => name.ToLowerInvariant() is "127.0.0.1" or "localhost" or "[::1]" or "::1";
}
