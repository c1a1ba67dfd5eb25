using System.IO.Pipelines;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using Testing;
using Workflow.Commands;
using Workflow.Mcp.Bridge;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Tests.Mcp;

/// <summary><c>wo mcp</c> between a client on two pipes and a daemon that comes and goes.</summary>
public sealed class BridgeTests : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wo-bridge-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly Pipe _in = new();
    private readonly Pipe _out = new();
    private Task _run = Task.CompletedTask;

    private string SocketPath => Path.Combine(_folder, "wo.sock");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public void Dispose()
    {
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Start_NoDaemon_ListsTheSameToolsAndEveryCallSaysWhatToDo()
    {
        await using var client = Start();
        Assert.Equal("workflow-orchestrator", (await client.InitializeAsync())["serverInfo"]!["name"]!.ToString());
        var before = (await client.AskAsync("tools/list"))["result"]!.ToJsonString();
        var failed = await client.CallAsync("ask_question", new JsonObject { ["question"] = "Anybody there?" });
        Assert.True((bool)failed["isError"]!);
        Assert.Contains("cannot be reached", failed["content"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("there is no socket file. Nothing was done. Start it with scripts/start-all.sh", failed["content"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        Assert.NotNull((await client.AskAsync("resources/read", new JsonObject { ["uri"] = "questions://all" }))["error"]);

        await using var server = await DaemonServer.StartAsync(socketPath: SocketPath);
        await client.NextAsync("notifications/tools/list_changed"); // the daemon is there now
        Assert.Equal(before, (await client.AskAsync("tools/list"))["result"]!.ToJsonString());
        var asked = await client.CallAsync("ask_question", new JsonObject { ["question"] = "Anybody there?" });
        Assert.Equal("wire", server.Room.Desk.Find(QuestionId.Parse(asked["structuredContent"]!["question_id"]!.ToString()))!.Question.AskedBy);
    }

    [Fact]
    public async Task Start_NoDaemon_OffersEveryToolOfTheDaemon()
    {
        await using var bridge = new StdioBridge(new BridgeSettings(SocketPath, AsAgent: false), McpCommand.AddTools, _out.Writer.AsStream(), TextWriter.Null, TimeProvider.System);
        _run = Task.Run(() => bridge.RunAsync(_in.Reader.AsStream(), _stop.Token));
        await using var client = new McpWire(_out.Reader.AsStream(), _in.Writer.AsStream());
        await client.InitializeAsync();
        var offered = CallerTests.Names((await client.AskAsync("tools/list"))["result"]!["tools"]!);
        var tools = typeof(McpCommand).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.GetCustomAttribute<McpServerToolAttribute>()?.Name).OfType<string>();
        Assert.Equal(tools.Order(StringComparer.Ordinal), offered.Order(StringComparer.Ordinal));
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task DaemonRestarts_WaitForAnAnswer_IsAskedAgainAndSubscriptionsGoOn()
    {
        string id, waiting;
        McpWire client;
        await using (var first = await DaemonServer.StartAsync(socketPath: SocketPath))
        {
            client = Start(); // not earlier: the bridge would answer by itself what comes before it has found the daemon
            await client.InitializeAsync();
            await client.AskAsync("resources/subscribe", new JsonObject { ["uri"] = "questions://all" });
            waiting = await client.BeginAsync("tools/call", McpWire.Call("list_questions"));
            await client.AnswerAsync(waiting);
            id = (await client.CallAsync("ask_question", new JsonObject { ["question"] = "Which?" }))["structuredContent"]!["question_id"]!.ToString();
            waiting = await client.BeginAsync("tools/call", McpWire.Call("get_answer", new JsonObject { ["question_id"] = id, ["wait_seconds"] = 50 }));
            await Eventually.HoldsAsync("the call waits", () => first.Room.Waiters.Count > 0);
        }

        Assert.False(client.IsAnswered(waiting));
        await using var second = await DaemonServer.StartAsync(socketPath: SocketPath);
        var answer = await client.AnswerAsync(waiting); // this store has never heard of it, and says so
        Assert.Contains($"There is no question '{id}'", answer["result"]!["content"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        await client.NextAsync("notifications/resources/updated"); // look again: something may have been missed
        await second.Room.Desk.AskQuestionAsync(new NewQuestion("New?", "test"));
        Assert.Equal("questions://all", (await client.NextAsync("notifications/resources/updated"))["params"]!["uri"]!.ToString());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task DaemonGoes_CallThatMayHaveHadAnEffect_IsNotRepeatedButSaidToBeInDoubt()
    {
        string asking;
        McpWire client;
        await using (var first = await DaemonServer.StartAsync(socketPath: SocketPath))
        {
            client = Start();
            await client.InitializeAsync();
            asking = await client.BeginAsync("tools/call", McpWire.Call("ask_question", new JsonObject { ["question"] = "Which?", ["wait_seconds"] = 50 }));
            await first.Room.UntilAsync(seen => seen.Type == EventTypes.QuestionAwaitingHuman);
        }

        var failed = (await client.AnswerAsync(asking))["result"]!;
        Assert.True((bool)failed["isError"]!);
        Assert.Contains("was lost while 'ask_question' ran", failed["content"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("list_questions shows the question if it was stored", failed["content"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task DaemonStaysAway_WhatWaitedIsAnsweredWhenTheTimeIsUp()
    {
        var time = new FakeTime();
        McpWire client;
        await using (await DaemonServer.StartAsync(socketPath: SocketPath))
        {
            client = Start(time: time);
            await client.InitializeAsync();
        }

        var calling = "";
        await Eventually.HoldsAsync("the loss is noticed", async () =>
        {
            calling = await client.BeginAsync("tools/call", McpWire.Call("list_questions"));
            return time.PendingTimers >= 2; // the pause before the next attempt, and the end of the patience
        });
        Assert.False(client.IsAnswered(calling));
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Contains("cannot be reached", (await client.AnswerAsync(calling))["result"]!["content"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Newest_ListenBeforeTheDaemonIsThere_BeginsWithIt()
    {
        await using var client = Start(sessionless: true);
        await client.BeginAsync("subscriptions/listen", new JsonObject { ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray("questions://all") } });
        Assert.Equal(-32601, (int)(await client.AskAsync("no/such"))["error"]!["code"]!);
        await using var server = await DaemonServer.StartAsync(socketPath: SocketPath);
        await client.NextAsync("notifications/subscriptions/acknowledged");
        await server.Room.Desk.AskQuestionAsync(new NewQuestion("New?", "test"));
        await client.NextAsync("notifications/resources/updated");
    }

    [Fact]
    public async Task InputEnds_RunningRequestsAreStillAnswered()
    {
        await using var server = await DaemonServer.StartAsync(socketPath: SocketPath);
        var asked = await server.Room.Desk.AskQuestionAsync(new NewQuestion("Which?", "test"));
        await using var client = Start();
        await client.InitializeAsync();
        var waiting = await client.BeginAsync("tools/call", McpWire.Call("get_answer", new JsonObject { ["question_id"] = asked.Id.Value, ["wait_seconds"] = 50 }));
        await client.CloseInputAsync();
        await Eventually.HoldsAsync("the call waits", () => server.Room.Waiters.Count > 0);
        await server.Room.Desk.SubmitAnswerAsync(asked.Id, new NewAnswer("This one.", Answer.Human, RouteNames.Human, 1, []));
        Assert.Contains("This one.", (await client.AnswerAsync(waiting)).ToJsonString(), StringComparison.Ordinal);
        await _run.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Agent_SeesTheQuestionToolsOnly_WithAndWithoutDaemon()
    {
        await using var client = Start(asAgent: true);
        await client.InitializeAsync();
        Assert.Equal(["ask_question", "get_answer", "list_questions"], CallerTests.Names((await client.AskAsync("tools/list"))["result"]!["tools"]!));
        await using var server = await DaemonServer.StartAsync(socketPath: SocketPath);
        await client.NextAsync("notifications/tools/list_changed");
        Assert.Equal(["ask_question", "get_answer", "list_questions"], CallerTests.Names((await client.AskAsync("tools/list"))["result"]!["tools"]!));
        Assert.Contains("is for operators", (await client.CallAsync("get_status")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rubbish_IsAnsweredAndTheRestGoesOn()
    {
        await using var server = await DaemonServer.StartAsync(socketPath: SocketPath);
        await using var client = Start();
        await client.InitializeAsync();
        await client.SendLineAsync("rubbish");
        await client.SendLineAsync("[1,2]");
        await client.SendLineAsync("""{"jsonrpc":"2.0","id":7}""");
        await client.SendLineAsync("""{"jsonrpc":"2.0","result":{},"id":"stale"}""");
        await client.SendLineAsync($$"""{"jsonrpc":"2.0","id":8,"method":"tools/list","x":"{{new string('x', 5_000_000)}}"}""");
        await client.SendLineAsync("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/list\",\"params\":" + new string('[', 300) + new string(']', 300) + "}");
        Assert.NotNull((await client.CallAsync("list_questions"))["structuredContent"]);
    }

    private McpWire Start(bool asAgent = false, bool sessionless = false, TimeProvider? time = null)
    {
        var settings = new BridgeSettings(SocketPath, asAgent) { FirstPause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromMilliseconds(50) };
        if (time is null)
            settings = settings with { RestartGrace = TimeSpan.FromMinutes(2) }; // longer than a daemon takes to start here

        var bridge = new StdioBridge(settings, _ => { }, _out.Writer.AsStream(), TextWriter.Null, time ?? TimeProvider.System);
        _run = Task.Run(async () =>
        {
            await bridge.RunAsync(_in.Reader.AsStream(), _stop.Token);
            await bridge.DisposeAsync();
            await _out.Writer.CompleteAsync();
        });
        return new McpWire(_out.Reader.AsStream(), _in.Writer.AsStream()) { Sessionless = sessionless };
    }
}
