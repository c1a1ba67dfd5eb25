namespace Workflow.Hosting;

/// <summary>
/// Gives memory back to the system when the work is done. The runtime collects when something is allocated, so a daemon that rests would keep what its last work
/// needed. While there is work, nothing happens here: a collection that gives memory back makes the next work slower.
/// </summary>
internal sealed class IdleMemory : IHostedService, IDisposable
{
    /// <summary>How often is looked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Who allocates no more than this in an interval rests: heartbeats, probes and scans that find nothing.</summary>
    public const long RestingBytes = 4 * 1024 * 1024;

    /// <summary>Less than this since the last time is not worth a collection.</summary>
    public const long WorthBytes = 8 * 1024 * 1024;

    private readonly TimeProvider _time;
    private readonly Func<long> _allocated;
    private readonly Action _collect;
    private ITimer? _timer;
    private long _seen;
    private long _collectedAt;

    public IdleMemory(TimeProvider time)
        : this(time, static () => GC.GetTotalAllocatedBytes(), static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true))
    {
    }

    /// <summary>With a runtime of the caller's own.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="allocated">Bytes allocated since the start of the process.</param>
    /// <param name="collect">Collects, and gives back what is free.</param>
    internal IdleMemory(TimeProvider time, Func<long> allocated, Action collect) => (_time, _allocated, _collect) = (time, allocated, collect);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _seen = _allocated();
        _timer = _time.CreateTimer(_ => Look(), null, Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        var allocated = _allocated();
        var isResting = allocated - _seen <= RestingBytes;
        _seen = allocated;
        if (!isResting || allocated - _collectedAt < WorthBytes)
            return;
        _collectedAt = allocated;
        _collect();
    }
}
