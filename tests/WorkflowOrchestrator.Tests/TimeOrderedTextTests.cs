using Platform.Ids;
using Testing;

namespace Workflow.Tests;

/// <summary>What is made one after the other sorts so, whatever the clock shows.</summary>
public sealed class TimeOrderedTextTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void New_InOneMillisecond_SortsInTheOrderOfMaking(int randomDigits)
    {
        var time = new FakeTime();
        var texts = Enumerable.Range(0, 20_000).Select(_ => TimeOrderedText.New(time, randomDigits)).ToArray();

        Assert.Equal(texts.Order(StringComparer.Ordinal), texts);
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.All(texts, text => Assert.Equal(time.GetUtcNow(), TimeOrderedText.TimeOf(text)));
    }

    [Fact]
    public void New_OfBothLengths_IsOneOrder()
    {
        var time = new FakeTime();
        var texts = Enumerable.Range(0, 1_000).Select(i => TimeOrderedText.New(time, i % 2 == 0 ? 8 : 16)[..18]).ToArray();
        Assert.Equal(texts.Order(StringComparer.Ordinal), texts);
    }

    [Fact]
    public void New_LaterOrWithTheClockSetBack_TellsTheTimeOfItsClock()
    {
        var time = new SetClock();
        foreach (var step in new[] { 0, 1, 1_000, -5_000, 0, 1 })
        {
            time.Now = time.Now.AddMilliseconds(step);
            Assert.Equal(time.Now, TimeOrderedText.TimeOf(TimeOrderedText.New(time, 16).ToUpperInvariant()));
        }
    }

    [Fact]
    public void New_OnManyThreads_IsNeverTheSame()
    {
        var time = new FakeTime();
        var texts = ParallelEnumerable.Range(0, 20_000).Select(_ => TimeOrderedText.New(time, 8)).ToHashSet();
        Assert.Equal(20_000, texts.Count);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(17)]
    public void New_OtherLength_IsRefused(int randomDigits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TimeOrderedText.New(TimeProvider.System, randomDigits));

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
