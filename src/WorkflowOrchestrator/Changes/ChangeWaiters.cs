namespace Workflow.Changes;

/// <summary>Those who wait until a change has been read.</summary>
internal sealed class ChangeWaiters
{
    private readonly Lock _gate = new();
    private List<(ChangeId Id, TaskCompletionSource Read)> _waiting = [];

    public Task Add(ChangeId id)
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((id, read));
        }

        return read.Task;
    }

    /// <summary>Takes those whose change is about to be read; who comes later waits for the next reading.</summary>
    public Taken Take(Func<ChangeId, bool> isRead)
    {
        lock (_gate)
        {
            var taken = _waiting.Where(waiter => isRead(waiter.Id)).ToArray();
            if (taken.Length > 0)
                _waiting = [.. _waiting.Where(waiter => !isRead(waiter.Id))];
            return new Taken(taken);
        }
    }

    /// <summary>Their change could not be read: they wait for the next reading.</summary>
    public void PutBack(Taken taken)
    {
        lock (_gate)
            _waiting.AddRange(taken.Waiters);
    }

    /// <summary>The watcher has ended: nothing will be read any more.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            foreach (var (_, read) in _waiting)
                read.TrySetCanceled(CancellationToken.None);
            _waiting.Clear();
        }
    }

    /// <summary>Waiters whose change is being read.</summary>
    internal sealed class Taken(IReadOnlyList<(ChangeId Id, TaskCompletionSource Read)> waiters)
    {
        public IReadOnlyList<(ChangeId Id, TaskCompletionSource Read)> Waiters => waiters;

        public void Complete()
        {
            foreach (var (_, read) in waiters)
                read.TrySetResult();
        }
    }
}
