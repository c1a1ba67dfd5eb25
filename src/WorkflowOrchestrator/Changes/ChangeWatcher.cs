using System.Collections.Concurrent;
using System.Threading.Channels;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Changes;

/// <summary>
/// Turns file events and scans into revisions. Events are hints: they say what to read after a quiet time. Scans are the truth: at the start, after
/// every fault of the watchers, and periodically, so that a save is found even when no event told of it.
/// </summary>
internal sealed class ChangeWatcher(
    OrchestratorSettings settings,
    ITunables tunables,
    ChangeDetector detector,
    WatchStation station,
    GitIndexLock gitIndex,
    ChangeReporter reporter,
    Readiness readiness,
    IStore store,
    ServiceSupervisor supervisor,
    TimeProvider time) : SupervisedService(supervisor), IHintSink
{
    // The loop runs at least this often: a sign of life for the supervisor.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);

    // While git writes the tree.
    private static readonly TimeSpan GitPause = TimeSpan.FromMilliseconds(50);

    // So many incidents in a row without a single event mean that there are none to be had.
    private const int SilentIncidents = 3;

    private static readonly HashSet<ChangeId> Nothing = [];

    // "Wake up" says all, so one is enough and another is dropped.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly DirtyChanges _dirty = new();
    private readonly ChangeWaiters _waiters = new();
    private readonly ConcurrentQueue<TaskCompletionSource> _requests = new();
    private readonly TaskCompletionSource _firstScan = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _origin = time.GetTimestamp();
    private Exception? _broken;
    private volatile bool _anyHint;
    private int _silentIncidents;
    private TimeSpan _nextReconcile;
    private TimeSpan _nextTrial;
    private TimeSpan _lastScan;

    protected override string Name => nameof(ChangeWatcher);

    /// <summary>Completes when all changes present at the start are in the store.</summary>
    public Task FirstScan => _firstScan.Task;

    private SettlePolicy Settle => SettlePolicy.For(TimeSpan.FromMilliseconds(tunables.Integer(Tunable.SettleMilliseconds)));

    private TimeSpan Now => time.GetElapsedTime(_origin);

    private TimeSpan ReconcileInterval => station.Fault is null
        ? settings.Connection.ReconcileInterval
        : PollingPolicy.Interval(_lastScan, settings.Connection.ReconcileInterval);

    /// <summary>Reads everything at once, without waiting for a quiet time. What is on disk at the call is in the store when the task completes.</summary>
    public async Task ScanNowAsync(CancellationToken cancellationToken)
    {
        var request = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Enqueue(request);
        Wake();
        await request.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Completes when this change has been quiet and read: the store then knows what was on disk after the call. For readers that met something else
    /// than the store told them, such as half a save.
    /// </summary>
    public async Task SettledAsync(ChangeId id, CancellationToken cancellationToken)
    {
        var read = _waiters.Add(id);
        if (_dirty.Mark(id, Now, isAnnounced: true))
            Wake();
        await read.WaitAsync(cancellationToken);
    }

    public void Touched(ChangeId id)
    {
        _anyHint = true;
        if (_dirty.Mark(id, Now, isAnnounced: true))
            Wake();
    }

    public void TreeTouched()
    {
        _anyHint = true;
        if (_dirty.MarkEverything(Now, isAnnounced: true))
            Wake();
    }

    public void Broken(Exception error)
    {
        Volatile.Write(ref _broken, error);
        Wake();
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var alarm = time.CreateTimer(static watcher => ((ChangeWatcher)watcher!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            // Watch first, then scan: what happens in between is in both.
            Arm();
            reporter.FirstScan(await DetectAllAsync(stoppingToken), _lastScan);
            _firstScan.TrySetResult();
            readiness.Met("first_scan");
            while (true)
            {
                Heartbeat();
                await TurnAsync(stoppingToken);
                alarm.Change(SleepTime(), Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(stoppingToken);
            }
        }
        finally
        {
            station.Dispose();
            _firstScan.TrySetCanceled(CancellationToken.None);
            _waiters.Cancel();
            while (_requests.TryDequeue(out var request))
                request.TrySetCanceled(CancellationToken.None);
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _broken, null) is { } error)
            await RecoverAsync(error, cancellationToken);
        await ServeRequestsAsync(cancellationToken);
        await ReadDueAsync(cancellationToken);
        if (Now >= _nextReconcile)
            await ReconcileAsync(cancellationToken);
    }

    private async Task RecoverAsync(Exception error, CancellationToken cancellationToken)
    {
        reporter.Broken(error);
        if (WatchFault.Of(error) is { } fault)
        {
            StartPolling(fault);
            MarkEverythingDue();
        }
        else
        {
            await RearmAsync(error is InternalBufferOverflowException ? "overflow" : error.Message, cancellationToken);
        }
    }

    private async Task ServeRequestsAsync(CancellationToken cancellationToken)
    {
        if (_requests.IsEmpty)
            return;
        var served = new List<TaskCompletionSource>();
        while (_requests.TryDequeue(out var request))
            served.Add(request);
        await RearmIfStaleAsync(cancellationToken);
        await DetectAllAsync(cancellationToken);
        foreach (var request in served)
            request.TrySetResult();
    }

    /// <summary>Reads what has been quiet for long enough.</summary>
    private async Task ReadDueAsync(CancellationToken cancellationToken)
    {
        if (_dirty.NextDue(Settle) is not { } due || due > Now || gitIndex.IsInTheWay(Now))
            return;
        await RearmIfStaleAsync(cancellationToken);
        var batch = _dirty.TakeDue(Settle, Now);
        if (batch.IsEmpty)
            return;
        var leaveOut = batch.Everything is null ? Nothing : _dirty.Waiting();
        var waiting = _waiters.Take(id => batch.Everything is null ? batch.Changes.ContainsKey(id) : !leaveOut.Contains(id));
        if (await DetectAsync(batch.Everything is null ? [.. batch.Changes.Keys] : null, leaveOut, () => gitIndex.CameBetween(Now), cancellationToken) is not { } detection)
        {
            _dirty.PutBack(batch);
            _waiters.PutBack(waiting);
            return;
        }

        waiting.Complete();
        var missed = detection.Deltas.Where(delta => delta is not ChangeDelta.ProblemsChanged && batch.WasMissed(delta.Id)).Select(delta => delta.Id).ToArray();
        if (missed.Length > 0 && station.Fault is null)
            await MissedAsync(missed, cancellationToken);
        else if (station.Fault is null && (FolderLoss.Any(detection) || station.IsStale()))
            await RearmAsync("a folder left the tree or was made", cancellationToken);
    }

    /// <summary>Looks at everything. What is different and was announced by nobody gets its quiet time like any other save, and is read then.</summary>
    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        if (station.Fault is { MayPass: true } && Now >= _nextTrial)
            await TryWatchAgainAsync(cancellationToken);
        await RearmIfStaleAsync(cancellationToken);
        var start = time.GetTimestamp();
        var differences = detector.FindDifferences(cancellationToken);
        _lastScan = time.GetElapsedTime(start);
        if (differences is null)
            _dirty.MarkEverything(Now, isAnnounced: false);
        foreach (var id in differences ?? [])
            _dirty.Mark(id, Now, isAnnounced: false);
        reporter.Watching(station.Fault, ReconcileInterval);
        _nextReconcile = Now + ReconcileInterval;
    }

    private async Task<Detection> DetectAllAsync(CancellationToken cancellationToken) => (await DetectAsync(null, Nothing, static () => false, cancellationToken))!;

    // Null, and nothing recorded, when the tree was disturbed while it was read.
    private async Task<Detection?> DetectAsync(IReadOnlyCollection<ChangeId>? scope, IReadOnlySet<ChangeId> leaveOut, Func<bool> isDisturbed, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var detection = detector.Detect(scope, leaveOut, cancellationToken);
        if (isDisturbed())
            return null;
        await detector.RecordAsync(detection, cancellationToken);
        var took = time.GetElapsedTime(start);
        ChangeInstruments.ScanSeconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("scope", scope is null ? "all" : "some"));
        reporter.Scanned(detection);
        if (scope is null)
        {
            _lastScan = took;
            _nextReconcile = Now + ReconcileInterval;
            reporter.Watching(station.Fault, ReconcileInterval);
        }

        return detection;
    }

    private async Task MissedAsync(ChangeId[] missed, CancellationToken cancellationToken)
    {
        reporter.Missed(missed);
        await store.WriteAsync(transaction => Array.ForEach(missed, id => transaction.Append(new NewEvent(EventTypes.WatcherMissed, id.Value))), cancellationToken);
        _silentIncidents = _anyHint ? 0 : _silentIncidents + 1;
        if (_silentIncidents >= SilentIncidents)
            StartPolling(WatchFault.Silent);
        else
            await RearmAsync("events were missed", cancellationToken);
    }

    private Task RearmIfStaleAsync(CancellationToken cancellationToken) =>
        station.IsStale() ? RearmAsync("a watched folder was replaced or made", cancellationToken) : Task.CompletedTask;

    private async Task RearmAsync(string reason, CancellationToken cancellationToken)
    {
        Arm();
        MarkEverythingDue();
        reporter.Rearmed(reason);
        await store.WriteAsync(transaction => transaction.Append(new NewEvent(EventTypes.WatcherRearmed, Data: new { reason })), cancellationToken);
    }

    private async Task TryWatchAgainAsync(CancellationToken cancellationToken)
    {
        Arm();
        if (station.Fault is null)
            await RearmAsync("file events can be had again", cancellationToken);
    }

    private void Arm()
    {
        _anyHint = false;
        station.Arm(this);
        if (station.Fault is { } fault)
            StartPolling(fault);
    }

    private void StartPolling(WatchFault fault)
    {
        station.Disarm(fault);
        reporter.Polling(fault);
        reporter.Watching(fault, ReconcileInterval);
        _nextReconcile = Now;
        _nextTrial = Now + settings.Connection.ReconcileInterval;
    }

    /// <summary>Everything is read in this turn or the next, and none of it counts as missed: it is known why events may be lacking.</summary>
    private void MarkEverythingDue()
    {
        _dirty.MarkEverything(Now - Settle.MaxWait, isAnnounced: true);
        Wake();
    }

    private TimeSpan SleepTime()
    {
        var now = Now;
        var next = _dirty.NextDue(Settle) is { } due && due < _nextReconcile ? due : _nextReconcile;
        if (next <= now && gitIndex.WasHeld)
            return GitPause;
        return TimeSpan.FromTicks(Math.Clamp((next - now).Ticks, 0, LongestSleep.Ticks));
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
