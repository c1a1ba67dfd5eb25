using Workflow.Feedback.Replay;
using Workflow.Feedback.Statistics;
using Workflow.Hosting.Tunables;

namespace Workflow.Feedback.Experiments;

/// <summary>
/// A quality experiment in the shadow: each item is reviewed under both values, whose order alternates, while nothing else is to be done and the day's allowance lasts.
/// Nothing that anybody sees comes of it.
/// </summary>
/// <param name="reviewer">Reviews the items.</param>
/// <param name="current">The value in force.</param>
/// <param name="candidate">The value that is tried.</param>
/// <param name="candidateNumber">Number of the candidate within the period.</param>
/// <param name="mayWork">Whether there is nothing else to do, and the allowance is not used up.</param>
internal sealed class ReplayTrial(ReplayReviewer reviewer, double current, TunableValue candidate, int candidateNumber, Func<bool> mayWork) : ITrial
{
    private readonly CancellationTokenSource _ending = new();
    private PairedTrial _trial = PairedTrial.Start(candidateNumber);
    private Task<PairedItem?>? _work;
    private int _next;
    private double _current;
    private double _candidate;

    public int Measured => _trial.Items;

    public int Most => ReplayItems.All.Count;

    public string Unit => "items";

    public double Gain => _current <= 0 ? 0 : (_candidate / _current) - 1;

    public double Baseline => 0;

    /// <summary>Every item was reviewed and it is still open: there is nothing more to learn from them.</summary>
    public TrialVerdict Verdict() => _trial.Verdict() is TrialVerdict.GoOn && _next >= ReplayItems.All.Count && _work is null
        ? new TrialVerdict.MustDrop(FormattableString.Invariant($"undecided after all {Measured} items: e-value {_trial.Evidence:0.#}, mean on the held-out items {_trial.HoldOutMean:0.00}"), IsHarm: false)
        : _trial.Verdict();

    public void Advance()
    {
        if (_work is { IsCompleted: true } done)
        {
            _work = null;
            if (done.IsCompletedSuccessfully && done.Result is { } item)
                Add(item);
        }

        if (_work is null && _next < ReplayItems.All.Count && reviewer.IsReady && mayWork())
            _work = reviewer.CompareAsync(ReplayItems.All[_next], current, candidate, candidateFirst: BlockTrial.ArmOf(_next) == TrialArm.Candidate, _ending.Token);
    }

    /// <summary>Until the item that is being reviewed is done; for tests.</summary>
    internal Task WaitAsync() => _work ?? Task.CompletedTask;

    // An item without a measurement (the model went away) is done again.
    private void Add(PairedItem item)
    {
        _trial = _trial.Add(item);
        _current += item.CurrentPasses ? item.Current : 0;
        _candidate += item.CandidatePasses ? item.Candidate : 0;
        _next++;
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ = _work?.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default); // nobody waits for it any more
        _ending.Dispose();
    }
}
