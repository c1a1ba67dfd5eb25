using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Protocol;
using NSubstitute;
using Platform.Sockets;
using Workflow.Documents;
using Workflow.Hosting;
using Workflow.Mcp;
using Workflow.Questions;
using Workflow.Storage;
using Workflow.Tests.Questions;
using static Workflow.Tests.Mcp.DaemonServer;

namespace Workflow.Tests.Mcp;

public sealed class McpServerTests
{
    [Fact]
    public async Task Ask_HumanAnswersLater_NextGetAnswerDeliversIt()
    {
        await using var server = await DaemonServer.StartAsync();
        await using var client = await server.ConnectAsync("an-agent");
        var asked = await DoneAsync(client, "ask_question", ("question", "Which limit applies to uploads?"), ("options", new JsonArray("5 MB", "10 MB")));
        var id = asked.GetProperty("question_id").GetString()!;
        Assert.Equal(JsonValueKind.Null, asked.GetProperty("answer").ValueKind);
        await server.Room.UntilAsync(EventTypes.QuestionAwaitingHuman, QuestionId.Parse(id));
        var listed = await DoneAsync(client, "list_questions", ("status", "awaiting_human"));
        var item = Assert.Single(listed.GetProperty("questions").EnumerateArray());
        Assert.Equal("an-agent", item.GetProperty("asked_by").GetString());
        Assert.Equal(2, item.GetProperty("options").GetArrayLength());

        var submitted = await DoneAsync(client, "submit_answer", ("question_id", id[^5..]), ("answer", "10 MB"));
        Assert.Equal("accepted", submitted.GetProperty("outcome").GetString());
        var answer = await DoneAsync(client, "get_answer", ("question_id", id), ("wait_seconds", 50));
        Assert.Equal("answered", answer.GetProperty("status").GetString());
        Assert.Equal("10 MB", answer.GetProperty("answer").GetString());
        Assert.Equal("human", answer.GetProperty("answered_by").GetString());
        Assert.False(answer.GetProperty("stale").GetBoolean());
    }

    [Fact]
    public async Task Ask_WithWait_ReturnsTheLibrariansAnswerWithEvidence()
    {
        var agents = new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("10 MB", 0.9, new Workflow.Agents.AgentEvidence("docs/limits.md", 1, "At most 10 MB."));
        await using var server = await DaemonServer.StartAsync(agents);
        server.Room.WriteDocument("docs/limits.md", "At most 10 MB.");
        await using var client = await server.ConnectAsync();
        var asked = await DoneAsync(client, "ask_question", ("question", "Which limit applies to uploads?"), ("wait_seconds", 50));
        Assert.Equal("10 MB", asked.GetProperty("answer").GetString());
        var answer = await DoneAsync(client, "get_answer", ("question_id", asked.GetProperty("question_id").GetString()));
        var evidence = Assert.Single(answer.GetProperty("evidence").EnumerateArray());
        Assert.Equal("docs/limits.md", evidence.GetProperty("path").GetString());
        server.Room.WriteDocument("docs/limits.md", "At most 20 MB.");
        Assert.True((await DoneAsync(client, "get_answer", ("question_id", asked.GetProperty("question_id").GetString()))).GetProperty("stale").GetBoolean());
    }

    [Fact]
    public async Task Ask_ClientVanishesWhileWaiting_QuestionAndAnswerAreKept()
    {
        await using var server = await DaemonServer.StartAsync();
        var client = await server.ConnectAsync();
        var call = client.CallAsync("ask_question", Arguments(("question", "Which limit?"), ("wait_seconds", 50)), QuestionRoom.Patience, CancellationToken.None);
        var asked = await server.Room.UntilAsync(seen => seen.Type == EventTypes.QuestionAwaitingHuman);
        await client.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => call);

