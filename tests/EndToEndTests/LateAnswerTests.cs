using System.Text.Json;
using System.Text.Json.Nodes;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;
using Workflow.Mcp;

namespace EndToEndTests;

/// <summary>What eats answers elsewhere: a client that gives up long before the answer comes.</summary>
[Trait("Category", "EndToEnd")]
public sealed class LateAnswerTests
{
    private static readonly TimeSpan s_clientTimeout = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Ask_ClientGivesUpSoon_AnswerOfLaterIsDeliveredByTheNextGetAnswer()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        await served.StartDaemonAsync();
        await using (var impatient = await DaemonClient.ConnectAsync(served.Socket, "impatient", CancellationToken.None))
        {
            var asking = impatient.CallAsync("ask_question", new JsonObject { ["question"] = "Which colour has the bike shed?", ["wait_seconds"] = 50 }, s_clientTimeout, CancellationToken.None);
            await Assert.ThrowsAsync<DaemonUnreachableException>(() => asking);
        }

        var id = "";
        await Eventually.HoldsAsync("the question waits for the human", async () =>
        {
            var found = (await served.CallAsync("list_questions", new JsonObject { ["status"] = "awaiting_human" })).Items("questions").Where(question => question.Text("asked_by") == "impatient").ToList();
            id = found.Count == 1 ? found[0].Text("question_id")! : "";
            return id != "";
        });
        await served.CallAsync("submit_answer", new JsonObject { ["question_id"] = id, ["answer"] = "Green." });
        Assert.Equal("Green.", (await served.CallAsync("get_answer", new JsonObject { ["question_id"] = id })).Text("answer"));
    }

    [Fact]
    public async Task Wait_ClientGivesUpSoon_AnswerOfLaterResumesTheChange()
    {
        await using var served = await ServedRepository.CreateAsync(Fill);
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        var question = (await served.CallAsync("list_questions", new JsonObject { ["status"] = "awaiting_human" })).Items("questions").First(open => open.GetProperty("change").ValueKind == JsonValueKind.String);
        var (id, change) = (question.Text("question_id")!, question.Text("change")!);
        await using (var impatient = await DaemonClient.ConnectAsync(served.Socket, "impatient", CancellationToken.None))
            await Assert.ThrowsAsync<DaemonUnreachableException>(() => impatient.CallAsync("get_answer", new JsonObject { ["question_id"] = id, ["wait_seconds"] = 50 }, s_clientTimeout, CancellationToken.None));
        var before = (await served.UpdatesAsync()).Count;

        await served.CallAsync("submit_answer", new JsonObject { ["question_id"] = id, ["answer"] = "Within 200 ms." });
        Assert.Equal("Within 200 ms.", (await served.CallAsync("get_answer", new JsonObject { ["question_id"] = id })).Text("answer"));
        await Eventually.HoldsAsync("the change goes on with the answer", async () => (await served.UpdatesAsync()).Skip(before).Any(update => update.Text("change") == change && update.Items("questions").Any(used => used.GetString() == id)));
    }

    // The second change of the sample says "quickly", which no spec measures, so the review asks.
    private static Task Fill(string root)
    {
        SampleRepository.Write(root, 2);
        return Task.CompletedTask;
    }
}
