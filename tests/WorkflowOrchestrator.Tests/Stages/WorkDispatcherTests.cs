using System.Collections.Concurrent;
using Workflow.Hosting.Tunables;
using Workflow.Scheduling;

namespace Workflow.Tests.Stages;

public sealed class WorkDispatcherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Post_WhileRunning_RunsOnceMoreAfterwardsAndNeverTwiceAtATime()
    {
        var started = new SemaphoreSlim(0);
        var go = new SemaphoreSlim(0);
        int runs = 0, inside = 0, most = 0;
        using var dispatcher = new WorkDispatcher<string>(new AdjustableSlots(4), async (_, token) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            started.Release();
            await go.WaitAsync(token);
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref runs);
        });
        await dispatcher.PostAsync("a", CancellationToken.None);
        Assert.True(await started.WaitAsync(Patience));
        await dispatcher.PostAsync("a", CancellationToken.None);
        await dispatcher.PostAsync("a", CancellationToken.None);
        go.Release(2);
        await dispatcher.DrainAsync().WaitAsync(Patience);

        Assert.Equal(2, runs);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Post_OverTheLimit_WaitsForASlot()
    {
        var go = new TaskCompletionSource();
        using var dispatcher = new WorkDispatcher<int>(new AdjustableSlots(1), (_, _) => go.Task);
        await dispatcher.PostAsync(1, CancellationToken.None);
        var second = dispatcher.PostAsync(2, CancellationToken.None);

        Assert.False(second.IsCompleted);
        go.SetResult();
        await second.WaitAsync(Patience);
        await dispatcher.DrainAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Restart_WhileRunning_CancelsAndStartsOver()
    {
        var tokens = new ConcurrentQueue<bool>();
        var first = new TaskCompletionSource();
        using var dispatcher = new WorkDispatcher<string>(new AdjustableSlots(1), async (_, token) =>
        {
            if (first.TrySetResult())
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, token);
                }
                finally
                {
                    tokens.Enqueue(token.IsCancellationRequested);
                }
            }

            tokens.Enqueue(token.IsCancellationRequested);
        });
        await dispatcher.PostAsync("a", CancellationToken.None);
        await first.Task.WaitAsync(Patience);
        dispatcher.Restart("a");
        await dispatcher.DrainAsync().WaitAsync(Patience);

        Assert.Equal([true, false], tokens);
    }

    [Fact]
    public async Task Work_Throws_FailureTellsTheOwnerAndTheSlotIsFree()
    {
        using var dispatcher = new WorkDispatcher<int>(new AdjustableSlots(1), (key, _) => key == 1 ? throw new InvalidOperationException("lost store") : Task.CompletedTask);
        await dispatcher.PostAsync(1, CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(() => dispatcher.Failure.WaitAsync(Patience));
        await dispatcher.PostAsync(2, CancellationToken.None).WaitAsync(Patience);
        await dispatcher.DrainAsync().WaitAsync(Patience);
    }
}
