using FsCheck;
using FsCheck.Fluent;
using Platform.Sockets;

namespace McpOrchestrator.Tests.Sockets;

public sealed class BackoffTests
{
    [Fact]
    public void PauseAfter_AnyFailures_StaysBetweenHalfAndWholeAndBelowLongest() =>
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<byte>(), (failures, jitter) =>
        {
            var first = TimeSpan.FromMilliseconds(100);
            var longest = TimeSpan.FromSeconds(5);
            var pause = Backoff.PauseAfter(failures.Get, first, longest, jitter / 255.0);
            return pause <= longest && pause >= first / 2;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 0, 50)]
    [InlineData(1, 1, 100)]
    [InlineData(3, 1, 400)]
    [InlineData(10, 0, 2500)]
    [InlineData(int.MaxValue, 1, 5000)]
    public void PauseAfter_GivenFailures_DoublesUpToLongest(int failures, double jitter, double milliseconds) =>
        Assert.Equal(milliseconds, Backoff.PauseAfter(failures, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), jitter).TotalMilliseconds);
}
