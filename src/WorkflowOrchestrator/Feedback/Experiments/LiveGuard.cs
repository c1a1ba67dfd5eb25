using Workflow.Feedback.Statistics;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Experiments;

/// <summary>Watches the work under a value that was put in force: each piece of work that is done goes into the <see cref="Rollout"/>.</summary>
internal sealed class LiveGuard : IDisposable
{
    private readonly Tunable _tunable;
    private readonly IDisposable _subscription;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private Rollout _rollout;

    public LiveGuard(EventHub events, Tunable tunable, double baseline)
    {
        (_tunable, _rollout) = (tunable, Rollout.Start(baseline));
        _subscription = events.Subscribe(OnEvent);
    }

    /// <summary>What the guard knows.</summary>
    public Rollout Rollout
    {
        get
        {
            lock (_gate)
            {
                return _rollout;
            }
        }
    }

    public void Dispose() => _subscription.Dispose();

    private void OnEvent(WorkflowEvent happened)
    {
        var (sign, key) = WorkMeter.Read(_tunable, happened);
        if (sign is WorkSign.None or WorkSign.Came)
            return;
        lock (_gate)
        {
            if (_rollout.Phase == RolloutPhase.Canary && _tunable.Class == TunableClass.Quality && !CanaryShare.Takes(key))
                return; // made under the value before
            if (sign == WorkSign.Done)
                _rollout = _rollout.Add(_failed.Remove(key));
            else if (WorkMeter.IsOneOfSeveral(_tunable))
                _failed.Add(key); // a question that failed on one route is done when another, or the human, has it
            else
                _rollout = _rollout.Add(failed: true);
        }
    }
}
