using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Http;
using Testing;
using Workflow.Questions;

namespace Workflow.Tests.Mcp;

/// <summary>MCP over HTTP under requests that are too large, of another kind, or too many: refused with the status that says so, and the next one is served.</summary>
public sealed class HttpBoundsTests
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""";
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    [Fact]
    public async Task Post_BodyOverTheLimit_Is413()
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });
        using var request = CallerTests.Post(server.Endpoint, Ping.Replace("{}", $$"""{"x":"{{new string('x', 5 * 1024 * 1024)}}"}""", StringComparison.Ordinal));
        request.Headers.ExpectContinue = true; // or the connection breaks in the middle of the body, and the client may not read what is wrong
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("at most 4194304 bytes", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AssertServedAsync(http, server.Endpoint);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Post_OtherContentType_Is415(string? type)
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = new HttpClient();
        using var request = CallerTests.Post(server.Endpoint, "");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Ping));
        request.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("must be application/json", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AssertServedAsync(http, server.Endpoint);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":")]
    public async Task Post_NoMessage_Is400(string body)
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = new HttpClient();
        using var response = await http.SendAsync(CallerTests.Post(server.Endpoint, body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("not one JSON-RPC message", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MoreAtATimeThanAllowed_Is503UntilOneIsAnswered()
    {
        await using var server = await DaemonServer.StartAsync(http: new McpHttpSettings { MaxRequestsInFlight = 1 });
        using var http = new HttpClient();
        var asked = await server.Room.Desk.AskQuestionAsync(new NewQuestion("Which?", "test"));
        var arguments = new JsonObject { ["question_id"] = asked.Id.Value, ["wait_seconds"] = 50 }.ToJsonString();
        using var waiting = Sessionless(server.Endpoint, "tools/call", Ping.Replace("tools/list", "tools/call", StringComparison.Ordinal).Replace("\"params\":{", $"\"params\":{{\"name\":\"get_answer\",\"arguments\":{arguments},", StringComparison.Ordinal));
        waiting.Headers.Add("Mcp-Name", "get_answer");
        var answering = http.SendAsync(waiting);
        await Eventually.HoldsAsync("the call waits", () => server.Room.Waiters.Awaited(1).Count > 0);

        using var refused = await http.SendAsync(Sessionless(server.Endpoint, "tools/list", Ping));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        await server.Room.Desk.SubmitAnswerAsync(asked.Id, new NewAnswer("This one.", Answer.Human, RouteNames.Human, 1, []));
        using var answered = await answering;
        Assert.Contains("This one.", await answered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AssertServedAsync(http, server.Endpoint);
    }

    [Fact]
    public async Task Initialize_MoreSessionsThanAllowed_Is503UntilOneIsEnded()
    {
        await using var server = await DaemonServer.StartAsync(http: new McpHttpSettings { MaxSessions = 1 });
        using var http = new HttpClient();
        using var first = await http.SendAsync(CallerTests.Post(server.Endpoint, Initialize));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var second = await http.SendAsync(CallerTests.Post(server.Endpoint, Initialize));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Contains("1 sessions are open", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var end = new HttpRequestMessage(HttpMethod.Delete, server.Endpoint);
        end.Headers.Add("Mcp-Session-Id", first.Headers.GetValues("Mcp-Session-Id").Single());
        using var ended = await http.SendAsync(end);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        using var third = await http.SendAsync(CallerTests.Post(server.Endpoint, Initialize));
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    private static HttpRequestMessage Sessionless(Uri endpoint, string method, string body)
    {
        var request = CallerTests.Post(endpoint, body);
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", method);
        return request;
    }

    private static async Task AssertServedAsync(HttpClient http, Uri endpoint)
    {
        using var response = await http.SendAsync(Sessionless(endpoint, "tools/list", Ping));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("ask_question", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
