namespace Workflow.Hosting.Tunables;

/// <summary>
/// A semaphore whose size is a tunable: it grows at once; when it shrinks, what is running ends first and nothing new begins meanwhile. First come, first served.
/// </summary>
internal sealed class AdjustableSlots : IDisposable
{
    private readonly Func<int> _size;
    private readonly IDisposable? _subscription;
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private int _used;

    public AdjustableSlots(ITunables tunables, Tunable size)
    {
        _size = () => tunables.Integer(size);
        _subscription = tunables.OnChange(Admit);
    }

    /// <summary>Slots of a fixed number.</summary>
    public AdjustableSlots(int size) => _size = () => size;

    /// <summary>Slots in use.</summary>
    public int Used
    {
        get
        {
            lock (_gate)
            {
                return _used;
            }
        }
    }

    /// <summary>Takes a slot; false when none became free in time.</summary>
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = Enqueue(turn);
        Admit();
        if (!turn.Task.IsCompleted)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var ended = await Task.WhenAny(turn.Task, Task.Delay(timeout, patience.Token)); // by the real clock, as SemaphoreSlim's own wait
            await patience.CancelAsync();
            if (ended != turn.Task && Leave(place))
            {
                cancellationToken.ThrowIfCancellationRequested();
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes a slot.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Gives a slot back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _used--;
        }

        Admit();
    }

    public void Dispose() => _subscription?.Dispose();

    private LinkedListNode<TaskCompletionSource> Enqueue(TaskCompletionSource turn)
    {
        lock (_gate)
        {
            return _waiting.AddLast(turn);
        }
    }

    // False when the slot was given at the last moment: then it is taken.
    private bool Leave(LinkedListNode<TaskCompletionSource> place)
    {
        lock (_gate)
        {
            if (place.List is null)
                return false;
            _waiting.Remove(place);
            return true;
        }
    }

    private void Admit()
    {
        lock (_gate)
        {
            while (_waiting.First is { } first && _used < _size())
            {
                _waiting.RemoveFirst();
                _used++;
                first.Value.SetResult();
            }
        }
    }
}
