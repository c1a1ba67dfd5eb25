using Testing;
using Workflow.Hosting;

namespace Workflow.Tests.Hosting;

public sealed class IdleMemoryTests
{
    [Fact]
    public async Task Look_WorkThenRest_CollectsOnceAfterTheWork()
    {
        var (time, allocated, collections) = (new FakeTime(), 20_000_000L, 0);
        using var memory = new IdleMemory(time, () => allocated, () => collections++);
        await memory.StartAsync(CancellationToken.None);

        Turn(IdleMemory.RestingBytes + 1); // work
        Assert.Equal(0, collections);
        Turn(1000); // rest: what the start and the work left goes
        Assert.Equal(1, collections);
        for (var i = 0; i < 7; i++)
            Turn(1_000_000); // rest: little by little
        Assert.Equal(1, collections);
        Turn(2_000_000);
        Assert.Equal(2, collections);
        for (var i = 0; i < 10; i++)
            Turn(100_000_000); // work without a pause
        Assert.Equal(2, collections);
        await memory.StopAsync(CancellationToken.None);
        Turn(0);
        Assert.Equal(2, collections);

        void Turn(long bytes)
        {
            allocated += bytes;
            time.Advance(IdleMemory.Interval);
        }
    }
}
