using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ModelContextProtocol.Protocol;
using Testing;
using Workflow.Changes;
using Workflow.Mcp;
using Workflow.Questions;
using Workflow.Storage;
using Workflow.Tests.Questions;

namespace Workflow.Tests.Mcp;

public sealed class ResourceTests
{
    [Fact]
    public async Task List_QuestionsAndDocuments_ArePagedAndEachCanBeRead()
    {
        await using var server = await DaemonServer.StartAsync();
        await server.KnowAsync(QuestionRoom.Change, QuestionRoom.Revision(1));
        server.Room.WriteDocument($"openspec/changes/{QuestionRoom.Change}/proposal.md", "# Grüße\n");
        server.Room.WriteDocument($"openspec/changes/{QuestionRoom.Change}/specs/a b/spec.md", "## ADDED Requirements\n");
        server.Room.WriteDocument("secret.md", "not yours");
        for (var i = 0; i < 120; i++)
            await server.Room.Desk.AskQuestionAsync(new NewQuestion($"Question {i}?", "test"));
        await using var client = await McpWire.ConnectAsync(server.SocketPath);
        await client.InitializeAsync();

        List<string> listed = [];
        string? cursor = null;
        do
        {
            var page = (await client.AskAsync("resources/list", cursor is null ? null : new JsonObject { ["cursor"] = cursor }))["result"]!;
            Assert.InRange(page["resources"]!.AsArray().Count, 1, 110);
            listed.AddRange(page["resources"]!.AsArray().Select(resource => resource!["uri"]!.ToString()));
            cursor = page["nextCursor"]?.ToString();
        }
        while (cursor is not null);
        Assert.Equal(123, listed.Count);
        Assert.Equal(listed.Count, listed.Distinct().Count());
        Assert.Equal("questions://all", listed[0]);
        var specification = $"openspec://changes/{QuestionRoom.Change}/specs/a%20b/spec.md";
        Assert.Contains(specification, listed);

        Assert.Equal("## ADDED Requirements\n", await TextAsync(client, specification));
        Assert.Equal("## ADDED Requirements\n", await TextAsync(client, $"openspec://changes/{QuestionRoom.Change}/specs%2Fa%20b%2Fspec.md"));
        Assert.Equal("# Grüße\n", await TextAsync(client, listed[1]));
        Assert.Equal(listed[^1]["question://".Length..], JsonNode.Parse(await TextAsync(client, listed[^1]))!["question_id"]!.ToString());
        Assert.Equal(100, JsonNode.Parse(await TextAsync(client, "questions://all"))!["questions"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("openspec://changes/add-x/../../../secret.md")]
    [InlineData("openspec://changes/add-x/..%2F..%2F..%2Fsecret.md")]
    [InlineData("openspec://changes/%2e%2e/secret.md")]
    [InlineData("openspec://changes/add-x//etc/passwd")]
    [InlineData("openspec://changes/add-x/no-such.md")]
    [InlineData("openspec://changes/add-x/link.md")]
    [InlineData("question://q-0000000000-00000000")]
    [InlineData("question://all")]
    [InlineData("file:///etc/passwd")]
    [InlineData("")]
    public async Task Read_WhatIsNoResource_IsRefused(string uri)
    {
        await using var server = await DaemonServer.StartAsync();
        server.Room.WriteDocument("openspec/changes/add-x/proposal.md", "x");
        server.Room.WriteDocument("secret.md", "not yours");
        File.CreateSymbolicLink(Path.Combine(server.Room.Folder, "openspec/changes/add-x/link.md"), Path.Combine(server.Room.Folder, "secret.md"));
        await using var client = await McpWire.ConnectAsync(server.SocketPath);
        await client.InitializeAsync();
        var answer = await client.AskAsync("resources/read", new JsonObject { ["uri"] = uri });
        Assert.Equal(-32002, (int)answer["error"]!["code"]!);
        await using var newer = await McpWire.ConnectAsync(server.SocketPath, sessionless: true);
        Assert.Equal(-32602, (int)(await newer.AskAsync("resources/read", new JsonObject { ["uri"] = uri }))["error"]!["code"]!);
    }

    [Fact]
    public async Task Subscribe_AnswerArrives_TheSubscriberIsToldAndOthersAreNot()
    {
        await using var server = await DaemonServer.StartAsync();
        var (first, second) = (await server.Room.Desk.AskQuestionAsync(new NewQuestion("First?", "test")), await server.Room.Desk.AskQuestionAsync(new NewQuestion("Second?", "test")));
        await server.Room.UntilAsync(EventTypes.QuestionAwaitingHuman, first.Id); // what is still on its way is told too
        await server.Room.UntilAsync(EventTypes.QuestionAwaitingHuman, second.Id);
        await using var client = await McpWire.ConnectAsync(server.SocketPath);
        await client.InitializeAsync();
        await client.AskAsync("resources/subscribe", new JsonObject { ["uri"] = $"question://{first.Id}" });
        await client.AskAsync("resources/subscribe", new JsonObject { ["uri"] = $"question://{second.Id}" });
        await client.AskAsync("resources/unsubscribe", new JsonObject { ["uri"] = $"question://{first.Id}" });

        await client.CallAsync("submit_answer", new JsonObject { ["question_id"] = first.Id.Value, ["answer"] = "1" });
        await client.CallAsync("submit_answer", new JsonObject { ["question_id"] = second.Id.Value, ["answer"] = "2" });
        Assert.Equal($"question://{second.Id}", (await client.NextAsync("notifications/resources/updated"))["params"]!["uri"]!.ToString());
    }

    [Fact]
    public async Task Listen_ResourceChangesWhileItIsAcknowledged_IsToldAfterwards()
    {
        DaemonServer? server = null;
        server = await DaemonServer.StartAsync(configure: options => options.Filters.Message.OutgoingFilters.Add(next => async (message, cancellationToken) =>
        {
            if (message.JsonRpcMessage is JsonRpcNotification { Method: NotificationMethods.SubscriptionsAcknowledgedNotification })
                server!.Subscriptions.Updated("questions://all");
            await next(message, cancellationToken);
        }));
        await using var ended = server;
        await using var client = await McpWire.ConnectAsync(server.SocketPath, sessionless: true);
        await client.BeginAsync("subscriptions/listen", new JsonObject { ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray("questions://all") } });

        await client.NextAsync("notifications/subscriptions/acknowledged");
        Assert.Equal("questions://all", (await client.NextAsync("notifications/resources/updated"))["params"]!["uri"]!.ToString());
    }

    [Fact]
    public async Task Listen_NewestRevision_IsAcknowledgedAndToldUnderItsId()
    {
        await using var server = await DaemonServer.StartAsync();
        await using var client = await McpWire.ConnectAsync(server.SocketPath, sessionless: true);
        var id = await client.BeginAsync("subscriptions/listen", new JsonObject
        {
            ["notifications"] = new JsonObject { ["resourcesListChanged"] = true, ["resourceSubscriptions"] = new JsonArray("questions://all") },
        });
        var acknowledged = await client.NextAsync("notifications/subscriptions/acknowledged");
        Assert.Equal("questions://all", acknowledged["params"]!["notifications"]!["resourceSubscriptions"]![0]!.ToString());

        await server.Room.Desk.AskQuestionAsync(new NewQuestion("What?", "test"));
        var changed = await client.NextAsync("notifications/resources/list_changed");
        Assert.Equal(id, changed["params"]!["_meta"]!["io.modelcontextprotocol/subscriptionId"]!.ToString());
        var updated = await client.NextAsync("notifications/resources/updated");
        Assert.Equal("questions://all", updated["params"]!["uri"]!.ToString());
        Assert.False(client.IsAnswered(id));
    }

    [Fact]
    public async Task Documents_ChangeIsSeenAgain_SubscribersOfItsDocumentsAreTold()
    {
        await using var server = await DaemonServer.StartAsync();
        await using var client = await McpWire.ConnectAsync(server.SocketPath);
        await client.InitializeAsync();
        await client.AskAsync("resources/list");
        await client.AskAsync("resources/subscribe", new JsonObject { ["uri"] = "openspec://changes/add-x/tasks.md" });
        await client.AskAsync("resources/subscribe", new JsonObject { ["uri"] = "openspec://changes/add-xy/tasks.md" });
        await server.Room.Store.WriteAsync(transaction => transaction.Append(new NewEvent(EventTypes.RevisionDetected, "add-x")));
        await client.NextAsync("notifications/resources/list_changed");
        Assert.Equal("openspec://changes/add-x/tasks.md", (await client.NextAsync("notifications/resources/updated"))["params"]!["uri"]!.ToString());
    }

    [Fact]
    public async Task Complete_ChangesQuestionsAgents_AreOffered()
    {
        await using var server = await DaemonServer.StartAsync(new ScriptedAgents().With(ScriptedAgents.Librarian));
        await server.KnowAsync(QuestionRoom.Change, QuestionRoom.Revision(1));
        server.Room.WriteDocument($"openspec/changes/{QuestionRoom.Change}/proposal.md", "x");
        var question = await server.Room.Desk.AskQuestionAsync(new NewQuestion("What?", "test"));
        await using var client = await McpWire.ConnectAsync(server.SocketPath);
        await client.InitializeAsync();
        var template = new JsonObject { ["type"] = "ref/resource", ["uri"] = "openspec://changes/{id}/{path}" };
        Assert.Equal([QuestionRoom.Change.Value], await CompleteAsync(client, template, "id", QuestionRoom.Change.Value[..2]));
        Assert.Equal(["proposal.md"], await CompleteAsync(client, template, "path", "prop", ("id", QuestionRoom.Change.Value)));
        Assert.Equal([question.Id.Value], await CompleteAsync(client, new JsonObject { ["type"] = "ref/resource", ["uri"] = "question://{id}" }, "id", "q-"));
        Assert.Equal(["librarian"], await CompleteAsync(client, new JsonObject { ["type"] = "ref/prompt", ["name"] = "ask_well" }, "agent_id", "LIB"));
        Assert.Empty(await CompleteAsync(client, new JsonObject { ["type"] = "ref/prompt", ["name"] = "ask_well" }, "topic", "x"));
    }

    [Fact]
    public async Task Prompts_AreRenderedFromWhatIsKnown()
    {
        await using var server = await DaemonServer.StartAsync();
        await server.KnowAsync(QuestionRoom.Change, QuestionRoom.Revision(1));
        server.Room.WriteDocument($"openspec/changes/{QuestionRoom.Change}/proposal.md", "x");
        await server.Room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await using var client = await McpWire.ConnectAsync(server.SocketPath);
        await client.InitializeAsync();
        Assert.Contains($"openspec://changes/{QuestionRoom.Change}/proposal.md", await PromptAsync(client, "review_change", ("change", QuestionRoom.Change.Value)), StringComparison.Ordinal);
        Assert.Contains("Which limit applies to uploads?", await PromptAsync(client, "answer_questions"), StringComparison.Ordinal);
        Assert.Contains("agent_id 'librarian'", await PromptAsync(client, "ask_well", ("topic", "limits"), ("agent_id", "librarian")), StringComparison.Ordinal);
    }

    [Fact]
    public void Address_OfAnyDocument_IsReadBackAsItself() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>((name, path) =>
        {
            if (!ChangeId.TryParse(name.Get, out var change) || path.Get.Length == 0 || HasLoneSurrogate(name.Get + path.Get))
                return true;
            var document = new ResourceAddress.DocumentAddress(change, path.Get);
            return ResourceAddress.Parse(document.ToString()) is ResourceAddress.DocumentAddress read && read == document;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cursor_AnyText_IsReadBackOrRefused() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            if (!HasLoneSurrogate(text.Get))
            {
                Assert.Equal(new ResourceCursor.AfterChange(text.Get), ResourceCursor.Parse(new ResourceCursor.AfterChange(text.Get).ToString()));
                Assert.Equal(new ResourceCursor.BeforeQuestion(text.Get), ResourceCursor.Parse(new ResourceCursor.BeforeQuestion(text.Get).ToString()));
            }

            _ = ResourceCursor.Parse(text.Get); // never throws
        }).QuickCheckThrowOnFailure();

    private static bool HasLoneSurrogate(string text) => text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD);

    private static async Task<string> TextAsync(McpWire client, string uri) =>
        (await client.AskAsync("resources/read", new JsonObject { ["uri"] = uri }))["result"]!["contents"]![0]!["text"]!.ToString();

    private static async Task<IReadOnlyList<string>> CompleteAsync(McpWire client, JsonObject reference, string argument, string typed, params (string Key, string Value)[] given)
    {
        var parameters = new JsonObject { ["ref"] = reference.DeepClone(), ["argument"] = new JsonObject { ["name"] = argument, ["value"] = typed } };
        if (given.Length > 0)
            parameters["context"] = new JsonObject { ["arguments"] = new JsonObject(given.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) };
        return [.. (await client.AskAsync("completion/complete", parameters))["result"]!["completion"]!["values"]!.AsArray().Select(value => value!.ToString())];
    }

    private static async Task<string> PromptAsync(McpWire client, string name, params (string Key, string Value)[] arguments)
    {
        var given = new JsonObject(arguments.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        return (await client.AskAsync("prompts/get", new JsonObject { ["name"] = name, ["arguments"] = given }))["result"]!["messages"]![0]!["content"]!["text"]!.ToString();
    }
}
