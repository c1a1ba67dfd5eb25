using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workflow.Commands;
using Workflow.Mcp;

namespace EndToEndTests.Harness;

/// <summary>
/// A crowd of clients on the daemon's socket that ask, answer and wait while processes die under them, and note what was acknowledged. Nothing is sent
/// twice: what was not acknowledged may have been taken or not, but no more than once.
/// </summary>
internal sealed class StormClients(ServedRepository served, int count, int seed)
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

    private int _answers;

    /// <summary>Text and id of each question that was acknowledged.</summary>
    public ConcurrentDictionary<string, string> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>Texts of questions whose acknowledgement never came.</summary>
    public ConcurrentBag<string> MaybeAsked { get; } = [];

    /// <summary>Text and question id of each answer that was acknowledged.</summary>
    public ConcurrentDictionary<string, string> Answered { get; } = new(StringComparer.Ordinal);

    /// <summary>Texts of answers whose acknowledgement never came.</summary>
    public ConcurrentBag<string> MaybeAnswered { get; } = [];

    /// <summary>What get_answer told: question id and answer.</summary>
    public ConcurrentBag<(string Question, string Answer)> Heard { get; } = [];

    /// <summary>What went wrong that has nothing to do with dying processes.</summary>
    public ConcurrentBag<string> Refusals { get; } = [];

    /// <summary>Runs until cancelled: of ten clients six ask, two answer, two wait.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, count).Select(index => Task.Run(() => RunOneAsync(index, stop), CancellationToken.None)));

    private async Task RunOneAsync(int index, CancellationToken stop)
    {
        var random = new Random(seed + index);
        DaemonClient? client = null;
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            try
            {
                client ??= await DaemonClient.ConnectAsync(served.Socket, $"client-{index}", CancellationToken.None);
                await (index % 10 < 6 ? AskAsync(client, index, turn) : index % 10 < 8 ? AnswerAsync(client, random) : WaitAsync(client, random));
            }
            catch (DaemonUnreachableException)
            {
                if (client is not null)
                    await client.DisposeAsync();
                client = null;
            }

            await Task.Delay(s_pause * (0.5 + random.NextDouble()), CancellationToken.None); // the pace of a crowd, not a wait for anything
        }

        if (client is not null)
            await client.DisposeAsync();
    }

    private async Task AskAsync(DaemonClient client, int index, int turn)
    {
        var text = $"Storm question {turn} of client {index}: who decides about case {index}-{turn}?";
        var arguments = new JsonObject { ["question"] = text, ["wait_seconds"] = turn % 3 == 0 ? 1 : 0 };
        if (await CallAsync(client, "ask_question", arguments, () => MaybeAsked.Add(text)) is { } asked)
            Asked[text] = asked.Text("question_id");
    }

    private async Task AnswerAsync(DaemonClient client, Random random)
    {
        if (Pick(random) is not { } question)
            return;
        var text = $"Answer {Interlocked.Increment(ref _answers)} is the board.";
        if (await CallAsync(client, "submit_answer", new JsonObject { ["question_id"] = question, ["answer"] = text }, () => MaybeAnswered.Add(text)) is not null)
            Answered[text] = question;
    }

    private async Task WaitAsync(DaemonClient client, Random random)
    {
        if (Pick(random) is not { } question)
            return;
        if (await CallAsync(client, "get_answer", new JsonObject { ["question_id"] = question, ["wait_seconds"] = 2 }, () => { }) is { } found && found.Text("answer") is { Length: > 0 } answer)
            Heard.Add((question, answer));
    }

    private string? Pick(Random random)
    {
        var known = Asked.Values.ToArray();
        return known.Length == 0 ? null : known[random.Next(known.Length)];
    }

    private async Task<JsonElement?> CallAsync(DaemonClient client, string tool, JsonObject arguments, Action unacknowledged)
    {
        try
        {
            switch (await client.CallAsync(tool, arguments, s_callTimeout, CancellationToken.None))
            {
                case DaemonReply.Done done:
                    return done.Result;
                case DaemonReply.Failed failed:
                    unacknowledged();
                    Refusals.Add($"{tool}: {failed.Message}");
                    return null;
                default:
                    throw new InvalidOperationException("A reply of a kind that is not known.");
            }
        }
        catch (DaemonUnreachableException)
        {
            unacknowledged();
            throw;
        }
    }
}
