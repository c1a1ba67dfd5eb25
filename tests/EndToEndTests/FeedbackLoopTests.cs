using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;
using Workflow.Mcp;

namespace EndToEndTests;

/// <summary>The improvement loop of the real processes, with a planted bottleneck: one question at a time, and an agent that could do more, or could not.</summary>
[Trait("Category", "EndToEnd")]
public sealed class FeedbackLoopTests
{
    [Fact]
    public async Task OneQuestionAtATime_AgentCouldDoFour_IsFoundTriedKeptAndArchived()
    {
        await using var served = await StartAsync(inFlight: 4);
        await using var load = new QuestionLoad(served.Socket);

        var improvement = await UntilAsync(served, load, item => true);
        Assert.StartsWith("improve-max-concurrent-questions-to-", improvement.Text("improvement_id"));
        var folder = Path.Combine(served.ChangesFolder, improvement.Text("improvement_id"));
        await Eventually.HoldsAsync("its change is written", () => File.Exists(Path.Combine(folder, "tasks.md")));
        if (OpenSpecCli.Path is not null)
            Assert.Contains(new OpenSpecItem("change", improvement.Text("improvement_id")), await OpenSpecCli.ValidItemsAsync(served.Root, strict: true));

        var kept = await UntilAsync(served, load, IsDecided);
        Assert.Equal("kept", kept.Text("state"));
        Assert.True(kept.GetProperty("measured_gain").GetDouble() > 0.2, kept.GetRawText());
        var archive = Path.Combine(served.ChangesFolder, "archive");
        await Eventually.HoldsAsync("its change is archived", () => !Directory.Exists(folder) && Directory.Exists(archive));
        var archived = Assert.Single(Directory.GetDirectories(archive, "*" + improvement.Text("improvement_id")));
        Assert.Contains("- Outcome: kept", await File.ReadAllTextAsync(Path.Combine(archived, "proposal.md")));
        Assert.Equal(kept.GetProperty("to").GetDouble(), (await TunableAsync(served)).GetProperty("kept").GetDouble());

        var reverted = await served.WoAsync("improvement", "revert", improvement.Text("improvement_id"));
        Assert.Equal(0, reverted.ExitCode);
        Assert.Contains("[reverted]", reverted.Output);
        Assert.Equal(1, (await TunableAsync(served)).GetProperty("kept").GetDouble());
    }

    [Fact]
    public async Task OneQuestionAtATime_AgentCanDoNoMore_IsTriedAndGivenUp()
    {
        await using var served = await StartAsync(inFlight: 1);
        await using var load = new QuestionLoad(served.Socket);

        var ended = await UntilAsync(served, load, IsDecided);

        Assert.Equal("dropped", ended.Text("state"));
        Assert.Equal(1, (await TunableAsync(served)).GetProperty("value").GetDouble());
    }

    private static bool IsDecided(JsonElement improvement) => improvement.Text("state") is "kept" or "dropped" or "rejected" or "reverted";

    private static async Task<ServedRepository> StartAsync(int inFlight)
    {
        var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.WriteChange(root, "add-search", 1);
            return Task.CompletedTask;
        });
        served.Environment["WO__QUESTION_ROUTING__MAX_CONCURRENT_QUESTIONS"] = "1";
        served.Environment["WO__FEEDBACK_LOOP__ANALYSIS_INTERVAL"] = "5";
        var agents = Path.Combine(served.Folder, "agents.yaml");
        await File.WriteAllTextAsync(
            agents,
            $$"""
            agents:
              - id: desk
                kind: command
                description: Answers every question with the same number, after a while.
                command: sh
                arguments: [-c, "sleep 0.15; echo '{\"answer\": \"Ten.\", \"confidence\": 0.95, \"evidence\": []}'"]
                max_in_flight: {{inFlight}}
            """);
        await served.StartMcpOrchestratorAsync(agents);
        await served.StartDaemonAsync();
        return served;
    }

    private static async Task<JsonElement> TunableAsync(ServedRepository served) =>
        (await served.WoJsonAsync("tunables")).Items("tunables").Single(tunable => tunable.Text("name") == "question_routing.max_concurrent_questions");

    private static async Task<JsonElement> UntilAsync(ServedRepository served, QuestionLoad load, Func<JsonElement, bool> wanted)
    {
        JsonElement? found = null;
        await Eventually.HoldsAsync(
            "an improvement is as expected",
            async () =>
            {
                load.ThrowIfFailed();
                await Task.Delay(TimeSpan.FromMilliseconds(300));
                found = (await served.CallAsync("list_improvements")).Items("improvements").Select(item => (JsonElement?)item).FirstOrDefault(item => wanted(item!.Value));
                return found is not null;
            },
            () => served.CallAsync("list_improvements").GetAwaiter().GetResult().GetRawText() + served.CallAsync("analyze_feedback").GetAwaiter().GetResult().GetRawText());
        return found!.Value;
    }

    /// <summary>Asks new questions so that there are always some waiting.</summary>
    private sealed class QuestionLoad : IAsyncDisposable
    {
        private const int Waiting = 16;

        private readonly CancellationTokenSource _stopping = new();
        private readonly Task _running;

        public QuestionLoad(string socket) => _running = Task.Run(() => RunAsync(socket));

        public void ThrowIfFailed()
        {
            if (_running.IsFaulted)
                _running.GetAwaiter().GetResult();
        }

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stopping.Dispose();
        }

        private async Task RunAsync(string socket)
        {
            await using var client = await DaemonClient.ConnectAsync(socket, "load", _stopping.Token);
            while (true)
            {
                var questions = (await CallAsync(client, "get_status", [])).GetProperty("questions");
                for (var open = questions.Number("open") + questions.Number("routing"); open < Waiting; open++)
                {
                    var word = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)); // no two are alike: an answer is not reused
                    await CallAsync(client, "ask_question", new JsonObject { ["question"] = $"How many {word[..8]} may {word[8..16]} hold in {word[16..]}?", ["agent_id"] = "desk" });
                }

                await Task.Delay(200, _stopping.Token);
            }
        }

        private async Task<JsonElement> CallAsync(DaemonClient client, string tool, JsonObject arguments) =>
            await client.CallAsync(tool, arguments, TimeSpan.FromSeconds(30), _stopping.Token) switch
            {
                DaemonReply.Done done => done.Result,
                DaemonReply.Failed failed => throw new InvalidOperationException(failed.Message),
                _ => throw new InvalidOperationException("A reply of a kind that is not known."),
            };
    }
}
