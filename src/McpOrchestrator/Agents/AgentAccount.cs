namespace McpOrchestrator.Agents;

/// <summary>An agent's health: what <see cref="AgentListing"/> tells, and how it did since the start.</summary>
/// <param name="Answered">Questions that it answered.</param>
/// <param name="Unknown">Questions to which it said that it does not know.</param>
/// <param name="Failed">Questions that ended in a fault.</param>
/// <param name="TimedOut">Questions that were not answered in time.</param>
/// <param name="Refused">Questions that were not let in: too many, or the agent not available.</param>
/// <param name="MeanMs">Time of an answer in milliseconds: moving mean over about the last twenty; null before the first.</param>
/// <param name="LastAnswerAt">When it last answered, or said that it does not know.</param>
/// <param name="LastErrorAt">When the last fault was.</param>
/// <param name="LastError">What it was.</param>
/// <param name="Restarts">How often what it stands on had to be started again.</param>
internal sealed record AgentReport(
    string Id, string Kind, string Description, IReadOnlyList<string> Capabilities, string Status, int Load, string? Problem, int MaxInFlight, int MaxPerMinute,
    long Answered, long Unknown, long Failed, long TimedOut, long Refused, double? MeanMs, DateTimeOffset? LastAnswerAt, DateTimeOffset? LastErrorAt, string? LastError, int Restarts);

/// <summary>Counts how an agent does.</summary>
internal sealed class AgentAccount(TimeProvider timeProvider)
{
    private const double NewestShare = 0.1;

    private readonly Lock _gate = new();
    private long _answered;
    private long _unknown;
    private long _failed;
    private long _timedOut;
    private long _refused;
    private double? _meanMs;
    private DateTimeOffset? _lastAnswerAt;
    private DateTimeOffset? _lastErrorAt;
    private string? _lastError;

    internal string? LastError
    {
        get
        {
            lock (_gate) return _lastError;
        }
    }

    internal void Answered(bool isKnown, TimeSpan took)
    {
        lock (_gate)
        {
            if (isKnown) _answered++;
            else _unknown++;
            _meanMs = _meanMs is { } mean ? mean + (NewestShare * (took.TotalMilliseconds - mean)) : took.TotalMilliseconds;
            _lastAnswerAt = timeProvider.GetUtcNow();
        }
    }

    internal void Failed(string error)
    {
        lock (_gate)
        {
            _failed++;
            Note(error);
        }
    }

    internal void TimedOut(string error)
    {
        lock (_gate)
        {
            _timedOut++;
            Note(error);
        }
    }

    internal void Refused()
    {
        lock (_gate) _refused++;
    }

    internal AgentReport Report(AgentListing listing, AgentLimits limits, int restarts)
    {
        lock (_gate)
        {
            return new AgentReport(
                listing.Id, listing.Kind, listing.Description, listing.Capabilities, listing.Status, listing.Load, listing.Problem, limits.InFlight, limits.PerMinute,
                _answered, _unknown, _failed, _timedOut, _refused, _meanMs is { } mean ? Math.Round(mean, 1) : null, _lastAnswerAt, _lastErrorAt, _lastError, restarts);
        }
    }

    private void Note(string error)
    {
        const int longest = 300;
        _lastError = error.Length <= longest ? error : error[..longest];
        _lastErrorAt = timeProvider.GetUtcNow();
    }
}
