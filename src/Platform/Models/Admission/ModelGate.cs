namespace Platform.Models.Admission;

/// <summary>
/// Lets calls in: no more at a time than the server has slots, and together no more tokens than nine tenths of its context. What is over would wait
/// inside the server, and one call that overflows the shared context aborts all others (lmstudio-bug-tracker#1757).
/// </summary>
internal sealed class ModelGate(TimeProvider time)
{
    private const double UsableShare = 0.9;

    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiting = [];
    private readonly List<string> _warm = [];
    private int _slots = 1;
    private int _limit = int.MaxValue;
    private long _pool = 4096;
    private int _busy;
    private long _tokens;

    /// <summary>Tokens that calls in flight may use together; a single call over it is never let in.</summary>
    public long UsableTokens
    {
        get
        {
            lock (_gate)
                return Usable;
        }
    }

    /// <summary>Calls in flight, tokens in flight, calls that wait.</summary>
    public (int Busy, long Tokens, int Waiting) Load
    {
        get
        {
            lock (_gate)
                return (_busy, _tokens, _waiting.Count);
        }
    }

    private long Usable => (long)(_pool * UsableShare);

    /// <summary>Takes over what the inventory has found. Calls in flight stay counted.</summary>
    public void Configure(int slots, long poolTokens)
    {
        lock (_gate)
        {
            if (poolTokens < _pool || slots < _slots)
                _warm.Clear();
            (_slots, _pool) = (Math.Max(1, slots), poolTokens);
            Pump();
        }
    }

    /// <summary>Lets in no more calls at a time than this, whatever the server could do. What is in flight goes on.</summary>
    public void Limit(int calls)
    {
        lock (_gate)
        {
            _limit = Math.Max(1, calls);
            Pump();
        }
    }

    /// <summary>Waits for the call's turn. Dispose the admission when the call is over.</summary>
    /// <exception cref="ModelCallException">The call alone is larger than the pool.</exception>
    public async Task<ModelAdmission> EnterAsync(ModelLane lane, long tokens, string? prefixKey, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter(lane, tokens, prefixKey);
        lock (_gate)
        {
            _waiting.Add(waiter);
            Pump();
        }

        await using var registration = cancellationToken.Register(() => Leave(waiter, cancellationToken));
        return await waiter.Turn.Task;
    }

    private void Leave(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waiting.Remove(waiter))
            {
                waiter.Turn.TrySetCanceled(cancellationToken);
                Pump(); // it may have held up smaller ones
            }
        }
    }

    private void Pump()
    {
        foreach (var hopeless in _waiting.Where(waiter => waiter.Tokens > Usable).ToList())
        {
            _waiting.Remove(hopeless);
            hopeless.Turn.TrySetException(new ModelCallException(TooLarge(hopeless.Tokens, Usable)));
        }

        while (_busy < Math.Min(_slots, _limit) && _waiting.Count > 0
            && AdmissionPlanner.Next([.. _waiting.Select(waiter => new WaitingCall(waiter.Lane, waiter.Tokens, waiter.PrefixKey, waiter.Overtaken))], Usable - _tokens, _warm) is { } next)
        {
            var waiter = _waiting[next];
            foreach (var passed in _waiting.Take(next).Where(earlier => earlier.Lane == waiter.Lane))
                passed.Overtaken++;
            _waiting.RemoveAt(next);
            _busy++;
            _tokens += waiter.Tokens;
            waiter.Turn.TrySetResult(new ModelAdmission(this, waiter.Tokens, waiter.PrefixKey));
        }
    }

    /// <summary>The failure of a call that cannot fit.</summary>
    public static ModelFailure TooLarge(long tokens, long usable) =>
        new(ModelFailureKind.PromptTooLong, $"about {tokens} tokens are needed for prompt and answer, and {usable} fit the loaded context");

    internal void Warm(string prefixKey)
    {
        lock (_gate)
        {
            _warm.Remove(prefixKey);
            _warm.Add(prefixKey);
            if (_warm.Count > _slots) // a slot remembers one beginning
                _warm.RemoveAt(0);
        }
    }

    internal void Release(long tokens)
    {
        lock (_gate)
        {
            _busy--;
            _tokens -= tokens;
            Pump();
        }
    }

    internal void ReleaseLater(long tokens, TimeSpan grace)
    {
        if (grace <= TimeSpan.Zero)
        {
            Release(tokens);
            return;
        }

        var timer = new Later();
        timer.Timer = time.CreateTimer(
            _ =>
            {
                timer.Timer?.Dispose();
                Release(tokens);
            },
            null,
            grace,
            Timeout.InfiniteTimeSpan);
    }

    private sealed class Later
    {
        public ITimer? Timer { get; set; }
    }

    private sealed class Waiter(ModelLane lane, long tokens, string? prefixKey)
    {
        public ModelLane Lane => lane;

        public long Tokens => tokens;

        public string? PrefixKey => prefixKey;

        public int Overtaken { get; set; }

        public TaskCompletionSource<ModelAdmission> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A call's place in the gate, given back once.</summary>
internal sealed class ModelAdmission(ModelGate gate, long tokens, string? prefixKey)
{
    private int _released;

    /// <summary>The server has read the prompt: calls that begin alike are cheap now.</summary>
    public void PromptRead()
    {
        if (prefixKey is not null)
            gate.Warm(prefixKey);
    }

    /// <summary>Gives the place back, after a grace when the server may still be reading the prompt.</summary>
    public void Release(TimeSpan grace)
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
            gate.ReleaseLater(tokens, grace);
    }
}
