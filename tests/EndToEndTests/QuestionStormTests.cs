using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;
using Xunit.Abstractions;

namespace EndToEndTests;

/// <summary>
/// kill -9 over the daemon and the MCP Orchestrator while a hundred clients ask, answer and wait. <c>WO_TEST_STORM=full</c> kills thirty times;
/// <c>WO_TEST_SEED</c> repeats a run as far as the machine allows.
/// </summary>
[Trait("Category", "EndToEnd")]
public sealed class QuestionStormTests(ITestOutputHelper output)
{
    private const int Clients = 100;
    private const int LongestWork = 1200;
    private const int LongestStart = 900;

    [Fact]
    public async Task Kill_AtRandomMoments_EveryAcknowledgedQuestionAndAnswerIsThereExactlyOnce()
    {
        var kills = Environment.GetEnvironmentVariable("WO_TEST_STORM") == "full" ? 30 : 8;
        var seed = Environment.GetEnvironmentVariable("WO_TEST_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : Environment.TickCount & int.MaxValue;
        output.WriteLine($"WO_TEST_SEED={seed}");
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, 0);
            return Task.CompletedTask;
        });
        var clients = new StormClients(served, Clients, seed);
        using var stop = new CancellationTokenSource();
        var crowd = clients.RunAsync(stop.Token);

        await StormAsync(served, kills, new Random(seed));
        await stop.CancelAsync();
        await crowd.WaitAsync(Eventually.DefaultTimeout);
        await WaitRoutedAsync(served);

        var questions = await AllQuestionsAsync(served);
        output.WriteLine(
            $"{kills} kills, {clients.Asked.Count} questions acknowledged, {clients.MaybeAsked.Count} not, {clients.Answered.Count} answers acknowledged, {clients.MaybeAnswered.Count} not, {clients.Heard.Count} heard");
        Assert.Empty(clients.Refusals);
        Assert.True(clients.Asked.Count > Clients && clients.Answered.Count > kills, "there was no storm");
        AssertQuestions(clients, questions);
        AssertAnswers(clients, questions);
    }

    private static async Task StormAsync(ServedRepository served, int kills, Random random)
    {
        var hub = await served.StartMcpOrchestratorAsync();
        var daemon = await served.StartDaemonAsync();
        for (var kill = 1; kill <= kills; kill++)
        {
            var inStart = random.Next(4) == 0;
            if (!inStart)
                await served.WaitReadyAsync(daemon);
            await Task.Delay(random.Next(inStart ? LongestStart : LongestWork)); // the random moment itself
            Assert.False(daemon.HasExited, daemon.Output);
            Assert.False(hub.HasExited, hub.Output);
            var target = random.Next(5); // 0, 1: the hub; 2: both; else the daemon
            if (target <= 2)
            {
                await hub.KillAsync();
                File.Delete(served.McpSocket); // so that its return can be seen; it would take the stale file over
                if (target < 2)
                {
                    hub = await served.StartMcpOrchestratorAsync();
                    continue;
                }
            }

            await daemon.KillAsync();
            if (target == 2)
                hub = await served.StartMcpOrchestratorAsync();
            daemon = await served.StartDaemonAsync(wait: false);
        }

        await served.WaitReadyAsync(daemon);
        await served.WaitForHealthAsync("mcp_orchestrator", "ok");
    }

    private static Task WaitRoutedAsync(ServedRepository served)
    {
        var open = "";
        return Eventually.HoldsAsync(
            "every question is answered or with the human",
            async () =>
            {
                var questions = (await served.CallAsync("get_status")).GetProperty("questions");
                open = questions.ToString();
                return questions.Number("open") + questions.Number("routing") == 0;
            },
            () => open);
    }

    private static async Task<IReadOnlyList<JsonElement>> AllQuestionsAsync(ServedRepository served)
    {
        var all = new List<JsonElement>();
        string cursor = "";
        do
        {
            var page = await served.CallAsync("list_questions", new JsonObject { ["limit"] = 200, ["cursor"] = cursor });
            all.AddRange(page.Items("questions"));
            cursor = page.Text("next_cursor");
        }
        while (cursor.Length > 0);
        return all;
    }

    private static void AssertQuestions(StormClients clients, IReadOnlyList<JsonElement> questions)
    {
        var byText = questions.ToLookup(question => question.Text("question"), question => question.Text("question_id"), StringComparer.Ordinal);
        Assert.All(clients.Asked, asked => Assert.Equal(asked.Value, Assert.Single(byText[asked.Key])));
        Assert.All(clients.MaybeAsked, text => Assert.True(byText[text].Count() <= 1, text));
        Assert.Equal(questions.Count, questions.Select(question => question.Text("question_id")).Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(questions.Select(question => question.Text("question")).Except(clients.Asked.Keys).Except(clients.MaybeAsked));
    }

    private static void AssertAnswers(StormClients clients, IReadOnlyList<JsonElement> questions)
    {
        var given = questions.ToDictionary(question => question.Text("question_id"), AnswersOf, StringComparer.Ordinal);
        var everywhere = given.Values.SelectMany(answers => answers).CountBy(answer => answer, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        Assert.All(clients.Answered, answer => Assert.Single(given[answer.Value], answer.Key));
        Assert.All(clients.Answered.Keys.Concat(clients.MaybeAnswered), text => Assert.True(everywhere.GetValueOrDefault(text) <= 1, text));
        Assert.All(clients.Heard, heard => Assert.Contains(heard.Answer, given[heard.Question]));

        // Also what agents said stands there once.
        Assert.All(given, pair => Assert.Equal(pair.Value.Count, pair.Value.Distinct(StringComparer.Ordinal).Count()));
        Assert.All(questions.Where(question => clients.Answered.Values.Contains(question.Text("question_id"))), question => Assert.Equal("answered", question.Text("status")));
    }

    private static List<string> AnswersOf(JsonElement question) =>
        [.. question.Items("alternatives").Select(answer => answer.Text("answer")).Append(question.Text("answer")).Where(text => text.Length > 0)];
}
