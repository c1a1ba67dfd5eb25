using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Workflow.Storage;

/// <summary>
/// The inbox of one service: nudges with keys of work whose truth is in the store. A key waits at most once; when the inbox is full the
/// reader asks the store for its unfinished work instead, so a nudge can be dropped and nothing is lost.
/// </summary>
internal interface IInbox<T>
    where T : notnull
{
    /// <summary>Says that there may be work for <paramref name="key"/>. Never waits.</summary>
    void Nudge(T key);

    /// <summary>First the unfinished work of the store, then keys as they come; after an overflow the unfinished work again.</summary>
    /// <param name="heartbeat">Called at least every <see cref="Inbox{T}.HeartbeatInterval"/>, also while nothing comes: waiting for work is not hanging.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<T> ReadAllAsync(Action heartbeat, CancellationToken cancellationToken);

    /// <summary>Keys waiting, for metrics.</summary>
    int Count { get; }
}

/// <inheritdoc cref="IInbox{T}"/>
/// <param name="capacity">Distinct keys that may wait; the owner writes the reason beside its field.</param>
/// <param name="unfinished">Reads the keys of unfinished work from the store.</param>
internal sealed class Inbox<T>(int capacity, Func<IReadOnlyList<T>> unfinished) : IInbox<T>
    where T : notnull
{
    /// <summary>Longest time between two heartbeats of a reader that waits.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);

    private readonly Channel<T> _channel = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly HashSet<T> _waiting = [];
    private readonly Lock _gate = new();
    private bool _overflowed = true; // the first read asks the store

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public void Nudge(T key)
    {
        lock (_gate)
        {
            if (_waiting.Contains(key))
                return;
            if (_channel.Writer.TryWrite(key))
                _waiting.Add(key);
            else
                _overflowed = true; // the channel is full, so the reader will come by and look
        }
    }

    public async IAsyncEnumerable<T> ReadAllAsync(Action heartbeat, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            heartbeat();
            if (TakeOverflow())
            {
                foreach (var key in unfinished())
                    yield return key;
            }

            while (TryTake(out var key))
            {
                cancellationToken.ThrowIfCancellationRequested();
                heartbeat();
                yield return key;
            }
        }
        while (HasOverflow() || await WaitAsync(heartbeat, cancellationToken));
    }

    private async Task<bool> WaitAsync(Action heartbeat, CancellationToken cancellationToken)
    {
        var arrival = _channel.Reader.WaitToReadAsync(cancellationToken).AsTask();
        while (!arrival.IsCompleted)
        {
            using var interval = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(arrival, Task.Delay(HeartbeatInterval, interval.Token));
            await interval.CancelAsync();
            heartbeat();
        }

        return await arrival;
    }

    private bool TryTake(out T key)
    {
        lock (_gate)
        {
            if (!_channel.Reader.TryRead(out key!))
                return false;
            _waiting.Remove(key);
            return true;
        }
    }

    private bool TakeOverflow()
    {
        lock (_gate)
        {
            (var overflowed, _overflowed) = (_overflowed, false);
            return overflowed;
        }
    }

    private bool HasOverflow()
    {
        lock (_gate)
        {
            return _overflowed;
        }
    }
}
