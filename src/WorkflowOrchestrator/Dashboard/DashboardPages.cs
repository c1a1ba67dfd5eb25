using Microsoft.AspNetCore.Components;
using Workflow.Changes;
using Workflow.Dashboard.Access;
using Workflow.Dashboard.Pages;
using Workflow.Dashboard.Reading;
using Workflow.Documents;
using Workflow.Hosting;
using Workflow.Mcp;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Dashboard;

/// <summary>The pages of the dashboard: which address shows what.</summary>
internal sealed class DashboardPages(PageRenderer renderer, WorkReader work, ImprovementReader improvements, HealthReporter health, DashboardAccess access, EventLog events, TimeProvider time)
{
    private const string Html = "text/html; charset=utf-8";

    public static void Map(WebApplication app)
    {
        app.MapGet("/", (DashboardPages pages, HttpContext http, int? page) => pages.Work(http, Number(page)));
        app.MapGet("/changes/{change}", (DashboardPages pages, HttpContext http, string change) => pages.Change(http, change));
        app.MapGet("/questions", (DashboardPages pages, HttpContext http, string? status, string? cursor) => pages.Questions(http, status, cursor));
        app.MapGet("/questions/{id}", (DashboardPages pages, HttpContext http, string id) => pages.Question(http, id));
        app.MapGet("/updates", (DashboardPages pages, HttpContext http, string? state, string? before) => pages.Updates(http, state, before));
        app.MapGet("/updates/{id}", (DashboardPages pages, HttpContext http, string id) => pages.Update(http, id));
        app.MapGet("/improvements", (DashboardPages pages, HttpContext http, int? page) => pages.Improvements(http, Number(page)));
        app.MapGet("/activity", (DashboardPages pages, HttpContext http, long? before, string? change) => pages.Activity(http, before, change));
        app.MapGet("/health", (DashboardPages pages, HttpContext http) => pages.ShowAsync(http, "Health", "/health", HealthPage.Of));
        app.MapFallback((DashboardPages pages, HttpContext http) => pages.Missing(http, "There is no such page."));
    }

    /// <summary>Sends a page.</summary>
    /// <param name="http">The request.</param>
    /// <param name="title">Name of the page.</param>
    /// <param name="section">Address of its entry in the navigation.</param>
    /// <param name="body">Its content.</param>
    /// <param name="status">HTTP status.</param>
    public async Task<IResult> ShowAsync(HttpContext http, string title, string section, Func<PageContext, RenderFragment> body, int status = StatusCodes.Status200OK)
    {
        var last = events.LastId(); // before the rest is read: what comes in between is shown again, not missed
        var (questions, updates) = work.Waiting();
        var request = http.Request;
        var path = HttpMethods.IsGet(request.Method) ? request.Path.ToUriComponent() + Without(request.Query, "notice") : "/";
        var page = new PageContext(title, path, section, SessionOf(request), health.Current(), questions, updates, last, request.Query["notice"], time.GetUtcNow());
        http.Response.Headers.CacheControl = "no-store";
        return Results.Content(await renderer.RenderAsync(Layout.Of(page, body(page))), Html, statusCode: status);
    }

    public Task<IResult> Missing(HttpContext http, string message) =>
        ShowAsync(http, "Not found", "", _ => MessagePage.Problem("Not found", message, "/"), StatusCodes.Status404NotFound);

    /// <summary>The session of the browser that sent a request; null when it has none.</summary>
    public DashboardSession? SessionOf(HttpRequest request) => access.Read(request.Cookies[PageSecurity.CookieName(request)]);

    private Task<IResult> Work(HttpContext http, int number)
    {
        var shown = work.Overview(number);
        return ShowAsync(http, "Work", "/", page => WorkPage.Of(shown, page, number));
    }

    private Task<IResult> Change(HttpContext http, string change) =>
        ChangeId.TryParse(change, out var id) && work.Change(id) is { } view
            ? ShowAsync(http, id.Value, "/", page => ChangePage.Of(view, page))
            : Missing(http, "There is no such change.");

    private Task<IResult> Questions(HttpContext http, string? status, string? cursor)
    {
        if (string.IsNullOrEmpty(status))
        {
            var inbox = work.Inbox();
            return ShowAsync(http, "Questions", "/questions", page => ListPages.Questions(inbox, "/questions", null, page));
        }

        IReadOnlyList<QuestionStatus> statuses = status switch
        {
            "pending" => [QuestionStatus.Open, QuestionStatus.Routing],
            "answered" => [QuestionStatus.Answered],
            _ => [],
        };
        var (items, next) = work.Questions(statuses, QuestionId.TryParse(cursor, out _) ? cursor : null);
        var current = $"/questions?status={(statuses.Count == 0 ? "all" : status)}";
        return ShowAsync(http, "Questions", "/questions", page => ListPages.Questions(items, current, next, page));
    }

    private Task<IResult> Question(HttpContext http, string id) =>
        work.Question(id) is { } question
            ? ShowAsync(http, "Question", "/questions", page => ListPages.Question(question, page))
            : Missing(http, "There is no such question.");

    private Task<IResult> Updates(HttpContext http, string? state, string? before)
    {
        var wanted = Enum.GetValues<UpdateState>().Where(one => ToolResults.NameOf(one) == state).Select(one => (UpdateState?)one).FirstOrDefault();
        var (items, next) = work.Updates(wanted, UpdateId.TryParse(before, out var cursor) ? cursor : null);
        var current = wanted is null ? "/updates" : $"/updates?state={state}";
        return ShowAsync(http, "Updates", "/updates", page => ListPages.Updates(items, current, next, page));
    }

    private Task<IResult> Update(HttpContext http, string id) =>
        UpdateId.TryParse(id, out var known) && work.Update(known) is { } update
            ? ShowAsync(http, "Update", "/updates", page => ListPages.Update(update, page))
            : Missing(http, "There is no such update.");

    private Task<IResult> Improvements(HttpContext http, int number)
    {
        var (items, all) = improvements.Page(number);
        return ShowAsync(http, "Improvements", "/improvements", page => ImprovementsPage.Of(items, all, number, improvements.Tunables(), page));
    }

    private Task<IResult> Activity(HttpContext http, long? before, string? change)
    {
        var known = ChangeId.TryParse(change, out var id) ? id.Value : null;
        var shown = work.Events(before, known);
        return ShowAsync(http, "Activity", "/activity", page => ListPages.Activity(shown, known, page));
    }

    private static int Number(int? page) => Math.Clamp(page ?? 1, 1, 100_000);

    private static string Without(IQueryCollection query, string name) =>
        QueryString.Create(query.Where(pair => pair.Key != name).SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value)))).ToUriComponent();
}
