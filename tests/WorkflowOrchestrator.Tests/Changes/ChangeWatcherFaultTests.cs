using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Tests.Changes;

/// <summary>What the watcher does when file events fail, with events that the test controls.</summary>
public sealed class ChangeWatcherFaultTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly WatcherHarness _harness = new();
    private readonly ScriptedHints _hints = new();

    private TempTree Tree => _harness.Tree;

    public Task InitializeAsync() => Task.CompletedTask;

    // What xunit 2 calls: it does not know IAsyncDisposable.
    Task IAsyncLifetime.DisposeAsync() => _harness.DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Start_EventsCanBeHad_IsHealthy()
    {
        await _harness.StartAsync(_hints);

        Assert.Equal(HealthState.Ok, _harness.Health.Find("watcher")!.State);
    }

    [Fact]
    public async Task Overflow_Error_ScansEverythingAndWatchesAnew()
    {
        await _harness.StartAsync(_hints);
        for (var i = 0; i < 20; i++)
            Tree.Write($"change-{i}/proposal.md", "1");

        _hints.Sink.Broken(new InternalBufferOverflowException());

        await _harness.UntilAsync(() => Enumerable.Range(0, 20).All(i => _harness.IsKnown($"change-{i}")));
        Assert.Equal(2, _hints.Watches);
        Assert.Equal(0, _harness.CountOf(EventTypes.WatcherMissed));
        Assert.Equal(1, _harness.CountOf(EventTypes.WatcherRearmed));
    }

    [Fact]
    public async Task SilentWatcher_Save_IsFoundByReconcileAndCounted()
    {
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync(_hints, reconcileSeconds: 0.2);

        Tree.Write("a/proposal.md", "2");

        await _harness.UntilKnownAsync("a");
        await _harness.UntilAsync(() => _harness.CountOf(EventTypes.WatcherMissed) == 1 && _harness.CountOf(EventTypes.WatcherRearmed) == 1);
        Assert.Equal("a", _harness.Events.Single(committed => committed.Type == EventTypes.WatcherMissed).Change);
        Assert.Equal(2, _hints.Watches);
    }

    [Fact]
    public async Task AnnouncedSave_FoundByReconcileFirst_IsNotCounted()
    {
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync(_hints, settleMilliseconds: 2000, reconcileSeconds: 0.05);

        Tree.Write("a/proposal.md", "2");
        _hints.Sink.Touched(ChangeId.Parse("a"));

        await _harness.UntilKnownAsync("a");
        Tree.Write("b/proposal.md", "1");
        _hints.Sink.Touched(ChangeId.Parse("b"));
        await _harness.UntilKnownAsync("b");
        Assert.Equal(0, _harness.CountOf(EventTypes.WatcherMissed));
    }

    [Fact]
    public async Task SilentWatcher_AgainAndAgain_TurnsToPolling()
    {
        await _harness.StartAsync(_hints, reconcileSeconds: 0.1);

        for (var i = 0; i < 3; i++)
        {
            Tree.Write("a/proposal.md", $"{i}");
            await _harness.UntilAsync(() => _harness.CountOf(EventTypes.WatcherMissed) == i + 1);

            // The scan that follows a new watcher must be over: what it finds is not counted. The second call begins after the turn of the first.
            await _harness.Watcher.ScanNowAsync(CancellationToken.None);
            await _harness.Watcher.ScanNowAsync(CancellationToken.None);
        }

        await _harness.UntilAsync(() => _harness.Health.Find("watcher")!.State == HealthState.Degraded);
        Tree.Write("a/proposal.md", "polled");
        await _harness.UntilKnownAsync("a");
        Assert.Equal(3, _harness.CountOf(EventTypes.WatcherMissed));
    }

    [Theory]
    [InlineData(24, "max_user_instances")]
    [InlineData(28, "max_user_watches")]
    public async Task Start_LimitExhausted_PollsAndNamesTheSysctl(int error, string expected)
    {
        _hints.StartError = new IOException("limit", error);
        await _harness.StartAsync(_hints, reconcileSeconds: 0.1);

        var health = _harness.Health.Find("watcher")!;
        Assert.Equal(HealthState.Degraded, health.State);
        Assert.Contains(expected, health.Remedy, StringComparison.Ordinal);
        Tree.Write("a/proposal.md", "1");
        await _harness.UntilKnownAsync("a");

        _hints.StartError = null;
        await _harness.UntilAsync(() => _harness.Health.Find("watcher")!.State == HealthState.Ok);
        Assert.Equal(0, _harness.CountOf(EventTypes.WatcherMissed));
    }

    [Fact]
    public async Task Error_LimitExhaustedLater_PollsToo()
    {
        await _harness.StartAsync(_hints, reconcileSeconds: 0.1);
        _hints.StartError = new IOException("limit", 28);
        Tree.Write("a/proposal.md", "1");

        _hints.Sink.Broken(new IOException("limit", 28));

        await _harness.UntilKnownAsync("a");
        Assert.Equal(HealthState.Degraded, _harness.Health.Find("watcher")!.State);
    }

    [Fact]
    public async Task WriterThatNeverPauses_IsReadNevertheless()
    {
        await _harness.StartAsync(_hints, settleMilliseconds: 1000);
        Tree.Write("a/proposal.md", "1");
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync())
                _hints.Sink.Touched(ChangeId.Parse("a"));
        });

        await _harness.UntilKnownAsync("a");

        await stop.CancelAsync();
        await writer;
    }

    private sealed class ScriptedHints : IFileHints
    {
        private IHintSink? _sink;

        public IHintSink Sink => _sink!;

        public int Watches { get; private set; }

        public IOException? StartError { get; set; }

        public IDisposable Watch(IHintSink sink)
        {
            if (StartError is { } error)
                throw error;
            Watches++;
            _sink = sink;
            return new MemoryStream();
        }
    }
}
