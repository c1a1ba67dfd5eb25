using System.Globalization;
using Workflow.Documents;
using Workflow.Feedback.Improvements;
using Workflow.Feedback.Statistics;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Experiments;

/// <summary>
/// Takes improvements on: its change is written → it is tried → put in force under guard → kept, or dropped, or taken back → the verdict is written into the change →
/// the change is archived. What is in memory (the trial, the guard) begins again after a restart; what is stored is never ahead of what is in force.
/// </summary>
internal sealed class ExperimentRunner(
    EventHub events,
    ImprovementStore improvements,
    ImprovementDesk desk,
    ImprovementWriter writer,
    EnvironmentReader environment,
    TrialFactory trials,
    OrchestratorSettings settings,
    TimeProvider time,
    ILogger<ExperimentRunner> logger) : IDisposable
{
    private readonly Dictionary<string, LiveGuard> _guards = new(StringComparer.Ordinal);
    private (string Improvement, ITrial Trial, long Since, string Environment)? _running;

    /// <summary>Looks at every improvement once. True: one is under way, and the next step may be due soon.</summary>
    public async Task<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        var known = improvements.All();
        foreach (var improvement in known.Reverse())
            await StepAsync(improvement, cancellationToken);
        return known.Any(IsUnderWay);
    }

    private static bool IsUnderWay(Improvement improvement) =>
        improvement.State is ImprovementState.Proposed or ImprovementState.Trying or ImprovementState.Guarded
        || (improvement is { IsEnded: true, Kind: Improvement.TunableKind, Written: < 2 });

    /// <summary>What is being tried now, for people; null when nothing is.</summary>
    public RunningTrial? Running => _running is { } running ? new RunningTrial(running.Improvement, running.Trial.Measured, running.Trial.Most, running.Trial.Unit, running.Trial.Gain) : null;

    public void Dispose()
    {
        EndTrial();
        foreach (var guard in _guards.Values)
            guard.Dispose();
    }

    private Task StepAsync(Improvement improvement, CancellationToken cancellationToken)
    {
        if (improvement.State != ImprovementState.Trying && _running?.Improvement == improvement.Id)
            EndTrial(); // a person has ended it
        return improvement.State switch
        {
            ImprovementState.Proposed => FollowUpdateAsync(improvement, cancellationToken),
            ImprovementState.Waiting when MayTry(improvement) => desk.MoveAsync(improvement, ImprovementState.Trying, null, cancellationToken),
            ImprovementState.Trying => TryAsync(improvement, cancellationToken),
            ImprovementState.Guarded or ImprovementState.Kept when improvement.Kind == Improvement.TunableKind => GuardAsync(improvement, cancellationToken),
            _ => improvement.IsEnded ? FinishAsync(improvement, cancellationToken) : Task.CompletedTask,
        };
    }

    // Proposed: until its change is written.
    private Task FollowUpdateAsync(Improvement improvement, CancellationToken cancellationToken) => writer.Update(improvement) switch
    {
        { State: UpdateState.Applied } => desk.MoveAsync(improvement, MayTry(improvement) ? ImprovementState.Trying : ImprovementState.Waiting, null, cancellationToken),
        { IsEnded: false } => Task.CompletedTask,
        { } ended => desk.MoveAsync(improvement, ImprovementState.Rejected, $"its change was not written: {ended.StateReason ?? ended.State.ToString()}", cancellationToken),
        null => desk.MoveAsync(improvement, ImprovementState.Rejected, "the update that writes its change is not known", cancellationToken),
    };

    private bool MayTry(Improvement improvement) =>
        improvement.Kind == Improvement.TunableKind
        && improvement.TryValue(out _)
        && (improvement.ApprovedBy is not null || (settings.Feedback.AutoApply && improvement.ExpectedGain >= settings.Feedback.ImprovementThreshold));

    // Trying: one at a time, not in quiet hours.
    private async Task TryAsync(Improvement improvement, CancellationToken cancellationToken)
    {
        if (!writer.IsThere(improvement) || !improvement.TryValue(out var value))
        {
            EndTrial(improvement.Id);
            await desk.MoveAsync(improvement, ImprovementState.Rejected, "its change was removed", cancellationToken);
            return;
        }

        if (settings.Feedback.QuietHours?.Contains(TimeOnly.FromDateTime(time.GetLocalNow().DateTime)) == true)
        {
            EndTrial(improvement.Id);
            return;
        }

        if (_running?.Environment is { } before && before != environment.Fingerprint)
            EndTrial(improvement.Id); // another model or server: what was measured says nothing any more
        if (_running is null)
            Begin(improvement, value);
        if (_running is not { } running || running.Improvement != improvement.Id)
            return;
        running.Trial.Advance();
        var verdict = running.Trial.Verdict();
        if (verdict is TrialVerdict.GoOn && time.GetElapsedTime(running.Since) > settings.Feedback.TrialLimit)
            verdict = new TrialVerdict.MustDrop(string.Create(CultureInfo.InvariantCulture, $"undecided after {settings.Feedback.TrialLimit.TotalHours:0.#} hours and {running.Trial.Measured} {running.Trial.Unit}: too little work to measure"), IsHarm: false);
        await DecideAsync(improvement, running.Trial, verdict, cancellationToken);
    }

    private async Task DecideAsync(Improvement improvement, ITrial trial, TrialVerdict verdict, CancellationToken cancellationToken)
    {
        var (gain, baseline, measured) = (trial.Gain, trial.Baseline, trial.Measured);
        switch (verdict)
        {
            case TrialVerdict.MayKeep keep:
                EndTrial(improvement.Id);
                if (await desk.PutInForceAsync(improvement, keep.Why, gain, cancellationToken))
                    _guards[improvement.Id] = new LiveGuard(events, TunableOf(improvement), baseline);
                logger.LogInformation(FeedbackEventIds.Verdict, "{Improvement} is put in force: {Why}", improvement.Id, keep.Why);
                break;
            case TrialVerdict.MustDrop drop:
                EndTrial(improvement.Id);
                await desk.MoveAsync(improvement, ImprovementState.Dropped, drop.Why, cancellationToken, measured > 0 ? gain : null);
                logger.LogInformation(FeedbackEventIds.Verdict, "{Improvement} is dropped: {Why}", improvement.Id, drop.Why);
                break;
        }
    }

    // Guarded: kept after the canary's items; the guard goes on after that.
    private async Task GuardAsync(Improvement improvement, CancellationToken cancellationToken)
    {
        if (improvement.State == ImprovementState.Guarded && !_guards.ContainsKey(improvement.Id))
            _guards[improvement.Id] = new LiveGuard(events, TunableOf(improvement), baseline: 0);
        if (_guards.TryGetValue(improvement.Id, out var guard))
        {
            var rollout = guard.Rollout;
            if (rollout.Phase == RolloutPhase.RolledBack)
                await desk.TakeBackAsync(improvement, $"failures grew after {rollout.Guard.Items} items under the new value", cancellationToken);
            else if (improvement.State == ImprovementState.Guarded && rollout.Phase != RolloutPhase.Canary)
                await desk.KeepAsync(improvement, cancellationToken);
            if (rollout.Phase is RolloutPhase.RolledBack or RolloutPhase.Settled && _guards.Remove(improvement.Id))
                guard.Dispose();
        }

        if (improvement.State == ImprovementState.Kept)
            await FinishAsync(improvement, cancellationToken);
    }

    // Ended: the verdict goes into the change, then the change into the archive.
    private async Task FinishAsync(Improvement improvement, CancellationToken cancellationToken)
    {
        if (improvement.Written == 2 || improvement.Kind != Improvement.TunableKind)
            return;
        if (improvement.Written == 0)
        {
            if (!await writer.WriteVerdictAsync(improvement, cancellationToken))
                await writer.ArchiveAsync(improvement, cancellationToken);
            return;
        }

        switch (writer.Update(improvement)?.State)
        {
            case UpdateState.Superseded:
                await writer.WriteVerdictAsync(improvement, cancellationToken); // a person, or the review, wrote meanwhile
                break;
            case UpdateState.Applied or UpdateState.Refused or UpdateState.Rejected or UpdateState.Withdrawn or UpdateState.Undone or UpdateState.Shadowed or null:
                await writer.ArchiveAsync(improvement, cancellationToken);
                break;
        }
    }

    private void Begin(Improvement improvement, TunableValue value)
    {
        var candidate = improvements.All().Count(other => other.Tunable is not null && other.CreatedAt <= improvement.CreatedAt && other.CreatedAt > improvement.CreatedAt - AlphaSpending.Period);
        _running = (improvement.Id, trials.Begin(value, Math.Max(1, candidate), improvement.ExpectedGain), time.GetTimestamp(), environment.Fingerprint);
        logger.LogInformation(FeedbackEventIds.TrialStarted, "{Improvement} is tried: {Tunable} at {Value}", improvement.Id, value.Tunable, value.Number);
    }

    private void EndTrial(string? improvement = null)
    {
        if (_running is not { } running || (improvement is not null && running.Improvement != improvement))
            return;
        running.Trial.Dispose();
        _running = null;
    }

    private static Tunable TunableOf(Improvement improvement) =>
        Tunable.TryFind(improvement.Tunable, out var tunable) ? tunable : throw new InvalidOperationException($"{improvement.Id} moves no tunable.");
}
