using Workflow.Feedback.Replay;
using Workflow.Feedback.Statistics;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Experiments;

/// <summary>Begins the experiment that fits a tunable: blocks of the running work, or items that are done again.</summary>
internal sealed class TrialFactory(IStore store, EventHub events, TunableBoard board, ReplayReviewer replay, OrchestratorSettings settings, TimeProvider time)
{
    private readonly ReplayAllowance _allowance = new(settings.Feedback.MaxReplaysPerDay);

    /// <summary>Begins a trial.</summary>
    /// <param name="value">The value that is tried.</param>
    /// <param name="candidate">Its number within the period, from 1.</param>
    /// <param name="expectedGain">The gain that was promised.</param>
    public ITrial Begin(TunableValue value, int candidate, double expectedGain) => value.Tunable.Class == TunableClass.Quality
        ? new ReplayTrial(replay, board.Kept(value.Tunable), value, candidate, () => !IsBusy() && _allowance.TryTake(time.GetUtcNow()))
        : new LiveTrial(
            board, events, value, BlockTrial.Start(candidate, settings.Feedback.ImprovementThreshold / 2, expectedGain), () => store.Read(reader => WorkMeter.Waiting(reader, value.Tunable)), time);

    private bool IsBusy() => store.Read(reader => reader.First<long>("SELECT count(*) FROM revision WHERE stage IN ('Detected', 'Reviewing', 'Drafting')")) > 0;
}

/// <summary>How many items may be done again in a day: they cost the model's time.</summary>
/// <param name="perDay">Most of them.</param>
internal sealed class ReplayAllowance(int perDay)
{
    private DateOnly _day;
    private int _used;

    /// <summary>Takes one; false when none is left for this day.</summary>
    public bool TryTake(DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        if (day > _day) // a clock that is set back gives no second allowance
            (_day, _used) = (day, 0);
        if (_used >= perDay)
            return false;
        _used++;
        return true;
    }
}
