using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol;
using Workflow.Dashboard.Access;
using Workflow.Dashboard.Pages;

namespace Workflow.Dashboard.Forms;

/// <summary>A form that a person sent from one of our pages, in a session.</summary>
/// <param name="Services">Services of the request.</param>
/// <param name="Fields">What was filled in.</param>
internal sealed record FormCall(IServiceProvider Services, IFormCollection Fields)
{
    // As much as the largest text that may be approved needs, as forms encode it.
    private const long MaxBodyBytes = 1024 * 1024;

    private const int MaxFields = 32;

    /// <summary>A field; null when it is missing or empty.</summary>
    public string? Text(string name) => Fields[name] is [{ } text] && !string.IsNullOrWhiteSpace(text) ? text : null;

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Maps a form. It is taken only from a page of ours, in a session, with that session's proof; then the browser is led back to where it was.</summary>
    /// <param name="app">The server.</param>
    /// <param name="pattern">Its address.</param>
    /// <param name="decide">Does it, and returns the word of the notice. Throws <see cref="McpException"/> with the reason when it cannot be done.</param>
    public static void Map(WebApplication app, string pattern, Func<FormCall, RouteValueDictionary, Task<string>> decide) => app.MapPost(pattern, async (HttpContext http, DashboardPages pages) =>
    {
        if (PageSecurity.Refusal(http.Request) is { } refusal)
            return await ProblemAsync(http, pages, StatusCodes.Status403Forbidden, refusal, "/");
        if (await ReadAsync(http) is not { } fields)
            return await ProblemAsync(http, pages, StatusCodes.Status400BadRequest, "This is no form, or it is too long.", "/");
        if (pages.SessionOf(http.Request) is not { } session)
            return await ProblemAsync(http, pages, StatusCodes.Status401Unauthorized, "This browser is not signed in, or no longer: run 'wo dashboard' in a terminal. Nothing was done.", "/login");
        var back = Back(fields["return"]);
        if (!DashboardAccess.IsFormOf(session, fields["form"]))
            return await ProblemAsync(http, pages, StatusCodes.Status403Forbidden, "This form is from another session. Load the page again. Nothing was done.", back);
        try
        {
            var notice = await decide(new FormCall(http.RequestServices, fields), http.Request.RouteValues);
            return Results.LocalRedirect($"{back}{(back.Contains('?') ? '&' : '?')}notice={notice}");
        }
        catch (McpException error)
        {
            return await ProblemAsync(http, pages, StatusCodes.Status409Conflict, error.Message, back);
        }
    });

    /// <summary>Reads a form; null when there is none, or when it is larger than any of ours.</summary>
    public static async Task<IFormCollection?> ReadAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBodyBytes;
        if (!http.Request.HasFormContentType)
            return null;
        try
        {
            return await http.Request.ReadFormAsync(new FormOptions { ValueCountLimit = MaxFields, ValueLengthLimit = (int)MaxBodyBytes }, http.RequestAborted);
        }
        catch (Exception error) when (error is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static Task<IResult> ProblemAsync(HttpContext http, DashboardPages pages, int status, string message, string back) =>
        pages.ShowAsync(http, "Not done", "", _ => MessagePage.Problem("Not done", message, back), status);

    // Only to an address of our own: a path, never another host ("//", "/\").
    private static string Back(string? path) => path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) ? path : "/";
}
