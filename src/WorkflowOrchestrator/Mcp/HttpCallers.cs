using Microsoft.Net.Http.Headers;
using Workflow.Hosting;

namespace Workflow.Mcp;

/// <summary>Makes an operator of an HTTP caller who has the token, and an agent of one who sends none. A wrong token is refused: its sender believes to be more than it is.</summary>
internal static class HttpCallers
{
    private const string Scheme = "Bearer ";

    public static void UseCallers(this IApplicationBuilder app, OperatorToken token) => app.Use((context, next) =>
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0 || (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && token.Matches(header[Scheme.Length..].Trim())))
        {
            context.User = Callers.OverHttp(header.Length > 0);
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer error=\"invalid_token\"";
        return context.Response.WriteAsync($"This is not the token of this daemon: it stands in {token.Path}. Send it as 'Authorization: Bearer TOKEN', or send no such header and use the three question tools.\n", context.RequestAborted);
    });
}
