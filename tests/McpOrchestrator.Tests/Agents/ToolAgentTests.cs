using System.Text.Json;
using System.Text.Json.Nodes;
using McpOrchestrator.Agents;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Tools;
using McpOrchestrator.Tests.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Sockets;
using Testing;

namespace McpOrchestrator.Tests.Agents;

/// <summary>Tests that nothing else runs beside.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>Tools of real MCP servers: on a Unix socket, and as a child process that dies, hangs and floods. HTTP and npx are in the end-to-end tests.</summary>
[Collection(nameof(AloneCollection))] // it measures the memory of the whole process
public sealed class ToolAgentTests : IAsyncLifetime, IDisposable
{
    private readonly SocketTestFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.Within();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Ask_ServerOnSocket_MapsArgumentsAndReadsTheAnswer()
    {
        await using var server = Serve(TestServer.Tool("search", (string query, int limit, string? scope = null) => $"{query}|{limit}|{scope}"));
        var agent = await StartAsync(new ToolServer.Socket(_folder.Socket), "search", new() { ["query"] = "{question} in {change}", ["limit"] = "5", ["scope"] = "{capability}" });

        var answer = await AskAsync(agent, "say \"hi\"");

        Assert.Equal(("say \"hi\" in add-x|5|", 0.5), (answer.Answer, answer.Confidence));
    }

    [Fact]
    public async Task Ask_ToolAnswersInOurForm_IsTakenWithItsConfidence()
    {
        await using var server = Serve(TestServer.Tool("t", () => new { answer = (string?)"42", confidence = 0.8 }, structured: true));
        var agent = await StartAsync(new ToolServer.Socket(_folder.Socket), "t", []);
        Assert.Equal(("42", 0.8), ((await AskAsync(agent)).Answer, (await AskAsync(agent)).Confidence));
    }

