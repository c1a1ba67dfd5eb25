using Workflow.Feedback.Metrics;
using Workflow.Storage;
using Workflow.Tests.Changes;

namespace Workflow.Tests.Feedback;

public sealed class MetricStoreTests : IAsyncLifetime
{
    private readonly Testing.FakeTime _time = new(new DateTimeOffset(2026, 11, 20, 12, 30, 0, TimeSpan.Zero));
    private TempStore _store = null!;
    private MetricStore _metrics = null!;
    private MetricRecorder _recorder = null!;

    public Task InitializeAsync()
    {
        _store = OpenStore(_time);
        _metrics = new MetricStore(_store.Store);
        _recorder = new MetricRecorder(_store.Store, _metrics, _time);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Update_Events_AreInTheirHourOnce()
    {
        await RouteAsync(delay: 2000);
        await _recorder.UpdateAsync(CancellationToken.None);
        await _recorder.UpdateAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromHours(1));
        await RouteAsync(delay: 4000);
        await _recorder.UpdateAsync(CancellationToken.None);

        var windows = _metrics.Read(DateTimeOffset.UnixEpoch).Where(window => window.Key.Name == "route_seconds").ToArray();

        Assert.Equal([new MetricValue(1, 2, 2), new MetricValue(1, 4, 4)], windows.Select(window => window.Value));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), windows[0].Start);
    }

    [Fact]
    public async Task Update_AfterARestart_GoesOnWhereItEnded()
    {
        await RouteAsync(delay: 1000);
        await _recorder.UpdateAsync(CancellationToken.None);
        await RouteAsync(delay: 1000);
        await new MetricRecorder(_store.Store, _metrics, _time).UpdateAsync(CancellationToken.None);

        Assert.Equal(2, _metrics.Totals()[new MetricKey("route_seconds", "agents")].Count);
    }

    [Fact]
    public async Task RollUp_OldWindows_BecomeDaysThenWeeksAndNothingIsLost()
    {
        for (var i = 0; i < 200; i++)
        {
            await RouteAsync(delay: 1000 + i);
            await _recorder.UpdateAsync(CancellationToken.None);
            _time.Advance(TimeSpan.FromHours(12));
        }

        await _metrics.RollUpAsync(_time.GetUtcNow(), CancellationToken.None);

        var windows = _metrics.Read(DateTimeOffset.UnixEpoch).Where(window => window.Key.Name == "route_seconds").ToArray();
        Assert.Equal(200, windows.Sum(window => window.Value.Count));
        Assert.Equal(1.199, windows.Max(window => window.Value.Maximum), 6);
        Assert.Equal(["day", "hour", "week"], windows.Select(window => window.Grain).Distinct().Order(StringComparer.Ordinal));
        Assert.All(windows.Where(window => window.Grain == "week"), window => Assert.Equal(DayOfWeek.Monday, window.Start.DayOfWeek));
        Assert.InRange(windows.Length, 60, 80);
    }

    private Task RouteAsync(int delay) => _store.Store.WriteAsync(transaction =>
        transaction.Append(new NewEvent(EventTypes.RouteTried, Subject: "q", Data: new { route = "agents", outcome = "Answered", delay_ms = delay })));

    private static TempStore OpenStore(TimeProvider time) => new(time);
}