        await using var other = await server.ConnectAsync();
        await DoneAsync(other, "submit_answer", ("question_id", asked.Subject), ("answer", "10 MB"));
        Assert.Equal("10 MB", (await DoneAsync(other, "get_answer", ("question_id", asked.Subject))).GetProperty("answer").GetString());
    }

    [Theory]
    [InlineData("ask_question", """{}""", "Missing required argument 'question'.")]
    [InlineData("ask_question", """{"question":""}""", "The question must not be empty.")]
    [InlineData("ask_question", """{"question":7}""", "Argument 'question' must be string, not integer.")]
    [InlineData("ask_question", """{"question":"x","change":"no-such"}""", "There is no change 'no-such'. list_changes shows those that are known.")]
    [InlineData("ask_question", """{"question":"x","change":"../x"}""", "'../x' is not the name of a change. list_changes shows the names.")]
    [InlineData("ask_question", """{"question":"x","colour":"red"}""", "Unknown argument 'colour'. Known arguments: question, context, change, agent_id, conversation_id, options, wait_seconds.")]
    [InlineData("get_answer", """{"question_id":"q-1"}""", "There is no question 'q-1'. list_questions shows the ids; the first or last four or more characters of one are enough.")]
    [InlineData("list_questions", """{"status":"lost"}""", "'lost' is not a status. Known: open, routing, awaiting_human, answered, withdrawn, expired.")]
    [InlineData("list_questions", """{"cursor":"x' OR 1=1"}""", "'cursor' must be the next_cursor of an earlier list_questions. Leave it out to start at the newest.")]
    [InlineData("get_update", """{"update_id":"1"}""", "'1' is not the id of an update. list_updates shows the ids.")]
    public async Task Call_BadArguments_SaysWhatToChange(string tool, string arguments, string message)
    {
        await using var server = await DaemonServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var reply = await client.CallAsync(tool, JsonNode.Parse(arguments)!.AsObject(), QuestionRoom.Patience, CancellationToken.None);
        Assert.Equal(message, Assert.IsType<DaemonReply.Failed>(reply).Message);
    }

    [Fact]
    public async Task Call_UnknownTool_Fails()
    {
        await using var server = await DaemonServer.StartAsync();
        await using var client = await server.ConnectAsync();
        Assert.IsType<DaemonReply.Failed>(await client.CallAsync("make_coffee", null, QuestionRoom.Patience, CancellationToken.None));
    }

    [Fact]
    public async Task Tools_OfficialClient_ListsThemWithSchemasThatTheirResultsKeep()
    {
        await using var server = await DaemonServer.StartAsync();
        await server.KnowAsync(QuestionRoom.Change, QuestionRoom.Revision(1));
        await server.Room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        var settings = new McpClientSettings { Path = server.SocketPath, Client = new Implementation { Name = "sdk", Version = "1" } };
        await using var client = await McpSocketClient.ConnectAsync(settings, NullLoggerFactory.Instance, TimeProvider.System);
        var tools = await client.ListToolsAsync();
        string[] expected =
        [
            "approve_update", "ask_question", "dismiss_question", "explain_line", "get_answer", "get_change", "get_change_history", "get_inbox", "get_shadow_report", "get_status", "get_update",
            "judge_change", "list_changes", "list_questions", "list_updates", "reject_answer", "reject_update", "submit_answer", "undo_update",
        ];
        Assert.Equal(expected, tools.Select(tool => tool.Name).Order());
        Assert.All(tools, tool => Assert.True(tool.OutputSchema.HasValue && tool.Description?.Length > 20 && tool.Annotations?.OpenWorldHint == false));
        (string Tool, JsonObject Arguments)[] calls =
        [
            ("list_questions", []), ("list_changes", []), ("get_change", new JsonObject { ["change"] = QuestionRoom.Change.Value }), ("list_updates", []), ("get_status", []), ("get_inbox", []),
        ];
        foreach (var (tool, arguments) in calls)
        {
            var answered = Assert.IsType<CallOutcome.Answered>(await client.CallToolAsync(tool, arguments, QuestionRoom.Patience));
            AssertRequiredKeys(tools.Single(listed => listed.Name == tool).OutputSchema!.Value, answered.Structured!.Value);
        }
    }

    [Fact]
    public async Task GetChange_KnownChange_ShowsStageAndQuestions()
    {
        await using var server = await DaemonServer.StartAsync();
        await server.KnowAsync(QuestionRoom.Change, QuestionRoom.Revision(1));
        await server.Room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await using var client = await server.ConnectAsync();
        var change = await DoneAsync(client, "get_change", ("change", QuestionRoom.Change.Value));
        Assert.Equal("awaiting_answers", change.GetProperty("change").GetProperty("stage").GetString());
        Assert.Equal(1, change.GetProperty("change").GetProperty("open_questions").GetInt32());
        Assert.Equal("Which limit applies to uploads?", Assert.Single(change.GetProperty("questions").EnumerateArray()).GetProperty("question").GetString());
        var status = await DoneAsync(client, "get_status");
        Assert.Equal(1, status.GetProperty("changes").GetProperty("awaiting_answers").GetInt32());
        Assert.Equal("ok", status.GetProperty("dependencies").EnumerateArray().Single(item => item.GetProperty("name").GetString() == "mcp_server").GetProperty("state").GetString());
    }

    [Fact]
    public async Task ApproveUpdate_Held_ReachesTheDocumentsRoom()
    {
        await using var server = await DaemonServer.StartAsync();
        var id = UpdateId.New(TimeProvider.System);
        var record = new UpdateRecord(id, QuestionRoom.Change, QuestionRoom.Revision(1), UpdateState.Planned, UpdateKinds.Clarification, "answers", "built-in", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        server.Updates.ApproveAsync(id, "human", null, Arg.Any<CancellationToken>()).Returns(new UpdateDecision.Done(record));
        server.Updates.UndoAsync(id, "human", Arg.Any<CancellationToken>()).Returns(new UpdateDecision.WrongState(record, "it has not been applied."));
        await using var client = await server.ConnectAsync();
        var approved = await DoneAsync(client, "approve_update", ("update_id", id.Value));
        Assert.Equal("planned", approved.GetProperty("update").GetProperty("state").GetString());
        var undone = await client.CallAsync("undo_update", Arguments(("update_id", id.Value)), QuestionRoom.Patience, CancellationToken.None);
        Assert.Equal($"The update {id} is planned: it has not been applied.", Assert.IsType<DaemonReply.Failed>(undone).Message);
    }

    [Fact]
    public async Task List_LongTexts_EndsThePageEarlyAndGoesOnWithoutAGap()
    {
        await using var server = await DaemonServer.StartAsync();
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < 8; i++)
            await DoneAsync(client, "ask_question", ("question", $"What does passage number {i} say?"), ("context", new string((char)('a' + i), 60_000)));
        var seen = new List<string>();
        var cursor = "";
        do
        {
            var page = await DoneAsync(client, "list_questions", ("cursor", cursor));
            Assert.InRange(page.GetRawText().Length, 1, 300_000);
            seen.AddRange(page.GetProperty("questions").EnumerateArray().Select(item => item.GetProperty("question").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString() ?? "";
        }
        while (cursor.Length > 0);
        Assert.Equal(Enumerable.Range(0, 8).Reverse().Select(i => $"What does passage number {i} say?"), seen);
    }

    [Theory]
    [InlineData("""{"method":"subscriptions/listen"}""", true)]
    [InlineData("""{"method":"tools/call","params":{"name":"get_answer","arguments":{"wait_seconds":5}}}""", true)]
    [InlineData("""{"method":"tools/call","params":{"name":"get_answer","arguments":{}}}""", false)]
    [InlineData("""{"method":"tools/call","params":[]}""", false)]
    [InlineData("""{"method":"tools/list"}""", false)]
    public void MayTakeLong_Request_IsWhatWaitsForOthers(string request, bool expected)
    {
        var json = JsonNode.Parse(request)!;
        Assert.Equal(expected, McpServerService.MayTakeLong(new JsonRpcRequest { Id = new RequestId(1), Method = json["method"]!.ToString(), Params = json["params"] }));
    }

    [Fact]
    public async Task Start_SocketBusy_NamesTheOwner()
    {
        await using var first = await DaemonServer.StartAsync();
        var error = await Assert.ThrowsAsync<SocketUnavailableException>(() => DaemonServer.StartAsync(socketPath: first.SocketPath));
        Assert.Contains($"process {Environment.ProcessId}", error.Message);
        await using var client = await first.ConnectAsync(); // and the first goes on
        await DoneAsync(client, "get_status");
    }

    [Fact]
    public async Task Socket_OfARunningServer_IsForItsOwnerOnly()
    {
        await using var server = await DaemonServer.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.SocketPath));
        Assert.Equal(HealthState.Ok, server.Health.Find("mcp_server")?.State);
    }

    [Fact]
    public async Task DaemonClient_NobodyThere_SaysHowToStart()
    {
        var error = await Assert.ThrowsAsync<DaemonUnreachableException>(() => DaemonClient.ConnectAsync("/tmp/wo-no-such.sock", "test", CancellationToken.None));
        Assert.Equal("No daemon answers on /tmp/wo-no-such.sock: there is no socket file. Start it with scripts/start-all.sh or 'wo run'.", error.Message);
    }

    [Fact]
    public async Task DaemonClient_DaemonDiesRightAfterItsFirstAnswer_IsUnreachable()
    {
        var path = Path.Combine(Path.GetTempPath(), $"wo-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var connecting = DaemonClient.ConnectAsync(path, "test", CancellationToken.None);
        using var served = await listener.AcceptAsync();
        using var reader = new StreamReader(new NetworkStream(served));
        await reader.ReadLineAsync();
        served.Shutdown(SocketShutdown.Receive); // what the client sends now meets nobody
        await served.SendAsync(System.Text.Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":1,"result":{}}""" + "\n"));

        await Assert.ThrowsAsync<DaemonUnreachableException>(() => connecting);
        File.Delete(path);
    }

    [Fact]
    public async Task DaemonClient_AnswerLargerThanOneRead_IsWhole()
    {
        await using var server = await DaemonServer.StartAsync();
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < 30; i++)
            await DoneAsync(client, "ask_question", ("question", $"Question {i}?"), ("context", new string('x', 20_000)));
        Assert.InRange((await DoneAsync(client, "list_questions")).GetRawText().Length, 150_000, 300_000);
    }

    private static async Task<JsonElement> DoneAsync(DaemonClient client, string tool, params (string Key, JsonNode? Value)[] arguments)
    {
        var reply = await client.CallAsync(tool, Arguments(arguments), QuestionRoom.Patience, CancellationToken.None);
        return reply is DaemonReply.Done done ? done.Result : throw new InvalidOperationException(((DaemonReply.Failed)reply).Message);
    }

    // Strict clients refuse a result that leaves out a member its schema demands.
    private static void AssertRequiredKeys(JsonElement schema, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            if (schema.TryGetProperty("required", out var required))
                Assert.All(required.EnumerateArray(), key => Assert.True(value.TryGetProperty(key.GetString()!, out _), $"{key} is missing"));
            foreach (var property in properties.EnumerateObject().Where(property => value.TryGetProperty(property.Name, out _)))
                AssertRequiredKeys(property.Value, value.GetProperty(property.Name));
        }
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var item in value.EnumerateArray())
                AssertRequiredKeys(items, item);
        }
    }
}
