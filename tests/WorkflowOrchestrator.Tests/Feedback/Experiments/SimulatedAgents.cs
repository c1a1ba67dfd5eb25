using System.Collections.Concurrent;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Tests.Feedback.Experiments;

/// <summary>Questions without end, and agents that take their time for each: what the daemon's question routing looks like from the events.</summary>
internal sealed class SimulatedAgents : IAsyncDisposable
{
    private const int Waiting = 12;

    private readonly IStore _store;
    private readonly ITunables _tunables;
    private readonly Func<int, CancellationToken, Task<bool>> _work;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _queue = new();
    private readonly Task _running;
    private int _asked;

    /// <summary>Begins to ask and to answer.</summary>
    /// <param name="work">Answers a question, given how many are in flight; false when it fails.</param>
    public SimulatedAgents(IStore store, ITunables tunables, Func<int, CancellationToken, Task<bool>> work)
    {
        (_store, _tunables, _work) = (store, tunables, work);
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var slots = new AdjustableSlots(_tunables, Tunable.MaxConcurrentQuestions);
        var tasks = new List<Task>();
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                while (_queue.Count < Waiting)
                    await AskAsync();
                await slots.WaitAsync(_stopping.Token);
                _queue.TryDequeue(out var id);
                tasks.RemoveAll(task => task.IsCompletedSuccessfully);
                tasks.Add(AnswerAsync(id!, slots));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(tasks);
    }

    private async Task AskAsync()
    {
        var id = $"q{++_asked}";
        await _store.WriteAsync(transaction => transaction.Append(new NewEvent(EventTypes.QuestionAsked, Subject: id, Data: new { asked_by = "test" })));
        _queue.Enqueue(id);
    }

    private async Task AnswerAsync(string id, AdjustableSlots slots)
    {
        var from = TimeProvider.System.GetTimestamp();
        try
        {
            var answered = await _work(slots.Used, _stopping.Token);
            var delay = (long)TimeProvider.System.GetElapsedTime(from).TotalMilliseconds;
            await _store.WriteAsync(transaction =>
            {
                transaction.Append(new NewEvent(EventTypes.RouteTried, Subject: id, Data: new { route = "agents", outcome = answered ? "Answered" : "Unavailable", delay_ms = delay }));
                transaction.Append(new NewEvent(answered ? EventTypes.QuestionAnswered : EventTypes.QuestionAwaitingHuman, Subject: id, Data: new { route = "agents", delay_ms = delay }));
            });
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
        finally
        {
            slots.Release();
        }
    }
}
