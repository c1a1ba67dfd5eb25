using Workflow.Storage;

namespace Workflow.Tests.Storage;

public sealed class InboxTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task ReadAll_Start_BeginsWithTheUnfinishedWorkOfTheStore()
    {
        var inbox = new Inbox<string>(4, () => ["a", "b"]);
        inbox.Nudge("c");

        Assert.Equal(["a", "b", "c"], await TakeAsync(inbox, 3));
    }

    [Fact]
    public async Task Nudge_SameKeyTwice_WaitsOnce()
    {
        var inbox = new Inbox<string>(4, () => []);
        inbox.Nudge("a");
        inbox.Nudge("a");
        inbox.Nudge("b");

        Assert.Equal(2, inbox.Count);
        Assert.Equal(["a", "b"], await TakeAsync(inbox, 2));
    }

    [Fact]
    public async Task Nudge_OverCapacity_AsksTheStoreAgainInsteadOfLosing()
    {
        var calls = 0;
        var inbox = new Inbox<string>(2, () => ++calls == 1 ? [] : ["c"]);
        inbox.Nudge("a");
        await using var reading = inbox.ReadAllAsync(() => { }, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await reading.MoveNextAsync().AsTask().WaitAsync(Patience));
        inbox.Nudge("b");
        inbox.Nudge("x");
        inbox.Nudge("c"); // does not fit: dropped, and remembered as an overflow

        var seen = new List<string> { reading.Current };
        while (seen[^1] != "c" && await reading.MoveNextAsync().AsTask().WaitAsync(Patience))
            seen.Add(reading.Current);

        Assert.Equal(["a", "b", "x", "c"], seen);
    }

    [Fact]
    public async Task ReadAll_KeyTakenAndNudgedAgain_ComesAgain()
    {
        var inbox = new Inbox<int>(2, () => []);
        inbox.Nudge(1);
        await using var reading = inbox.ReadAllAsync(() => { }, CancellationToken.None).GetAsyncEnumerator();
        await reading.MoveNextAsync().AsTask().WaitAsync(Patience);
        inbox.Nudge(1);

        Assert.True(await reading.MoveNextAsync().AsTask().WaitAsync(Patience));
        Assert.Equal(1, reading.Current);
    }

    private static async Task<List<T>> TakeAsync<T>(Inbox<T> inbox, int count)
        where T : notnull
    {
        using var patience = new CancellationTokenSource(Patience);
        var taken = new List<T>();
        await foreach (var key in inbox.ReadAllAsync(() => { }, patience.Token))
        {
            taken.Add(key);
            if (taken.Count == count)
                break;
        }

        return taken;
    }
}
