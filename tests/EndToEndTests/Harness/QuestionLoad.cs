using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workflow.Commands;
using Workflow.Mcp;

namespace EndToEndTests.Harness;

/// <summary>Asks an agent new questions so that there are always some waiting.</summary>
internal sealed class QuestionLoad : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    /// <summary>Begins.</summary>
    /// <param name="socket">The daemon's socket.</param>
    /// <param name="waiting">Questions that are open at most.</param>
    /// <param name="watch">Is told the state of the first improvement before each round of new questions: nothing is asked meanwhile.</param>
    public QuestionLoad(string socket, int waiting = 16, Action<string>? watch = null) => _running = Task.Run(() => RunAsync(socket, waiting, watch));

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

    private async Task RunAsync(string socket, int waiting, Action<string>? watch)
    {
        await using var client = await DaemonClient.ConnectAsync(socket, "load", _stopping.Token);
        while (true)
        {
            var status = await CallAsync(client, "get_status", []);
            if (watch is not null && (await CallAsync(client, "list_improvements", [])).Items("improvements").Select(item => item.Text("state")).LastOrDefault() is { } state)
                watch(state);
            var questions = status.GetProperty("questions");
            for (var open = questions.Number("open") + questions.Number("routing"); open < waiting; open++)
            {
                var word = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)); // no two are alike: an answer is not reused
                await CallAsync(client, "ask_question", new JsonObject { ["question"] = $"How many {word[..8]} may {word[8..16]} hold in {word[16..]}?", ["agent_id"] = "desk" });
            }

            await Task.Delay(s_pause, _stopping.Token);
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
