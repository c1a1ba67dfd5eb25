namespace Workflow.Feedback.Analyses;

/// <summary>Questions as a queue: how many wait, how many are being worked on, how long both take (Little's law holds the figures together).</summary>
internal sealed class QuestionFlow
{
    private readonly Dictionary<ulong, (long Asked, bool IsTried)> _open = [];
    private long _lastAt;
    private double _openTime; // questions × milliseconds

    /// <summary>From asking to the begin of the first try, milliseconds.</summary>
    public LogHistogram Wait { get; } = new();

    /// <summary>Questions that came to an end.</summary>
    public int Settled { get; private set; }

    /// <summary>Time of the tries that took any, milliseconds. A try is told after the answer that it brought, so it need not belong to an open question.</summary>
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
        _open[question] = (at, false);
    }

    public void Tried(ulong question, long at, long delay)
    {
        Advance(at);
        if (delay > 0)
            Service.Add(delay);
        if (!_open.TryGetValue(question, out var state) || state.IsTried)
            return;
        Wait.Add(Math.Max(0, at - delay - state.Asked));
        _open[question] = (state.Asked, true);
    }

    public void End(ulong question, long at)
    {
        Advance(at);
        if (_open.Remove(question))
            Settled++;
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
