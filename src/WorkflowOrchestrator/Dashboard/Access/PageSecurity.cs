using Microsoft.Net.Http.Headers;

namespace Workflow.Dashboard.Access;

/// <summary>What keeps other pages, and texts that others wrote, from doing anything here.</summary>
internal static class PageSecurity
{
    // No inline script or style, nothing from elsewhere, no frame around us. 'same-origin' as referrer, and not 'no-referrer': with that the browser
    // would send "Origin: null" with our own forms.
    private static readonly (string Name, string Value)[] s_headers =
    [
        (HeaderNames.ContentSecurityPolicy, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
        (HeaderNames.XContentTypeOptions, "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), usb=()"),
    ];

    /// <summary>Puts the headers on every answer of this process.</summary>
    public static void UsePageSecurity(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        foreach (var (name, value) in s_headers)
            context.Response.Headers[name] = value;
        return next(context);
    });

    /// <summary>Why a form is refused; null when it came from a page of ours. A browser always says where a form comes from.</summary>
    /// <param name="request">The request.</param>
    public static string? Refusal(HttpRequest request)
    {
        var own = $"{request.Scheme}://{request.Host.Value}";
        if (request.Headers.Origin is not [var origin] || !string.Equals(origin, own, StringComparison.OrdinalIgnoreCase))
            return $"This form did not come from a page of {own}.";
        return request.Headers["Sec-Fetch-Site"] is [var site] && site != "same-origin" ? "This form came from another site." : null;
    }

    /// <summary>The session's cookie. Cookies know no ports: the name keeps the daemons of two repositories apart.</summary>
    public static string CookieName(HttpRequest request) => $"wo-session-{request.Host.Port ?? 80}";
}
