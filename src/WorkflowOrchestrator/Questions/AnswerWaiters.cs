using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>Wakes those who wait for a question to end.</summary>
internal sealed class AnswerWaiters : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Waiter>> _waiting = new(StringComparer.Ordinal);
    private readonly IDisposable _subscription;

    public AnswerWaiters(EventHub events) => _subscription = events.Subscribe(OnEvent);

    /// <summary>Those who wait now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Values.Sum(list => list.Count);
            }
        }
    }

    /// <summary>Questions for whose answer a caller waits at this moment; at most so many.</summary>
    public IReadOnlyList<string> Awaited(int limit)
    {
        lock (_gate)
        {
            return [.. _waiting.Where(pair => pair.Value.Exists(waiter => waiter.IsCaller)).Select(pair => pair.Key).Take(limit)];
        }
    }

    /// <summary>Waits for the end of a question from now on.</summary>
    /// <param name="id">The question.</param>
    /// <param name="isCaller">Whether it is somebody who wants the answer; its question is then routed before others.</param>
    /// <param name="untilHuman">Also wake it when only a human is left.</param>
    public Waiter Register(QuestionId id, bool isCaller = false, bool untilHuman = false)
    {
        var waiter = new Waiter(this, id.Value, isCaller, untilHuman);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(id.Value, out var list))
                _waiting[id.Value] = list = [];
            list.Add(waiter);
        }

        return waiter;
    }

    public void Dispose() => _subscription.Dispose();

    private void OnEvent(WorkflowEvent committed)
    {
        var isEnd = committed.Type is EventTypes.QuestionAnswered or EventTypes.QuestionWithdrawn or EventTypes.QuestionExpired;
        if (committed.Subject is not { } id || (!isEnd && committed.Type != EventTypes.QuestionAwaitingHuman))
            return;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(id, out var list))
                return;
            foreach (var waiter in list.Where(waiter => isEnd || waiter.UntilHuman))
                waiter.Wake();
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(waiter.Id, out var list) && list.Remove(waiter) && list.Count == 0)
                _waiting.Remove(waiter.Id);
        }
    }

    /// <summary>One that waits; dispose it when it no longer does.</summary>
    internal sealed class Waiter(AnswerWaiters owner, string id, bool isCaller, bool untilHuman) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Id => id;

        public bool IsCaller => isCaller;

        public bool UntilHuman => untilHuman;

        public Task Ended => _ended.Task;

        public void Wake() => _ended.TrySetResult();

        public void Dispose() => owner.Remove(this);
    }
}
