namespace Workflow.Feedback.Analyses;

/// <summary>Questions as a queue: how many wait, how many are being worked on, how long both take (Little's law holds the figures together).</summary>
internal sealed class QuestionFlow
{
    private readonly Dictionary<ulong, (long Asked, long FirstTried, long Busy)> _open = [];
    private long _lastAt;
    private double _openTime; // questions × milliseconds

    /// <summary>From asking to the begin of the first try, milliseconds.</summary>
    public LogHistogram Wait { get; } = new();

    /// <summary>Time that routes worked on a question, milliseconds.</summary>
    public LogHistogram Service { get; } = new();

    /// <summary>Time during which at least one question was open, milliseconds.</summary>
    public double DemandTime { get; private set; }

    /// <summary>Questions being worked on, on average while any was open.</summary>
    public double InFlight => DemandTime <= 0 ? 0 : Math.Min(Service.Sum, _openTime) / DemandTime;

    /// <summary>Questions waiting for a slot, on average while any was open.</summary>
    public double Waiting => DemandTime <= 0 ? 0 : Math.Max(0, (_openTime - Service.Sum) / DemandTime);

    public void Asked(ulong question, long at)
    {
        Advance(at);
        _open[question] = (at, -1, 0);
    }

    public void Tried(ulong question, long at, long delay)
    {
        Advance(at);
        if (!_open.TryGetValue(question, out var state))
            return;
        var first = state.FirstTried < 0 ? Math.Max(state.Asked, at - delay) : state.FirstTried;
        _open[question] = (state.Asked, first, state.Busy + delay);
    }

    public void Settled(ulong question, long at)
    {
        Advance(at);
        if (!_open.Remove(question, out var state) || state.FirstTried < 0)
            return;
        Wait.Add(state.FirstTried - state.Asked);
        Service.Add(state.Busy);
    }

    // A clock that is set back adds nothing; one that jumps on adds at most an hour.
    private void Advance(long at)
    {
        const long longest = 3_600_000;
        var passed = Math.Clamp(at - _lastAt, 0, longest);
        if (_open.Count > 0)
        {
            DemandTime += passed;
            _openTime += (double)passed * _open.Count;
        }

        _lastAt = at;
    }
}
