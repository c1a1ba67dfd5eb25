using ModelContextProtocol;
using Workflow.Dashboard.Access;
using Workflow.Dashboard.Pages;
using Workflow.Hosting;
using Workflow.Mcp;
using Workflow.Questions;

namespace Workflow.Dashboard.Forms;

/// <summary>What can be decided on the pages. The tools of operators do it, so a decision here is the same as on the command line.</summary>
internal static class DashboardForms
{
    public static void Map(WebApplication app)
    {
        MapQuestions(app);
        MapUpdates(app);
        FormCall.Map(app, "/changes/{change}/process", async (form, at) =>
        {
            await form.Get<WorkflowTools>().ProcessAsync(Value(at, "change"), again: true, CancellationToken.None);
            return "processed";
        });
        FormCall.Map(app, "/changes/{change}/findings/{id}/dismiss", async (form, at) =>
        {
            await form.Get<FindingTools>().DismissAsync(Value(at, "change"), Value(at, "id"), reopen: false, CancellationToken.None);
            return "finding_dismissed";
        });
        FormCall.Map(app, "/changes/{change}/findings/{id}/reopen", async (form, at) =>
        {
            await form.Get<FindingTools>().DismissAsync(Value(at, "change"), Value(at, "id"), reopen: true, CancellationToken.None);
            return "finding_reopened";
        });
        FormCall.Map(app, "/improvements/{id}/approve", async (form, at) =>
        {
            await form.Get<ImprovementTools>().ApproveAsync(Value(at, "id"));
            return "improvement_approved";
        });
        FormCall.Map(app, "/improvements/{id}/revert", async (form, at) =>
        {
            await form.Get<ImprovementTools>().RevertAsync(Value(at, "id"));
            return "improvement_reverted";
        });
        MapSession(app);
    }

    private static void MapQuestions(WebApplication app)
    {
        FormCall.Map(app, "/questions/{id}/answer", async (form, at) =>
        {
            var view = form.Get<IQuestions>().Find(form.Get<IQuestions>().ResolveId(Value(at, "id")))!;
            var answer = int.TryParse(form.Text("option"), out var option) && option >= 1 && option <= view.Question.Options.Count
                ? view.Question.Options[option - 1]
                : form.Text("answer") ?? throw new McpException("There is no answer in the form. Choose one, or write one.");
            var result = await form.Get<OperatorTools>().SubmitAsync(view.Question.Id.Value, answer, form.Text("replace") == "true");
            return result.Outcome;
        });
        FormCall.Map(app, "/questions/{id}/dismiss", async (form, at) =>
        {
            var questions = form.Get<IQuestions>();
            var reason = form.Text("reason") ?? throw new McpException("Say why it needs no answer.");
            return HumanTools.Result(await questions.DismissAsync(questions.ResolveId(Value(at, "id")), "dashboard", reason, CancellationToken.None)).Outcome;
        });
        FormCall.Map(app, "/questions/{id}/reject", async (form, at) =>
        {
            var questions = form.Get<IQuestions>();
            return HumanTools.Result(await questions.RejectAnswerAsync(questions.ResolveId(Value(at, "id")), CancellationToken.None)).Outcome;
        });
    }

    private static void MapUpdates(WebApplication app)
    {
        FormCall.Map(app, "/updates/{id}/approve", async (form, at) =>
        {
            var path = form.Text("path");
            await form.Get<UpdateTools>().ApproveAsync(Value(at, "id"), path is null ? null : Edited(form, Value(at, "id"), path), path);
            return "approved";
        });
        FormCall.Map(app, "/updates/{id}/reject", async (form, at) =>
        {
            await form.Get<UpdateTools>().RejectAsync(Value(at, "id"), form.Text("reason"));
            return "update_rejected";
        });
        FormCall.Map(app, "/updates/{id}/undo", async (form, at) =>
        {
            await form.Get<UpdateTools>().UndoAsync(Value(at, "id"));
            return "undone";
        });
    }

    // A browser sends every line end as CR LF; the document's own are kept.
    private static string Edited(FormCall form, string id, string path)
    {
        var text = form.Fields["text"].ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
        var planned = form.Get<UpdateTools>().Get(id, texts: true).Texts.FirstOrDefault(one => one.Path == path)?.After;
        return planned?.Contains("\r\n", StringComparison.Ordinal) == true ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
    }

    private static void MapSession(WebApplication app)
    {
        app.MapGet("/login", (HttpContext http, DashboardPages pages, DashboardAccess access, string? ticket) =>
            ticket is null ? SignInAsync(http, pages, null)
            : access.Redeem(ticket) ? SignedInAsync(http, access)
            : SignInAsync(http, pages, "This address was used already, or is too old. Run 'wo dashboard' again."));
        app.MapPost("/login", async (HttpContext http, DashboardPages pages, DashboardAccess access) =>
        {
            if (PageSecurity.Refusal(http.Request) is { } refusal)
                return await SignInAsync(http, pages, refusal);
            return await FormCall.ReadAsync(http) is { } fields && access.IsToken(fields["token"]) ? await SignedInAsync(http, access) : await SignInAsync(http, pages, "This is not the token of this daemon.");
        });
        FormCall.Map(app, "/logout", (form, _) =>
        {
            var http = form.Get<IHttpContextAccessor>().HttpContext!;
            http.Response.Cookies.Delete(PageSecurity.CookieName(http.Request));
            return Task.FromResult("signed_out");
        });
    }

    private static Task<IResult> SignInAsync(HttpContext http, DashboardPages pages, string? problem) => pages.ShowAsync(
        http, "Sign in", "", _ => MessagePage.SignIn(problem, http.RequestServices.GetRequiredService<OperatorToken>().Path), problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);

    // Not a redirect: a browser that came from a page of elsewhere would not send a strict cookie along with it. A page of ours leads on.
    private static Task<IResult> SignedInAsync(HttpContext http, DashboardAccess access)
    {
        http.Response.Cookies.Append(PageSecurity.CookieName(http.Request), access.NewCookie(), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            MaxAge = DashboardAccess.SessionLifetime,
            IsEssential = true,
        });
        http.Response.Headers.CacheControl = "no-store";
        return Task.FromResult(Results.Content(
            $"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><link rel=\"icon\" href=\"{WebFiles.Address("icon.svg")}\"><meta http-equiv=\"refresh\" content=\"0; url=/\"><title>Signed in</title></head><body><p>Signed in. <a href=\"/\">Go on</a></p></body></html>",
            "text/html; charset=utf-8"));
    }

    private static string Value(RouteValueDictionary values, string name) => (string)values[name]!;
}
