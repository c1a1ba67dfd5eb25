using System.Text.Json;
using System.Text.Json.Nodes;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;
using Workflow.Mcp;

namespace EndToEndTests;

/// <summary>The improvement loop of the real process, with a planted bottleneck: one question at a time, and agents that could do more.</summary>
[Trait("Category", "EndToEnd")]
public sealed class FeedbackLoopTests
{
    private static readonly TimeSpan s_service = TimeSpan.FromMilliseconds(120);

    [Fact]
    public async Task OneQuestionAtATime_AgentsCouldDoMore_IsFoundTriedKeptAndArchived()
    {
        await using var served = await CreateAsync();
        await using var agents = new FakeMcpOrchestrator(served.McpSocket) { OnAskAgent = AnswerAsync };
        agents.Start();
        await served.StartDaemonAsync();
        await using var load = new QuestionLoad(served.Socket, agents);

        var improvement = await UntilAsync(served, load, item => true);
        Assert.StartsWith("improve-max-concurrent-questions-to-", improvement.Text("improvement_id"));
        var folder = Path.Combine(served.ChangesFolder, improvement.Text("improvement_id"));
        await Eventually.HoldsAsync("its change is written", () => File.Exists(Path.Combine(folder, "tasks.md")));
        if (OpenSpecCli.Path is not null)
            Assert.Contains(new OpenSpecItem("change", improvement.Text("improvement_id")), await OpenSpecCli.ValidItemsAsync(served.Root, strict: true));

        var kept = await UntilAsync(served, load, item => item.Text("state") is "kept" or "dropped" or "rejected" or "reverted");
        Assert.Equal("kept", kept.Text("state"));
        Assert.True(kept.GetProperty("measured_gain").GetDouble() > 0.2, kept.GetRawText());
        await Eventually.HoldsAsync("its change is archived", () => !Directory.Exists(folder) && Directory.Exists(Path.Combine(served.ChangesFolder, "archive")));
        var archived = Assert.Single(Directory.GetDirectories(Path.Combine(served.ChangesFolder, "archive"), "*" + improvement.Text("improvement_id")));
        Assert.Contains("- Outcome: kept", await File.ReadAllTextAsync(Path.Combine(archived, "proposal.md")));
        var tunables = await served.WoJsonAsync("tunables");
        Assert.Equal(kept.GetProperty("to").GetDouble(), tunables.Items("tunables").Single(tunable => tunable.Text("name").EndsWith("max_concurrent_questions", StringComparison.Ordinal)).GetProperty("kept").GetDouble());

        var reverted = await served.WoAsync("improvement", "revert", improvement.Text("improvement_id"));
        Assert.Equal(0, reverted.ExitCode);
        Assert.Contains("[reverted]", reverted.Output);
    }

    [Fact]
    public async Task OneQuestionAtATime_AgentsCanDoNoMore_IsTriedAndGivenUp()
    {
        using var one = new SemaphoreSlim(1);
        await using var served = await CreateAsync();
        await using var agents = new FakeMcpOrchestrator(served.McpSocket)
        {
            OnAskAgent = async (arguments, token) =>
            {
                await one.WaitAsync(token);
                try
                {
                    return await AnswerAsync(arguments, token);
                }
                finally
                {
                    one.Release();
                }
            },
        };
        agents.Start();
        await served.StartDaemonAsync();
        await using var load = new QuestionLoad(served.Socket, agents);

        var ended = await UntilAsync(served, load, item => item.Text("state") is "kept" or "dropped" or "rejected" or "reverted");

        Assert.Equal("dropped", ended.Text("state"));
        var tunables = await served.WoJsonAsync("tunables");
        Assert.All(tunables.Items("tunables"), tunable => Assert.Equal(tunable.Text("default"), tunable.Text("kept")));
    }

    private static async Task<ServedRepository> CreateAsync()
    {
        var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.WriteChange(root, "add-search", 1);
            return Task.CompletedTask;
        });
        served.Environment["WO__QUESTION_ROUTING__MAX_CONCURRENT_QUESTIONS"] = "1";
        served.Environment["WO__FEEDBACK_LOOP__ANALYSIS_INTERVAL"] = "5";
        return served;
    }

    private static async Task<ModelContextProtocol.Protocol.CallToolResult> AnswerAsync(JsonNode arguments, CancellationToken cancellationToken)
    {
        await Task.Delay(s_service, cancellationToken);
        return FakeMcpOrchestrator.Structured(new JsonObject { ["answer"] = "Ten.", ["confidence"] = 0.95, ["evidence"] = new JsonArray(), ["agent_id"] = "librarian" });
    }

    private static async Task<JsonElement> UntilAsync(ServedRepository served, QuestionLoad load, Func<JsonElement, bool> wanted)
    {
        JsonElement? found = null;
        await Eventually.HoldsAsync(
            "an improvement is as expected",
            async () =>
            {
                load.ThrowIfFailed();
                found = (await served.CallAsync("list_improvements")).Items("improvements").Select(item => (JsonElement?)item).FirstOrDefault(item => wanted(item!.Value));
                return found is not null;
            },
            () => served.CallAsync("analyze_feedback").GetAwaiter().GetResult().GetRawText());
        return found!.Value;
    }

    /// <summary>Asks new questions so that there are always some waiting.</summary>
    private sealed class QuestionLoad : IAsyncDisposable
    {
        private const int Waiting = 12;

        private readonly CancellationTokenSource _stopping = new();
        private readonly Task _running;

        public QuestionLoad(string socket, FakeMcpOrchestrator agents)
        {
            var inner = agents.OnAskAgent;
            var answered = 0;
            agents.OnAskAgent = async (arguments, token) =>
            {
                var result = await inner(arguments, token);
                Interlocked.Increment(ref answered);
                return result;
            };
            _running = Task.Run(() => RunAsync(socket, () => Volatile.Read(ref answered)));
        }

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

        private async Task RunAsync(string socket, Func<int> answered)
        {
            await using var client = await DaemonClient.ConnectAsync(socket, "load", _stopping.Token);
            for (var asked = 0; !_stopping.IsCancellationRequested; asked++)
            {
                while (asked - answered() >= Waiting)
                    await Task.Delay(10, _stopping.Token);
                // No two are alike: an answer is not reused.
                var subject = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(12));
                var reply = await client.CallAsync("ask_question", new JsonObject { ["question"] = $"How many {subject[..8]} may {subject[8..16]} hold in {subject[16..]}?" }, TimeSpan.FromSeconds(30), _stopping.Token);
                if (reply is DaemonReply.Failed failed)
                    throw new InvalidOperationException(failed.Message);
            }
        }
    }
}
