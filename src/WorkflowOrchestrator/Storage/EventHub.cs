namespace Workflow.Storage;

/// <summary>
/// Tells the services of this process what has been committed. Handlers run on the committing caller and may only nudge an inbox:
/// they neither wait nor throw.
/// </summary>
internal sealed class EventHub
{
    private readonly Lock _gate = new();
    private Action<WorkflowEvent>? _handlers;

    /// <summary>Registers a handler; dispose the result to unregister.</summary>
    public IDisposable Subscribe(Action<WorkflowEvent> handler)
    {
        lock (_gate)
        {
            _handlers += handler;
        }

        return new Subscription(() => Unsubscribe(handler));
    }

    public void Publish(IReadOnlyList<WorkflowEvent> events)
    {
        if (Volatile.Read(ref _handlers) is not { } handlers)
            return;
        foreach (var committed in events)
            handlers(committed);
    }

    private void Unsubscribe(Action<WorkflowEvent> handler)
    {
        lock (_gate)
        {
            _handlers -= handler;
        }
    }

    private sealed class Subscription(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
