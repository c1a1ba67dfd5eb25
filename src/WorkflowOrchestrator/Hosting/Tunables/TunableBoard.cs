using System.Collections.Immutable;

namespace Workflow.Hosting.Tunables;

/// <summary>
/// The values in force: the user's settings, over them what the feedback loop keeps, over that what it tries at this moment. What is tried is only in memory,
/// so that the process that dies during a trial comes back without it.
/// </summary>
internal sealed class TunableBoard(CurrentSettings settings) : ITunables
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<Tunable, double> _kept = ImmutableDictionary<Tunable, double>.Empty;
    private ImmutableDictionary<Tunable, double> _canaries = ImmutableDictionary<Tunable, double>.Empty;
    private ImmutableDictionary<Tunable, double> _tried = ImmutableDictionary<Tunable, double>.Empty;
    private Action? _changed;

    public int Integer(Tunable tunable) => (int)(Volatile.Read(ref _tried).TryGetValue(tunable, out var tried) ? tried : Kept(tunable));

    public int Integer(Tunable tunable, string item) =>
        Volatile.Read(ref _canaries).TryGetValue(tunable, out var canary) && CanaryShare.Takes(item) ? (int)canary : Integer(tunable);

    /// <summary>The value without what is tried.</summary>
    public double Kept(Tunable tunable) => Volatile.Read(ref _kept).TryGetValue(tunable, out var kept) ? kept : Default(tunable);

    /// <summary>What the user's settings say, as of the last reload.</summary>
    public double Default(Tunable tunable) => tunable.DefaultIn(settings.Snapshot.Settings);

    /// <summary>Whether another value than the kept one is being tried.</summary>
    public bool IsTried(Tunable tunable) => Volatile.Read(ref _tried).ContainsKey(tunable);

    /// <summary>Puts a value in force for good. The caller has stored it.</summary>
    public void Keep(TunableValue value) => Change(() =>
    {
        _kept = _kept.SetItem(value.Tunable, value.Number);
        _canaries = _canaries.Remove(value.Tunable);
        _tried = _tried.Remove(value.Tunable);
    });

    /// <summary>Puts a value in force for one item in five; the caller has stored it.</summary>
    public void Canary(TunableValue value) => Change(() => _canaries = _canaries.SetItem(value.Tunable, value.Number));

    /// <summary>Puts a value in force until <see cref="EndTrial"/> or the end of the process.</summary>
    public void Try(TunableValue value) => Change(() => _tried = _tried.SetItem(value.Tunable, value.Number));

    /// <summary>Back to the kept value.</summary>
    public void EndTrial(Tunable tunable) => Change(() => _tried = _tried.Remove(tunable));

    /// <summary>Back to what the user's settings say.</summary>
    public void Restore(Tunable tunable) => Change(() =>
    {
        _kept = _kept.Remove(tunable);
        _canaries = _canaries.Remove(tunable);
        _tried = _tried.Remove(tunable);
    });

    public IDisposable OnChange(Action handler)
    {
        lock (_gate)
        {
            _changed += handler;
        }

        return new Subscription(() => Unsubscribe(handler));
    }

    private void Change(Action change)
    {
        Action? handlers;
        lock (_gate)
        {
            change();
            handlers = _changed;
        }

        handlers?.Invoke();
    }

    private void Unsubscribe(Action handler)
    {
        lock (_gate)
        {
            _changed -= handler;
        }
    }

    private sealed class Subscription(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
