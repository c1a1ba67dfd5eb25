using Testing;
using Workflow.Questions;

namespace Workflow.Tests.Questions;

public sealed class IntakeMeterTests
{
    private readonly FakeTime _time = new();

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public void IsRush_SoManyAtOnce_IsOneUntilTheNextMomentHasPassed(int questions, bool rush)
    {
        var meter = new IntakeMeter(_time);
        for (var i = 0; i < questions; i++)
            meter.Count();
        Assert.Equal(rush, meter.IsRush);
        _time.Advance(TimeSpan.FromMilliseconds(120));
        Assert.Equal(rush, meter.IsRush);
        _time.Advance(TimeSpan.FromMilliseconds(120));
        Assert.False(meter.IsRush);
    }

    [Fact]
    public void IsRush_SteadyStreamOfAHundredASecond_IsNone()
    {
        var meter = new IntakeMeter(_time);
        for (var i = 0; i < 500; i++)
        {
            meter.Count();
            _time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.False(meter.IsRush);
        }
    }

    [Fact]
    public void IsRush_AfterALongPause_IsForgotten()
    {
        var meter = new IntakeMeter(_time);
        for (var i = 0; i < 1000; i++)
            meter.Count();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(meter.IsRush);
    }
}
