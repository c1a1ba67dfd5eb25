using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Workflow.Commands;
using Workflow.Questions;
using Workflow.Storage;
using Workflow.Tests.Mcp;

namespace Workflow.Tests.Dashboard;

/// <summary>Questions over plain HTTP, as the dashboard and scripts use them.</summary>
public sealed class QuestionApiTests
{
    private static readonly NewQuestion s_question = new("Which limit applies to uploads?", "someone") { Options = ["10 MB", "20 MB"] };

    [Fact]
    public async Task Get_WithoutToken_ShowsQuestionsAndTheInbox()
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = Client(server, token: null);
        var asked = await AskAsync(server);
        var item = Assert.Single((await GetAsync(http, "/api/questions?status=awaiting_human")).Items("questions"));
        Assert.Equal((asked.Id.Value, "awaiting_human"), (item.Text("question_id"), item.Text("status")));
        Assert.Empty((await GetAsync(http, "/api/questions?status=answered")).Items("questions"));
        Assert.Equal(s_question.Text, (await GetAsync(http, $"/api/questions/{asked.Id.Value[^6..]}")).Text("question"));
        Assert.Single((await GetAsync(http, "/api/questions/inbox")).Items("now"));
    }

    [Fact]
    public async Task Post_Answer_ByTextOrOptionNumber_IsTaken()
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = Client(server, server.Token);
        var asked = await AskAsync(server);
        var (status, body) = await PostAsync(http, $"/api/questions/{asked.Id}/answer", """{"option":2}""");
        Assert.Equal((HttpStatusCode.OK, "accepted", "20 MB"), (status, body.Text("outcome"), body.Text("answer")));
        Assert.Equal("rejected", (await PostAsync(http, $"/api/questions/{asked.Id}/reject", "{}")).Body.Text("outcome"));
        Assert.Equal("accepted", (await PostAsync(http, $"/api/questions/{asked.Id}/answer", """{"answer":"30 MB","replace":true}""")).Body.Text("outcome"));
        Assert.Equal("30 MB", server.Room.View(asked.Id).Answer?.Text);
        var other = await AskAsync(server, "Which limit applies to downloads?");
        Assert.Equal("withdrawn", (await PostAsync(http, $"/api/questions/{other.Id}/dismiss", """{"reason":"none"}""")).Body.Text("status"));
    }

    [Theory]
    [InlineData(null, null, "127.0.0.1", HttpStatusCode.Unauthorized)]
    [InlineData("wrong", null, "127.0.0.1", HttpStatusCode.Unauthorized)]
    [InlineData("right", "http://evil.example", "127.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("right", null, "evil.example", HttpStatusCode.Forbidden)]
    [InlineData("right", "http://localhost:8732", "localhost", HttpStatusCode.OK)]
    public async Task Post_Answer_NeedsTheTokenAndALocalPage(string? token, string? origin, string host, HttpStatusCode expected)
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = Client(server, token == "right" ? server.Token : token);
        http.DefaultRequestHeaders.Host = host;
        if (origin is not null)
            http.DefaultRequestHeaders.Add("Origin", origin);
        var asked = await AskAsync(server);
        using var content = new StringContent("""{"answer":"10 MB"}""", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri($"/api/questions/{asked.Id}/answer", UriKind.Relative), content);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK, server.Room.View(asked.Id).Answer is not null);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, "not JSON")]
    [InlineData("[1]", HttpStatusCode.BadRequest, "JSON object")]
    [InlineData("{}", HttpStatusCode.BadRequest, "Give the answer")]
    [InlineData("""{"answer":7}""", HttpStatusCode.BadRequest, "Give the answer")]
    [InlineData("""{"answer":" "}""", HttpStatusCode.BadRequest, "must not be empty")]
    [InlineData("""{"option":3}""", HttpStatusCode.BadRequest, "from 1 to 2")]
    [InlineData("""{"answer":"a\u0000b"}""", HttpStatusCode.BadRequest, "NUL")]
    public async Task Post_BadBody_IsSaidInWords(string body, HttpStatusCode expected, string message)
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = Client(server, server.Token);
        var asked = await AskAsync(server);
        var (status, error) = await PostAsync(http, $"/api/questions/{asked.Id}/answer", body);
        Assert.Equal(expected, status);
        Assert.Contains(message, error.Text("error"));
        Assert.Null(server.Room.View(asked.Id).Answer);
    }

    [Fact]
    public async Task Post_TooLargeOtherTypeOrUnknownQuestion_IsRefused()
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = Client(server, server.Token);
        var asked = await AskAsync(server);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(http, $"/api/questions/{asked.Id}/answer", $$"""{"answer":"{{new string('x', 1024 * 1024)}}"}""")).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync(http, $"/api/questions/{asked.Id}/answer", "answer=1", "application/x-www-form-urlencoded")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(http, "/api/questions/none/answer", """{"answer":"x"}""")).Status);
        using var missing = await http.GetAsync(new Uri("/api/questions/q-0000000000-00000000", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private static HttpClient Client(DaemonServer server, string? token)
    {
        var http = new HttpClient { BaseAddress = new Uri(server.Endpoint, "/") };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static async Task<Question> AskAsync(DaemonServer server, string? text = null)
    {
        var asked = await server.Room.Desk.AskQuestionAsync(s_question with { Text = text ?? s_question.Text });
        await server.Room.UntilAsync(EventTypes.QuestionAwaitingHuman, asked.Id);
        return asked;
    }

    private static async Task<JsonElement> GetAsync(HttpClient http, string path) => JsonElement.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)));

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(HttpClient http, string path, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }
}
