using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Tests.Dashboard;

/// <summary>The pages and forms over real HTTP.</summary>
public sealed partial class DashboardPageTests
{
    private const string Attack = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>\" onfocus=\"alert(1)' &amp;";

    private static readonly string[] s_pages = ["/", "/questions", "/questions?status=all", "/questions?status=answered", "/updates", "/updates?state=held", "/improvements", "/activity", "/health", "/login"];

    [Fact]
    public async Task Get_AnyPage_IsGuardedAgainstForeignContent()
    {
        await using var server = await DashboardServer.StartAsync();
        using var http = server.Browser(isSignedIn: true);
        foreach (var page in s_pages)
        {
            using var response = await http.GetAsync(new Uri(page, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            var html = await response.Content.ReadAsStringAsync();
            Assert.DoesNotContain("style=", html);
            Assert.DoesNotContain("://", Links().Replace(html, match => match.Groups[1].Value is ['/', not '/', ..] or "/" or ['#', ..] ? "" : match.Value)[..html.IndexOf("<main", StringComparison.Ordinal)]);
        }

        using var missing = await http.GetAsync(new Uri("/nothing/here", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Get_TextsThatOthersWrote_AreShownAndNeverMeanAnything()
    {
        var change = ChangeId.Parse("add-\"onload=alert(1) <b>&amp;");
        await using var server = await DashboardServer.StartAsync();
        var question = await server.Get<IQuestions>().AskQuestionAsync(new NewQuestion(Attack, Attack) { Context = Attack, ChangeId = change, Options = [Attack, "other"], Default = Attack });
        await server.Get<IQuestions>().SubmitAnswerAsync(question.Id, new NewAnswer(Attack, Attack, RouteNames.Agent, 0.4, [new Evidence(Attack, 1, Attack, "hash")]));
        await server.Store.WriteAsync(transaction => transaction.Append(new NewEvent(Attack, change.Value, Data: new { to = Attack })));
        using var http = server.Browser(isSignedIn: true);
        foreach (var page in new[] { "/", "/questions", "/questions?status=all", $"/questions/{question.Id}", "/activity", $"/activity?change={Uri.EscapeDataString(Attack.Replace('/', ' '))}", $"/?notice={Uri.EscapeDataString(Attack)}" })
        {
            var html = await http.GetStringAsync(new Uri(page, UriKind.Relative));
            Assert.DoesNotContain("<script>", html);
            Assert.DoesNotContain("<img", html);
            Assert.DoesNotContain("\" onfocus", html);
            Assert.DoesNotContain("<b>&amp;", html);
        }

        Assert.Contains("&lt;script&gt;alert(1)", await http.GetStringAsync(new Uri($"/questions/{question.Id}", UriKind.Relative)));
    }

    [Fact]
    public async Task Post_Answer_FromItsPage_IsTaken()
    {
        await using var server = await DashboardServer.StartAsync();
        var question = await AskAsync(server);
        using var http = server.Browser(isSignedIn: true);
        using var done = await PostAsync(http, server, $"/questions/{question.Id}/answer", await FormTokenAsync(http), ("option", "2"), ("return", "/questions"));
        Assert.Equal(HttpStatusCode.Found, done.StatusCode);
        Assert.Equal("/questions?notice=accepted", done.Headers.Location?.ToString());
        var answer = server.Get<IQuestions>().Find(question.Id)?.Answer;
        Assert.Equal(("20 MB", Answer.Human), (answer?.Text, answer?.AnsweredBy));
    }

    [Theory]
    [InlineData("no session")]
    [InlineData("other session's form")]
    [InlineData("no form token")]
    [InlineData("no origin")]
    [InlineData("other port")]
    [InlineData("other site")]
    [InlineData("null origin")]
    [InlineData("cross-site fetch")]
    [InlineData("token as bearer")]
    public async Task Post_NotFromAPageOfThisSession_ChangesNothing(string how)
    {
        await using var server = await DashboardServer.StartAsync();
        var question = await AskAsync(server);
        using var http = server.Browser(isSignedIn: how is not ("no session" or "token as bearer"));
        using var other = server.Browser(isSignedIn: true);
        var form = how switch { "no form token" => "", "no session" or "other session's form" or "token as bearer" => await FormTokenAsync(other), _ => await FormTokenAsync(http) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/questions/{question.Id}/answer", UriKind.Relative)) { Content = new FormUrlEncodedContent([KeyValuePair.Create("form", form), KeyValuePair.Create("answer", "evil")]) };
        var origin = how switch { "no origin" => null, "other port" => "http://127.0.0.1:1", "other site" => "https://evil.example", "null origin" => "null", _ => Origin(server) };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        if (how == "cross-site fetch")
            request.Headers.Add("Sec-Fetch-Site", "same-site");
        if (how == "token as bearer")
            request.Headers.Add("Authorization", "Bearer " + (await File.ReadAllTextAsync(server.Get<OperatorToken>().Path)).Trim());
        using var response = await http.SendAsync(request);
        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.Null(server.Get<IQuestions>().Find(question.Id)?.Answer);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("")]
    public async Task Post_ReturnToElsewhere_LeadsToTheFirstPage(string back)
    {
        await using var server = await DashboardServer.StartAsync();
        var question = await AskAsync(server);
        using var http = server.Browser(isSignedIn: true);
        using var done = await PostAsync(http, server, $"/questions/{question.Id}/dismiss", await FormTokenAsync(http), ("reason", "none"), ("return", back));
        Assert.Equal("/?notice=dismissed", done.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Post_WhatCannotBeDone_SaysWhy()
    {
        await using var server = await DashboardServer.StartAsync();
        using var http = server.Browser(isSignedIn: true);
        var id = UpdateId.New(TimeProvider.System);
        using var response = await PostAsync(http, server, $"/updates/{id}/approve", await FormTokenAsync(http));
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains($"There is no update {id}", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Login_Ticket_OpensASessionOnce()
    {
        await using var server = await DashboardServer.StartAsync();
        using var http = server.Browser();
        var login = new Uri($"/login?ticket={server.Get<Workflow.Dashboard.Access.DashboardAccess>().NewTicket()}", UriKind.Relative);
        using var first = await http.GetAsync(login);
        var cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var second = await http.GetAsync(login);
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
        Assert.False(second.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Events_Stream_ShowsWhatComesAndGoesOnWhereItWas()
    {
        await using var server = await DashboardServer.StartAsync();
        using var http = server.Browser();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var stream = await http.GetStreamAsync(new Uri("/api/events?type=test.", UriKind.Relative), limit.Token);
        using var reader = new StreamReader(stream);
        await AppendAsync(server, "test.one");
        var one = await NextAsync(reader, limit.Token);
        Assert.Equal("test.one", one.GetProperty("type").GetString());
        await AppendAsync(server, "test.two");
        Assert.Equal("test.two", (await NextAsync(reader, limit.Token)).GetProperty("type").GetString());

        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/events?type=test.", UriKind.Relative)) { Headers = { { "Last-Event-ID", one.GetProperty("id").GetInt64().ToString() } } };
        using var resumed = await http.SendAsync(again, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var rest = new StreamReader(await resumed.Content.ReadAsStreamAsync(limit.Token));
        Assert.Equal("test.two", (await NextAsync(rest, limit.Token)).GetProperty("type").GetString());
    }

    /// <summary>A store of years: every page stays a page, and comes soon.</summary>
    [Fact]
    public async Task Get_LargeStore_ShowsPages()
    {
        const int changes = 1000, updates = 20_000, events = 100_000;
        await using var server = await DashboardServer.StartAsync(store => store.WriteAsync(transaction =>
        {
            transaction.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @changes) INSERT INTO change(id, revision, present, gone, first_seen, last_seen) SELECT 'change-' || i, 'r' || i, 0, 'Archived', i, i FROM n", new { changes });
            transaction.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @changes) INSERT INTO revision(change_id, hash, origin, stage, detected_at, stage_at) SELECT 'change-' || i, 'r' || i, 'Human', 'Done', i, i FROM n", new { changes });
            transaction.Execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @updates) INSERT INTO update_plan(id, change_id, revision, state, kinds, reason, model, edits, fingerprint, planned_at, state_at, applied_seq) SELECT printf('01M7Y6WMXP%016d', i), 'change-' || (i % 1000 + 1), 'r', 'Applied', 1, 'repair', 'built-in', '[]', i, i, i, i FROM n",
                new { updates });
            transaction.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @events) INSERT INTO event(at, type, change_id, data) SELECT i, 'update.applied', 'change-1', '{}' FROM n", new { events });
        }));
        using var http = server.Browser(isSignedIn: true);
        await http.GetStringAsync(new Uri("/", UriKind.Relative)); // what is compiled at the first use is not measured
        foreach (var page in new[] { "/", "/updates", "/updates?state=held", "/activity", "/activity?before=50000", "/changes/change-1", "/questions?status=all", "/improvements" })
        {
            var started = Stopwatch.GetTimestamp();
            var html = await http.GetStringAsync(new Uri(page, UriKind.Relative));
            Assert.InRange(html.Length, 1000, 400_000);
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(3), $"{page} took {Stopwatch.GetElapsedTime(started)}");
        }

        var first = await http.GetStringAsync(new Uri("/updates", UriKind.Relative));
        var older = OlderLink().Match(first).Groups[1].Value;
        Assert.DoesNotContain(UpdateLink().Match(await http.GetStringAsync(new Uri(WebUtility.HtmlDecode(older), UriKind.Relative))).Value, first);
    }

    private static Task<Question> AskAsync(DashboardServer server) =>
        server.Get<IQuestions>().AskQuestionAsync(new NewQuestion("Which limit applies to uploads?", "someone") { Options = ["10 MB", "20 MB"] });

    private static string Origin(DashboardServer server) => server.Address.GetLeftPart(UriPartial.Authority);

    private static async Task<string> FormTokenAsync(HttpClient http) => FormToken().Match(await http.GetStringAsync(new Uri("/", UriKind.Relative))).Groups[1].Value;

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, DashboardServer server, string path, string form, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("form", form), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]),
            Headers = { { "Origin", Origin(server) } },
        };
        return await http.SendAsync(request);
    }

    private static Task AppendAsync(DashboardServer server, string type) => server.Store.WriteAsync(transaction => transaction.Append(new NewEvent(type)));

    private static async Task<JsonElement> NextAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: {\"id\"", StringComparison.Ordinal))
                return JsonElement.Parse(line["data: ".Length..]);
        }

        throw new EndOfStreamException("The stream has ended.");
    }

    [GeneratedRegex("name=\"form\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("(?:href|src|action)=\"([^\"]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex("href=\"(/updates\\?before=[^\"]+)\"")]
    private static partial Regex OlderLink();

    [GeneratedRegex("/updates/[0-9A-Z]{26}")]
    private static partial Regex UpdateLink();
}
