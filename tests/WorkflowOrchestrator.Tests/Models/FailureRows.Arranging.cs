using Microsoft.Extensions.AI;
using Platform.Models;
using Platform.Models.Recording;
using Testing.Models;

namespace Workflow.Tests.Models;

internal static partial class FailureRows
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private static Action<ModelSimulator> Says(params SimulatedReply[] replies) => server => server.Script(replies);

    private static Action<ModelSimulator> Always(SimulatedReply reply) => server => server.Default = reply;

    private static Action<ModelOutcome, ModelSimulator> Answer(Action<ModelAnswer> check) => (outcome, _) => check(Assert.IsType<ModelOutcome.Answered>(outcome).Answer);

    private static Action<ModelOutcome, ModelSimulator> Message(string part) => (outcome, _) => Assert.Contains(part, Assert.IsType<ModelOutcome.Failed>(outcome).Failure.Message);

    private static Action<ModelOutcome, ModelSimulator> Sent(Action<string> check, string absent) => (_, server) =>
    {
        foreach (var request in server.Requests.Select(request => request.Body.GetRawText()))
        {
            check(request);
            Assert.DoesNotContain(absent, request);
        }
    };

    private static async Task<ModelOutcome> ManyAsync(ModelServer server, int calls, string prompt = "Is it good?")
    {
        var request = new ModelRequestOptions("test") { Schema = FailureRow.Schema, MaxOutputTokens = 64 };
        var outcomes = await Task.WhenAll(Enumerable.Range(0, calls).Select(number => server.Client.AskAsync([new ChatMessage(ChatRole.User, $"{number} {prompt}")], request, CancellationToken.None)));
        return outcomes.FirstOrDefault(outcome => outcome is ModelOutcome.Failed) ?? outcomes[0];
    }

    // The second call has the one slot only when the grace is over; until then the server would only let it wait.
    private static async Task<ModelOutcome> AbandonedAsync(ModelServer server, ModelSimulator simulator)
    {
        var row = new FailureRow("", "", null, 0, _ => { });
        using var hangUp = new CancellationTokenSource();
        var first = row.AskAsync(server, hangUp.Token);
        await Testing.Eventually.HoldsAsync("the server reads", () => simulator.Requests.Count == 1);
        var hungUp = System.Diagnostics.Stopwatch.GetTimestamp();
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        simulator.Default = Replies.Obedient();
        var second = await row.AskAsync(server);
        Assert.IsType<ModelOutcome.Answered>(second);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(hungUp) >= s_grace - TimeSpan.FromMilliseconds(100));
        return new ModelOutcome.Failed(new ModelFailure(ModelFailureKind.FirstTokenTimeout, "hung up; the next call waited for the grace"));
    }

    // Three attempts of one call do not open the circuit, and a second call after them may find the model not ready: its test request has failed by then.
    // Two calls that are under way together fail four times for certain.
    private static async Task<ModelOutcome> UntilOpenAsync(ModelServer server, ModelSimulator simulator)
    {
        simulator.Canary = Replies.Body(500, ""); // otherwise the test request, which works, closes the circuit
        var row = new FailureRow("", "", null, 0, _ => { });
        var outcomes = await Task.WhenAll(row.AskAsync(server), row.AskAsync(server));
        return outcomes.FirstOrDefault(outcome => outcome is ModelOutcome.Failed { Failure.Kind: ModelFailureKind.CircuitOpen }) ?? outcomes[0];
    }

    private static async Task<ModelOutcome> ReplayAsync(ModelServer server, ModelSimulator simulator)
    {
        var model = Assert.IsType<ModelState.Ready>(server.Inventory.Current).Model;
        var other = new RecordedExchange(DateTimeOffset.UnixEpoch, "run", "test", 1, model, "no such key", "{}", 200, "application/json", "{}", false, null, false, 1);
        using var replay = ExchangeReplay.Serve([other], TimeProvider.System);
        return await new FailureRow("", "", null, 0, _ => { }).AskAsync(replay);
    }
}
