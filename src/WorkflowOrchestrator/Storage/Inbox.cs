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
    IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Keys waiting, for metrics.</summary>
    int Count { get; }
}

/// <inheritdoc cref="IInbox{T}"/>
/// <param name="capacity">Distinct keys that may wait; the owner writes the reason beside its field.</param>
/// <param name="unfinished">Reads the keys of unfinished work from the store.</param>
internal sealed class Inbox<T>(int capacity, Func<IReadOnlyList<T>> unfinished) : IInbox<T>
    where T : notnull
{
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

    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            if (TakeOverflow())
            {
                foreach (var key in unfinished())
                    yield return key;
            }

            while (TryTake(out var key))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return key;
            }
        }
        while (HasOverflow() || await _channel.Reader.WaitToReadAsync(cancellationToken));
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
