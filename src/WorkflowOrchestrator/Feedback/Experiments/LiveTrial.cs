using Workflow.Feedback.Statistics;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Experiments;

/// <summary>
/// A performance experiment on the running daemon: it puts the two values in force in turns (ABBA) and measures how fast work gets done, only while so much is
/// waiting that both values could be used up, or which share of it came to something (<see cref="TunableMeasure"/>); what was begun under the other value does not
/// count. Times come from the monotonic clock: a clock that is set changes nothing. The value that is tried is only in memory (<see cref="TunableBoard.Try"/>).
/// </summary>
internal sealed class LiveTrial : ITrial
{
    // A share of fewer says little; what was begun under the other value is gone after two.
    private const int ShareItems = 10;
    private const int ShareWashout = 2;

    private readonly TunableBoard _board;
    private readonly TunableValue _candidate;
    private readonly TimeProvider _time;
    private readonly IDisposable _subscription;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly bool _isShare;
    private readonly int _saturation;
    private readonly int _blockItems;
    private readonly RateBlock?[] _pair = new RateBlock?[2];
    private BlockTrial _trial;
    private int _block;
    private int _washout;
    private int _done;
    private int _failures;
    private long _from;

    /// <summary>Begins a trial.</summary>
    /// <param name="board">Where the values are put in force.</param>
    /// <param name="events">Where the work is seen.</param>
    /// <param name="candidate">The value that is tried.</param>
    /// <param name="trial">The trial without blocks.</param>
    /// <param name="waiting">Reads the pieces of work that wait already.</param>
    /// <param name="time">The clock.</param>
    public LiveTrial(TunableBoard board, EventHub events, TunableValue candidate, BlockTrial trial, Func<IEnumerable<string>> waiting, TimeProvider time)
    {
        (_board, _candidate, _trial, _time) = (board, candidate, trial, time);
        _isShare = candidate.Tunable.Measure == TunableMeasure.UsefulShare;
        _saturation = _isShare ? ShareWashout : (int)Math.Max(board.Kept(candidate.Tunable), candidate.Number);
        _blockItems = _isShare ? ShareItems : Math.Max(4, 2 * _saturation);
        BeginBlock();
        lock (_gate) // what is committed from now on waits in OnEvent until the list is read: each piece of work is known once
        {
            _subscription = events.Subscribe(OnEvent);
            _waiting.UnionWith(waiting());
        }
    }

    /// <summary>The trial so far.</summary>
    public BlockTrial Trial
    {
        get
        {
            lock (_gate)
            {
                return _trial;
            }
        }
    }

    public int Measured => Trial.Pairs;

    public int Most => BlockTrial.Cap;

    public string Unit => "pairs of blocks";

    public double Gain => Trial.Gain;

    public double Baseline => Trial.FailureShare(TrialArm.Current);

    public TrialVerdict Verdict() => Trial.Verdict();

    /// <summary>Nothing is due: the work itself drives it.</summary>
    public void Advance()
    {
    }

    /// <summary>Ends it: the value before is in force again.</summary>
    public void Dispose()
    {
        _subscription.Dispose();
        lock (_gate)
        {
            _block = -1;
            _board.EndTrial(_candidate.Tunable);
        }
    }

    private void OnEvent(WorkflowEvent happened)
    {
        var (sign, key) = WorkMeter.Read(_candidate.Tunable, happened);
        if (sign == WorkSign.None)
            return;
        lock (_gate)
        {
            if (_block < 0)
                return;
            switch (sign)
            {
                case WorkSign.Came:
                    _waiting.Add(key);
                    break;
                case WorkSign.Failed:
                    _failures++;
                    if (_isShare)
                        AddItem();
                    break;
                default:
                    if (_isShare)
                        AddItem();
                    else if (_waiting.Remove(key))
                        AddDone();
                    break;
            }
        }
    }

    private void AddDone()
    {
        if (_waiting.Count < _saturation)
        {
            BeginBlock(); // not enough work for both values: what was measured says nothing
            return;
        }

        AddItem();
    }

    private void AddItem()
    {
        if (_washout > 0)
        {
            if (--_washout == 0)
                (_from, _done, _failures) = (_time.GetTimestamp(), 0, 0);
            return;
        }

        if (++_done >= _blockItems)
            EndBlock();
    }

    private void EndBlock()
    {
        _pair[(int)BlockTrial.ArmOf(_block)] = _isShare
            ? new RateBlock((_done - _failures + 0.5) / (_done + 1), 0, _done) // never 0, so that an empty block has a ratio too
            : new RateBlock(_done / _time.GetElapsedTime(_from).TotalSeconds, _failures, _done);
        if (_block % 2 == 1)
            _trial = _trial.Add(_pair[(int)TrialArm.Current]!, _pair[(int)TrialArm.Candidate]!);
        _block++;
        BeginBlock();
    }

    private void BeginBlock()
    {
        (_washout, _done, _failures) = (_saturation, 0, 0);
        if (BlockTrial.ArmOf(_block) == TrialArm.Candidate && _trial.Verdict() is TrialVerdict.GoOn)
            _board.Try(_candidate);
        else
            _board.EndTrial(_candidate.Tunable);
    }
}
