using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Workflow.Commands;
using Workflow.Mcp;
using Workflow.Questions;
using Workflow.Storage;
using Workflow.Tests.Questions;

namespace Workflow.Tests.Mcp;

/// <summary>What reaches the human over MCP, and what a bad question gets.</summary>
public sealed class HumanToolsTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Inbox_DismissAndReject_DoWhatTheySay()
    {
        await using var server = await DaemonServer.StartAsync(new ScriptedAgents().With(ScriptedAgents.Librarian));
        await using var client = await server.ConnectAsync();
        var id = (await CallAsync(client, "ask_question", ("question", "Which limit applies to uploads?"))).Text("question_id");
        await server.Room.UntilAsync(EventTypes.QuestionAwaitingHuman, QuestionId.Parse(id));
        Assert.Equal(id, Assert.Single((await CallAsync(client, "get_inbox")).Items("now")).GetProperty("question").Text("question_id"));
        Assert.Equal("accepted", (await CallAsync(client, "submit_answer", ("question_id", id[..^2]), ("answer", "10 MB"))).Text("outcome"));
        Assert.Equal("rejected", (await CallAsync(client, "reject_answer", ("question_id", id[^6..]))).Text("outcome"));
        var dismissed = await CallAsync(client, "dismiss_question", ("question_id", id), ("reason", "nobody uploads"));
        Assert.Equal(("dismissed", "withdrawn"), (dismissed.Text("outcome"), dismissed.Text("status")));
        Assert.Empty((await CallAsync(client, "get_inbox")).Items("now"));
        var failed = Assert.IsType<DaemonReply.Failed>(await client.CallAsync("dismiss_question", new JsonObject { ["question_id"] = id, ["reason"] = "again" }, s_timeout, CancellationToken.None));
        Assert.Contains("needs no dismissal", failed.Message);
    }

    // What a model or a broken client may send: each gets words that say what to change, and the next question is taken as usual.
    [Fact]
    public async Task Ask_BadInput_IsAToolErrorInWords()
    {
        await using var server = await DaemonServer.StartAsync();
        await using var client = await server.ConnectAsync();
        (JsonObject Arguments, string Expected)[] bad =
        [
            (new() { ["question"] = "" }, "empty"),
            (new() { ["question"] = " \n\t" }, "empty"),
            (new() { ["question"] = new string('x', 1024 * 1024) }, "8000"),
            (new() { ["question"] = "Why?", ["context"] = new string('x', 1024 * 1024) }, "64000"),
            (new() { ["question"] = "ELF\u0001\u0002\u0000" }, "control character"),
            (new() { ["question"] = 7 }, "must be string"),
            (new() { ["question"] = new JsonArray("a") }, "must be string"),
            (new() { ["question"] = "Why?", ["wait_seconds"] = "soon" }, "wait_seconds"),
            (new() { ["question"] = "Why?", ["options"] = "a,b" }, "options"),
            (new() { ["question"] = "Why?", ["options"] = new JsonArray("a", "") }, "option"),
            (new() { ["question"] = "Why?", ["change"] = "../etc" }, "change"),
            (new() { ["question"] = "Why?", ["colour"] = "red" }, "Unknown argument 'colour'"),
            ([], "Missing required argument 'question'"),
        ];
        foreach (var (arguments, expected) in bad)
        {
            var failed = Assert.IsType<DaemonReply.Failed>(await client.CallAsync("ask_question", arguments, s_timeout, CancellationToken.None));
            Assert.Contains(expected, failed.Message);
            Assert.True(failed.Message.Length < 500, failed.Message);
        }

        foreach (var id in new[] { "q-0000000000-00000000", "none", "q-", "%", new string('q', 10_000) })
            Assert.IsType<DaemonReply.Failed>(await client.CallAsync("get_answer", new JsonObject { ["question_id"] = id }, s_timeout, CancellationToken.None));
        var first = await CallAsync(client, "ask_question", ("question", "Which limit applies to uploads?"));
        var second = await CallAsync(client, "ask_question", ("question", "which limit applies  to uploads"));
        Assert.Equal(first.Text("question_id"), second.Text("question_id")); // the same question is one question
        Assert.Single(server.Room.Desk.List(new QuestionFilter([])).Items);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Ask_ClientThatShowsForms_TheOneWhoAskedAnswers(string revision)
    {
        await using var server = await DaemonServer.StartAsync(new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("perhaps 5 MB", 0.3));
        ElicitRequestParams? shown = null;
        await using var client = await ConnectAsync(server, revision, parameters =>
        {
            shown = parameters;
            return new ElicitResult { Action = "accept", Content = new Dictionary<string, JsonElement> { ["answer"] = JsonSerializer.SerializeToElement("20 MB") } };
        });
        var result = await client.CallToolAsync(
            "ask_question", new Dictionary<string, object?> { ["question"] = "Which limit applies to uploads?", ["options"] = new[] { "10 MB", "20 MB" }, ["wait_seconds"] = 30 });
        Assert.Equal("20 MB", result.StructuredContent?.GetProperty("answer").GetString());
        Assert.Equal("human", result.StructuredContent?.GetProperty("answered_by").GetString());
        Assert.Contains("Which limit applies to uploads?", shown?.Message);
        Assert.Contains("librarian thinks: perhaps 5 MB", shown?.Message);
        Assert.Equal(["10 MB", "20 MB"], Assert.IsType<ElicitRequestParams.UntitledSingleSelectEnumSchema>(shown!.RequestedSchema!.Properties["answer"]).Enum);
        Assert.Single(server.Room.Desk.List(new QuestionFilter([])).Items);
    }

    [Fact]
    public async Task Ask_FormDeclined_TheQuestionWaitsForAPersonAsBefore()
    {
        await using var server = await DaemonServer.StartAsync();
        var asked = await server.Room.Desk.AskQuestionAsync(new NewQuestion("Which limit applies to uploads?", "test"));
        await server.Room.UntilAsync(EventTypes.QuestionAwaitingHuman, asked.Id); // asking for the same again has a second to find it there
        await using var client = await ConnectAsync(server, "2026-07-28", _ => new ElicitResult { Action = "decline" });
        var result = await client.CallToolAsync("ask_question", new Dictionary<string, object?> { ["question"] = "Which limit applies to uploads?", ["wait_seconds"] = 1 });
        Assert.Equal("awaiting_human", result.StructuredContent?.GetProperty("status").GetString());
        Assert.Single(server.Room.Inbox.Read().Now);
    }

    private static async Task<McpClient> ConnectAsync(DaemonServer server, string revision, Func<ElicitRequestParams, ElicitResult> person)
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(server.SocketPath));
        var stream = new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        return await McpClient.CreateAsync(new StreamClientTransport(stream, stream), new McpClientOptions
        {
            ClientInfo = new Implementation { Name = "forms", Version = "1" },
            ProtocolVersion = revision,
            Capabilities = new ClientCapabilities { Elicitation = new ElicitationCapability { Form = new FormElicitationCapability() } },
            Handlers = new McpClientHandlers { ElicitationHandler = (parameters, _) => ValueTask.FromResult(person(parameters!)) },
        });
    }

    private static async Task<JsonElement> CallAsync(DaemonClient client, string tool, params (string Key, JsonNode? Value)[] arguments) =>
        await client.CallAsync(tool, DaemonServer.Arguments(arguments), s_timeout, CancellationToken.None) switch
        {
            DaemonReply.Done done => done.Result,
            DaemonReply.Failed failed => throw new InvalidOperationException(failed.Message),
            _ => throw new InvalidOperationException("A reply of a kind that is not known."),
        };
}
