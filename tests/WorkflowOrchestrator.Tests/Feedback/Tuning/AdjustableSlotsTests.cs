using Workflow.Hosting.Tunables;

namespace Workflow.Tests.Feedback.Tuning;

public sealed class AdjustableSlotsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TunableBoard _board = new(TunableTests.Settings(("question_routing.max_concurrent_questions", "1")));

    [Fact]
    public async Task Grow_WhileOthersWait_LetsThemIn()
    {
        using var slots = new AdjustableSlots(_board, Tunable.MaxConcurrentQuestions);
        await slots.WaitAsync(CancellationToken.None);
        var waiting = Enumerable.Range(0, 3).Select(_ => slots.WaitAsync(s_patience, CancellationToken.None)).ToArray();
        Assert.DoesNotContain(waiting, wait => wait.IsCompleted);

        Try(4);

        Assert.All(await Task.WhenAll(waiting), Assert.True);
        Assert.Equal(4, slots.Used);
    }

    [Fact]
    public async Task Shrink_WhileAllAreUsed_LetsNobodyInUntilEnoughAreFree()
    {
        using var slots = new AdjustableSlots(_board, Tunable.MaxConcurrentQuestions);
        Try(2);
        await slots.WaitAsync(CancellationToken.None);
        await slots.WaitAsync(CancellationToken.None);
        Try(1);
        var next = slots.WaitAsync(s_patience, CancellationToken.None);

        slots.Release();
        Assert.False(next.IsCompleted);
        slots.Release();

        Assert.True(await next);
    }

    [Fact]
    public async Task Wait_Timeout_TakesNoSlot()
    {
        using var slots = new AdjustableSlots(1);
        await slots.WaitAsync(CancellationToken.None);

        Assert.False(await slots.WaitAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None));
        slots.Release();

        Assert.Equal(0, slots.Used);
    }

    [Fact]
    public async Task Wait_Cancelled_TakesNoSlot()
    {
        using var slots = new AdjustableSlots(1);
        await slots.WaitAsync(CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var waiting = slots.WaitAsync(s_patience, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        slots.Release();

        Assert.Equal(0, slots.Used);
    }

    [Fact]
    public async Task ManyAtOnce_NeverMoreThanTheSlots()
    {
        using var slots = new AdjustableSlots(_board, Tunable.MaxConcurrentQuestions);
        Try(3);
        int now = 0, most = 0;
        var gate = new Lock();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            await slots.WaitAsync(CancellationToken.None);
            lock (gate)
            {
                most = Math.Max(most, ++now);
            }

            await Task.Yield();
            lock (gate)
            {
                now--;
            }

            slots.Release();
        }))).WaitAsync(s_patience);

        Assert.InRange(most, 1, 3);
        Assert.Equal(0, slots.Used);
    }

    private void Try(int number)
    {
        Assert.True(Tunable.MaxConcurrentQuestions.TryValue(number, out var value, out _));
        _board.Try(value);
    }
}