    [Fact]
    public async Task Ask_ToolFails_SaysWhat()
    {
        await using var server = Serve(TestServer.Tool("t", string () => throw new ModelContextProtocol.McpException("the index is empty")));
        var agent = await StartAsync(new ToolServer.Socket(_folder.Socket), "t", []);
        Assert.Contains("the index is empty", (await Assert.ThrowsAsync<AgentFaultException>(() => AskAsync(agent))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Condition_ServerHasNoSuchTool_NamesThoseItHas()
    {
        await using var server = Serve(TestServer.Tool("other", () => "x"));
        var agent = Start(new ToolServer.Socket(_folder.Socket), "t", []);
        await Eventually.HoldsAsync("its tools are known", () => agent.Condition.Problem?.Contains("It has: other.", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Condition_NobodyServes_SaysWhy()
    {
        var agent = Start(new ToolServer.Socket(_folder.Socket), "t", []);
        await Eventually.HoldsAsync("the reason is known", () => agent.Condition.Problem?.Contains("there is no socket file", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Ask_ChildProcess_AnswersDiesAndIsStartedAgain()
    {
        var agent = await StartAsync(Child(), "echo", new() { ["text"] = "{question}" });
        Assert.Equal("echo: hello", (await AskAsync(agent, "hello")).Answer);

        var lost = await Assert.ThrowsAsync<AgentFaultException>(() => AskAsync(agent, "crash"));
        Assert.Contains("its server was lost", lost.Message, StringComparison.Ordinal);

        await Eventually.HoldsAsync("the child is started again", () => agent.Condition is { Problem: null, Restarts: 1 });
        Assert.Equal("echo: again", (await AskAsync(agent, "again")).Answer);
    }

    [Fact]
    public async Task Ask_ChildSendsAnEndlessLine_IsCutOffWithBoundedMemory()
    {
        var agent = await StartAsync(Child(), "echo", new() { ["text"] = "{question}" });
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await Assert.ThrowsAsync<AgentFaultException>(() => AskAsync(agent, "flood"));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 * 1024 * 1024);
        await Eventually.HoldsAsync("the child is started again", () => agent.Condition is { Problem: null, Restarts: 1 });
    }

    [Fact]
    public async Task Ask_ChildHangs_TimesOutAndTheNextIsAnswered()
    {
        var agent = await StartAsync(Child(), "echo", new() { ["text"] = "{question}" }, TimeSpan.FromSeconds(5));
        Assert.Contains("no answer within 5 s", (await Assert.ThrowsAsync<AgentFaultException>(() => AskAsync(agent, "ignore"))).Message, StringComparison.Ordinal);
        Assert.Equal("echo: next", (await AskAsync(agent, "next")).Answer);
    }

    [Fact]
    public async Task Stop_ChildProcess_IsGone()
    {
        await StartAsync(Child(), "echo", []);
        var child = File.ReadAllText(_folder.File("pid")).Trim();

        await DisposeAsync();

        Assert.False(Directory.Exists($"/proc/{child}"), "the child still runs");
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", "{question}", "\"x\\\"y\"")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", "7", "7")]
    [InlineData("""{"properties":{"a":{"type":"array"}}}""", "[\"{question}\"]", "[\"x\\u0022y\"]")]
    [InlineData("""{"properties":{"a":{"type":["string","null"]}}}""", "7", "\"7\"")]
    [InlineData("{}", "{capability}", null)]
    public void Fill_ValueForASchema_HasItsType(string schema, string template, string? json)
    {
        var arguments = ArgumentMap.Fill(new Dictionary<string, string> { ["a"] = template }, JsonElement.Parse(schema), new AgentQuestion("x\"y", AskContext.None, null), "/r");
        Assert.Equal(json is null ? null : JsonNode.Parse(json)!.ToJsonString(), arguments["a"]?.ToJsonString());
    }

    /// <summary>A whole MCP server in a few lines of shell: it echoes, and does what its question says.</summary>
    private ToolServer.Stdio Child()
    {
        File.WriteAllText(_folder.File("server.sh"), """
            echo $$ >pid
            while IFS= read -r line; do
              [[ $line =~ \"id\":(\"[^\"]*\"|[0-9]+) ]] && id=${BASH_REMATCH[1]} || continue
              reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
              case $line in
                *'"server/discover"'*) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"unknown"}}\n' "$id" ;;
                *'"initialize"'*) reply '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}' ;;
                *'"tools/list"'*) reply '{"tools":[{"name":"echo","inputSchema":{"type":"object","properties":{"text":{"type":"string"}}}}]}' ;;
                *'"crash"'*) exit 3 ;;
                *'"ignore"'*) ;;
                *'"flood"'*) printf '{"jsonrpc":"2.0","id":%s,"result":"' "$id"; yes | tr -d '\n' | head -c 200000000; echo ;;
                *'"tools/call"'*) [[ $line =~ \"text\":\"([^\"]*)\" ]]; reply '{"content":[{"type":"text","text":"echo: '"${BASH_REMATCH[1]}"'"}]}' ;;
              esac
            done
            """);
        return new ToolServer.Stdio(new ProgramCall("bash", ["server.sh"], [], "."));
    }

    private TestServer Serve(params ModelContextProtocol.Server.McpServerTool[] tools) => TestServer.Start(new McpListenerSettings { Path = _folder.Socket, StopGrace = TimeSpan.FromMilliseconds(50) }, tools);

    private ToolAgent Start(ToolServer server, string tool, Dictionary<string, string> map, TimeSpan? timeout = null)
    {
        var definition = new AgentDefinition.Tool(new AgentProfile("t", "tool", "d", []), AgentLimits.Default with { Timeout = timeout ?? TimeSpan.FromSeconds(50) }, server, tool, map, 0.5);
        var agent = new ToolAgent(definition, _folder.Root, NullLoggerFactory.Instance, TimeProvider.System);
        _running = agent.RunAsync(_stop.Token);
        return agent;
    }

    private async Task<ToolAgent> StartAsync(ToolServer server, string tool, Dictionary<string, string> map, TimeSpan? timeout = null)
    {
        var agent = Start(server, tool, map, timeout);
        await Eventually.HoldsAsync("the agent can answer", () => agent.Condition.Problem is null, () => agent.Condition.Problem ?? "");
        return agent;
    }

    private static Task<AgentAnswer> AskAsync(ToolAgent agent, string question = "?") => agent.AskAsync(new AgentQuestion(question, new AskContext("add-x", null, ""), null), CancellationToken.None).Within();
}
