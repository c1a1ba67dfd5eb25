using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Testing;
using Workflow.Agents;
using Workflow.Hosting;
using Workflow.Mcp;

namespace Workflow.Tests.Mcp;

/// <summary>Who may do what, on the socket and over HTTP.</summary>
public sealed class CallerTests
{
    private static readonly string[] s_agentTools = ["ask_question", "get_answer", "list_questions"];

    [Fact]
    public async Task Socket_ProcessOfTheMcpOrchestrator_SeesTheQuestionToolsAndNoMore()
    {
        await using var server = await DaemonServer.StartAsync(orchestrator: () => Environment.ProcessId);
        await using var agent = await McpWire.ConnectAsync(server.SocketPath);
        await agent.InitializeAsync();
        Assert.Equal(s_agentTools, await ToolsAsync(agent));
        Assert.Equal(["ask_well"], Names((await agent.AskAsync("prompts/list"))["result"]!["prompts"]!));
        var refused = await agent.CallAsync("submit_answer", new JsonObject { ["question_id"] = "x", ["answer"] = "y" });
        Assert.True((bool)refused["isError"]!);
        Assert.Contains("'submit_answer' is for operators", refused["content"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("You can use ask_question, get_answer, list_questions.", refused["content"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        Assert.NotNull((await agent.AskAsync("resources/read", new JsonObject { ["uri"] = "openspec://changes/x/proposal.md" }))["error"]);
        Assert.NotNull((await agent.AskAsync("resources/subscribe", new JsonObject { ["uri"] = "openspec://changes/x/proposal.md" }))["error"]);
        Assert.NotNull((await agent.AskAsync("prompts/get", new JsonObject { ["name"] = "answer_questions" }))["error"]);
        Assert.NotNull((await agent.AskAsync("resources/read", new JsonObject { ["uri"] = "questions://all" }))["result"]);
    }

    [Fact]
    public async Task Socket_OtherProcess_IsOperatorUnlessItAsksForLess()
    {
        await using var server = await DaemonServer.StartAsync(orchestrator: () => 1);
        await using var client = await McpWire.ConnectAsync(server.SocketPath, sessionless: true);
        Assert.Contains("submit_answer", await ToolsAsync(client));
        Assert.Equal(s_agentTools, await ToolsAsync(client, Callers.RoleKey));
        Assert.Contains("submit_answer", await ToolsAsync(client));
    }

    [Fact]
    public void AgentProcesses_ChildrenCount_StrangersAndTheDeadDoNot()
    {
        using var child = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sleep", "60") { UseShellExecute = false })!;
        try
        {
            Assert.True(new AgentProcesses(() => Environment.ProcessId).Include(Environment.ProcessId));
            Assert.Equal(OperatingSystem.IsLinux(), new AgentProcesses(() => Environment.ProcessId).Include(child.Id));
            Assert.False(new AgentProcesses(() => child.Id).Include(Environment.ProcessId));
            Assert.False(new AgentProcesses(() => null).Include(child.Id));
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }

        Assert.False(new AgentProcesses(() => Environment.ProcessId).Include(child.Id));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK, false)]
    [InlineData("right", HttpStatusCode.OK, true)]
    [InlineData("wrong", HttpStatusCode.Unauthorized, false)]
    public async Task Http_Token_DecidesWhatIsListed(string? token, HttpStatusCode status, bool isOperator)
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = new HttpClient();
        using var request = Post(server.Endpoint, """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""");
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", "tools/list");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token == "right" ? server.Token : token);
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(isOperator, body.Contains("submit_answer", StringComparison.Ordinal));
        Assert.Equal(status == HttpStatusCode.OK, body.Contains("ask_question", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("evil.example", null)]
    [InlineData("evil.example:8732", null)]
    [InlineData("localhost", "http://evil.example")]
    [InlineData("127.0.0.1", "null")]
    [InlineData("localhost", "file:///etc/passwd")]
    public async Task Http_ForeignHostOrOrigin_IsRefused(string host, string? origin)
    {
        await using var server = await DaemonServer.StartAsync();
        using var http = new HttpClient();
        using var request = Post(server.Endpoint, """{"jsonrpc":"2.0","id":1,"method":"ping"}""");
        request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public void OperatorToken_StaysTheSame_UnlessOthersCouldHaveReadIt()
    {
        using var room = new TemporaryFolder();
        var repository = new Repository(room.Path, room.Path, room.Path);
        var token = OperatorToken.Ensure(repository);
        var secret = File.ReadAllText(token.Path).Trim();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(token.Path));
        Assert.True(OperatorToken.Ensure(repository).Matches(secret));
        Assert.False(token.Matches(secret[1..]));
        Assert.False(token.Matches(""));

        File.SetUnixFileMode(token.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.False(OperatorToken.Ensure(repository).Matches(secret));
        File.WriteAllText(token.Path, "short");
        Assert.Equal(43, File.ReadAllText(OperatorToken.Ensure(repository).Path).Trim().Length);
    }

    internal static HttpRequestMessage Post(Uri address, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        return request;
    }

    internal static IReadOnlyList<string> Names(JsonNode list) => [.. list.AsArray().Select(item => item!["name"]!.ToString())];

    private static async Task<IReadOnlyList<string>> ToolsAsync(McpWire client, string? narrowedBy = null)
    {
        var parameters = narrowedBy is null ? null : new JsonObject { ["_meta"] = new JsonObject { [narrowedBy] = "agent" } };
        return Names((await client.AskAsync("tools/list", parameters))["result"]!["tools"]!);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("wo-token-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
