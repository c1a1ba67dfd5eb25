using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>The breaker over the verdicts in the store, and its health. Looked up again after a verdict, and when it may close by the clock.</summary>
internal sealed class BreakerWatch : IDisposable
{
    // Enough to fill the window many times over; older verdicts cannot matter.
    private const int MaxVerdicts = 200;

    private readonly IStore _store;
    private readonly HealthBoard _health;
    private readonly BreakerRule _rule;
    private readonly TimeProvider _time;
    private readonly IDisposable _subscription;
    private readonly Lock _gate = new();
    private int _verdicts;
    private CachedState? _known;

    public BreakerWatch(IStore store, EventHub events, HealthBoard health, OrchestratorSettings settings, TimeProvider time)
    {
        (_store, _health, _time) = (store, health, time);
        _rule = new BreakerRule(settings.Documents.BreakerRate, settings.Documents.BreakerPause);
        _subscription = events.Subscribe(happened =>
        {
            if (happened.Type is EventTypes.UpdateRejected or EventTypes.UpdateUndone or EventTypes.UpdateApproved)
                Interlocked.Increment(ref _verdicts);
        });
    }

    /// <summary>How it stands now.</summary>
    public BreakerState State
    {
        get
        {
            var now = _time.GetUtcNow();
            if (Volatile.Read(ref _known) is var (known, counted) && counted == Volatile.Read(ref _verdicts) && !(known.ClosesAt <= now))
                return known;
            lock (_gate)
            {
                var before = Volatile.Read(ref _verdicts); // what comes while the store is read may not be in it
                var state = UpdateBreaker.Judge(_store.Read(Outcomes), _rule, now);
                Volatile.Write(ref _known, new CachedState(state, before));
                Report(state);
                return state;
            }
        }
    }

    public void Dispose() => _subscription.Dispose();

    private void Report(BreakerState state)
    {
        if (state.IsOpen)
            _health.Report(DocumentHealth.Breaker, HealthState.Degraded, state.Why, "Look at what was rejected (wo updates --state rejected) and taken back; approve what is right.");
        else
            _health.Report(DocumentHealth.Breaker, HealthState.Ok);
    }

    // An undo is an update of its own, which a person wanted: only its event of the update that it took back counts.
    private static IReadOnlyList<UpdateOutcome> Outcomes(IStoreReader view)
    {
        var verdicts = new List<(long Id, UpdateOutcome Outcome)>();
        foreach (var (type, kind) in new[] { (EventTypes.UpdateApplied, VerdictKind.Applied), (EventTypes.UpdateApproved, VerdictKind.Approved), (EventTypes.UpdateRejected, VerdictKind.Rejected), (EventTypes.UpdateUndone, VerdictKind.Undone) })
        {
            verdicts.AddRange(view.Query<VerdictRow>(
                """
                SELECT e.id AS Id, e.at AS At FROM event e JOIN update_plan p ON p.id = e.subject
                WHERE e.type = @Type AND p.undoes IS NULL AND p.kinds <> @Report AND (@Type <> 'update.applied' OR p.decided_by IS NULL) ORDER BY e.id DESC LIMIT @Limit
                """,
                new { Type = type, Report = (long)UpdateKinds.ReviewReport, Limit = MaxVerdicts })
                .Select(row => (row.Id, new UpdateOutcome(DateTimeOffset.FromUnixTimeMilliseconds(row.At), kind))));
        }

        return [.. verdicts.OrderBy(verdict => verdict.Id).Select(verdict => verdict.Outcome)];
    }

    /// <summary>How it stood when so many verdicts had come.</summary>
    private sealed record CachedState(BreakerState State, int Verdicts);

    private sealed class VerdictRow
    {
        public long Id { get; init; }

        public long At { get; init; }
    }
}
