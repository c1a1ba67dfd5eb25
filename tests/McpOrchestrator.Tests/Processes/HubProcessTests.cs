using System.Text.Json;
using System.Text.Json.Nodes;
using McpOrchestrator.Tests.Librarian;
using McpOrchestrator.Tests.Sockets;
using Platform.Sockets;
using Testing;

namespace McpOrchestrator.Tests.Processes;

/// <summary>The built program, started as a person or a service manager starts it.</summary>
public sealed class HubProcessTests(LibrarianFixture library) : IClassFixture<LibrarianFixture>, IDisposable
{
    private readonly SocketTestFolder _folder = new();

    private string State => _folder.File("state");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_FreshStart_ListsAgentsAnswersAndTellsHealth()
    {
        await using var hub = await HubProcess.RunAsync(_folder.Socket, library.Root, State);
        await using var client = await hub.ConnectAsync();

        var tools = await client.ListToolsAsync().Within();
        Assert.Equal(["ask_agent", "deregister_service", "get_health", "list_agents", "register_service"], tools.Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.All(tools, t => Assert.NotNull(t.OutputSchema));

        var agent = Assert.Single((await HubProcess.CallAsync(client, "list_agents")).EnumerateArray());
        Assert.Equal(("librarian", "ready", 0), (agent.GetProperty("id").GetString(), agent.GetProperty("status").GetString(), agent.GetProperty("load").GetInt32()));
        Assert.NotEmpty(agent.GetProperty("capabilities").EnumerateArray());

        var answer = await AskAsync(client, "How long are backups kept?");
        Assert.Contains("35 days", answer.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal("librarian", answer.GetProperty("agent_id").GetString());
        var evidence = answer.GetProperty("evidence")[0];
        Assert.Equal("openspec/specs/backups/spec.md", evidence.GetProperty("path").GetString());
        Assert.True(evidence.GetProperty("line").GetInt32() <= evidence.GetProperty("end_line").GetInt32());
        Assert.Equal(64, evidence.GetProperty("hash").GetString()!.Length);

        var health = await HubProcess.CallAsync(client, "get_health");
        Assert.Equal(("ok", hub.Id), (health.GetProperty("status").GetString(), health.GetProperty("process_id").GetInt32()));
    }

    [Fact]
    public async Task AskAgent_DoesNotKnow_WritesNullAnswerAsItsSchemaDemands()
    {
        await using var hub = await HubProcess.RunAsync(_folder.Socket, library.Root, State);
        await using var client = await hub.ConnectAsync();

        var answer = await AskAsync(client, "Which colour do warnings have in dark mode?");

        Assert.Equal(JsonValueKind.Null, answer.GetProperty("answer").ValueKind);
        var schema = (await client.ListToolsAsync().Within()).Single(t => t.Name == "ask_agent").OutputSchema!.Value;
        foreach (var required in schema.GetProperty("required").EnumerateArray()) Assert.True(answer.TryGetProperty(required.GetString()!, out _), required.GetString());
    }

    [Theory]
    [InlineData("{}", "Missing required argument 'agent_id'.")]
    [InlineData("{\"agent_id\":\"x\",\"question\":\"y\"}", "There is no agent 'x'. Agents: librarian.")]
    [InlineData("{\"agent_id\":\"librarian\",\"question\":\" \"}", "question: must not be empty.")]
    [InlineData("{\"agent_id\":\"librarian\",\"question\":\"y\",\"urgent\":true}", "Unknown argument 'urgent'.")]
    public async Task AskAgent_BadArguments_FailsInWords(string arguments, string message)
    {
        await using var hub = await HubProcess.RunAsync(_folder.Socket, library.Root, State);
        await using var client = await hub.ConnectAsync();

        var outcome = await client.CallToolAsync("ask_agent", JsonNode.Parse(arguments)!.AsObject(), Bounded.Limit).Within();

        Assert.StartsWith(message, Assert.IsType<CallOutcome.Failed>(outcome).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill9_ThenRestart_SocketIsTakenOverAndIndexUsedAgain()
    {
        await using (var first = await HubProcess.RunAsync(_folder.Socket, library.Root, State))
        {
            await using var client = await first.ConnectAsync();
            await AskAsync(client, "How long are backups kept?");
            await first.KillAsync();
        }

        Assert.True(File.Exists(_folder.Socket)); // kill -9 leaves the file
        await using var second = await HubProcess.RunAsync(_folder.Socket, library.Root, State);
        await using var again = await second.ConnectAsync();
        Assert.Contains("35 days", (await AskAsync(again, "How long are backups kept?")).GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Indexed the repository", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_WhileServing_EndsWithZeroAndRemovesSocket()
    {
        await using var hub = await HubProcess.RunAsync(_folder.Socket, library.Root, State);
        await using var client = await hub.ConnectAsync();

        Assert.Equal(0, await hub.TerminateAsync());

        Assert.False(File.Exists(_folder.Socket));
        await client.Completion.Within();
    }

    [Fact]
    public async Task Run_SocketIsTaken_NamesTheOtherAndExitsWithOne()
    {
        await using var first = await HubProcess.RunAsync(_folder.Socket, library.Root, State);
        await using var second = HubProcess.Start("run", "--repo", library.Root, "--socket", _folder.Socket, "--state", State + "2");

        Assert.Equal(1, await second.WaitForExitAsync());

        Assert.Contains($"in use by process {first.Id}", second.Errors, StringComparison.Ordinal);
        await using var client = await first.ConnectAsync();
        await HubProcess.CallAsync(client, "get_health");
    }

    [Fact]
    public async Task Run_BadConfiguration_TellsAllFaultsAndExitsWith78()
    {
        File.WriteAllText(_folder.File("agents.yaml"), "agents:\n  - id: x\n    kind: wizard\n    description: d\n");
        await using var hub = HubProcess.Start("run", "--repo", _folder.File("missing"), "--socket", _folder.Socket, "--config", _folder.File("agents.yaml"), "--state", State);

        Assert.Equal(78, await hub.WaitForExitAsync());

        Assert.Contains("'wizard' is not known", hub.Errors, StringComparison.Ordinal);
        Assert.Contains("missing does not exist", hub.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Socket));
    }

    [Theory]
    [InlineData(2, "fly")]
    [InlineData(2, "run", "--sokcet", "x")]
    [InlineData(3, "health", "--socket", "/nowhere/s.sock")]
    public async Task Start_WrongUsageOrNobodyThere_ExitsWithItsCode(int code, params string[] arguments)
    {
        await using var hub = HubProcess.Start(arguments);
        Assert.Equal(code, await hub.WaitForExitAsync());
        Assert.NotEmpty(hub.Errors.Trim());
    }

    [Fact]
    public async Task RegisterService_ToolCalledThroughHub_IsPassedOn_AndFailsClearlyWhenServiceDies()
    {
        await using var hub = await HubProcess.RunAsync(_folder.Socket, library.Root, State);
        await using var client = await hub.ConnectAsync();
        var service = TestServer.Start(
            new McpListenerSettings { Path = _folder.File("svc.sock"), StopGrace = TimeSpan.FromMilliseconds(50) }, TestServer.Tool("twice", (int number) => new { result = 2 * number }, structured: true));

        var calculator = new JsonObject { ["name"] = "calculator", ["socket_path"] = _folder.File("svc.sock"), ["tools"] = new JsonArray("twice"), ["version"] = "1.0" };
        // The hub's first connection takes its time, and registering does not wait for ever; the same again changes nothing.
        await Eventually.HoldsAsync(
            "it is connected", async () => (await HubProcess.CallAsync(client, "register_service", calculator)).GetProperty("service").GetProperty("status").GetString() == "connected");
        Assert.Equal(42, (await HubProcess.CallAsync(client, "twice", new JsonObject { ["number"] = 21 })).GetProperty("result").GetInt32());
        Assert.Equal("Argument 'number' must be integer, not string.", Assert.IsType<CallOutcome.Failed>(await client.CallToolAsync("twice", new JsonObject { ["number"] = "x" }, Bounded.Limit).Within()).Message);

        await service.DisposeAsync();
        var outcome = await client.CallToolAsync("twice", new JsonObject { ["number"] = 1 }, Bounded.Limit).Within();
        Assert.True(outcome is CallOutcome.Failed { Message: var words } ? words.Contains("calculator", StringComparison.Ordinal) : outcome is CallOutcome.Refused, outcome.Summary);
        Assert.Equal("degraded", await StatusAsync(client));

        await HubProcess.CallAsync(client, "deregister_service", new JsonObject { ["name"] = "calculator" });
        Assert.Equal("ok", await StatusAsync(client));
    }

    private static async Task<string?> StatusAsync(McpSocketClient client) => (await HubProcess.CallAsync(client, "get_health")).GetProperty("status").GetString();

    private static Task<JsonElement> AskAsync(McpSocketClient client, string question) =>
        HubProcess.CallAsync(client, "ask_agent", new JsonObject { ["agent_id"] = "librarian", ["question"] = question });
}
