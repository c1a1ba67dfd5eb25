using Workflow.Storage;

namespace Workflow.Feedback.Analyses;

/// <summary>
/// What the four analyses work on, made of events in one pass: counts, durations, clusters. Its memory grows with the number of open revisions and questions, not
/// with the number of events. Events about the daemon's own changes are left out: the loop does not feed on itself.
/// </summary>
internal sealed class EventDigest
{
    private readonly ByteKeys _names = new();
    private readonly HashSet<ulong> _own;
    private readonly Dictionary<ulong, (string Stage, long At)> _open = [];
    private readonly Dictionary<ulong, int> _revisions = [];
    private readonly Dictionary<(string, string), RouteFacts> _routes = [];
    private readonly Dictionary<string, LogHistogram> _stages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _usage = new(StringComparer.Ordinal);

    /// <summary>An empty digest.</summary>
    /// <param name="ownChanges">Names of the changes that the feedback loop wrote.</param>
    public EventDigest(IEnumerable<string> ownChanges) => _own = [.. ownChanges.Select(change => ByteKeys.Of(System.Text.Encoding.UTF8.GetBytes(change)))];

    public long FirstId { get; private set; }

    public long LastId { get; private set; }

    public int Events { get; private set; }

    /// <summary>Events that were left out because they are about the daemon's own changes.</summary>
    public int OwnEvents { get; private set; }

    /// <summary>Events that came at an earlier time than the one before them: the clock was set back.</summary>
    public int ClockSteps { get; private set; }

    public long FirstAt { get; private set; }

    public long LastAt { get; private set; }

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public IReadOnlyDictionary<string, LogHistogram> Stages => _stages;

    public IReadOnlyDictionary<(string Route, string Agent), RouteFacts> Routes => _routes;

    /// <summary>How often each thing that the daemon offers was used.</summary>
    public IReadOnlyDictionary<string, int> Usage => _usage;

    public QuestionFlow Questions { get; } = new();

    public ErrorClusters Errors { get; } = new();

    /// <summary>Revisions of each change that has any.</summary>
    public IReadOnlyCollection<int> RevisionsByChange => _revisions.Values;

    /// <summary>Reviews that were under way, or just made, when the change was saved again.</summary>
    public int Overtaken { get; private set; }

    /// <summary>Revisions whose work came to its end.</summary>
    public int Finished { get; private set; }

    /// <summary>Time that calls of reviews to the model took, and time that they waited for their turn before, milliseconds.</summary>
    public (double Calls, double Waits) ModelTime { get; private set; }

    public int Count(string type) => _counts.GetValueOrDefault(type);

    public void Add(in EventBytes e)
    {
        if (!e.Change.IsEmpty && _own.Count > 0 && _own.Contains(ByteKeys.Of(e.Change)))
        {
            OwnEvents++;
            return;
        }

        if (Events++ == 0)
            (FirstId, FirstAt) = (e.Id, e.At);
        else if (e.At < LastAt)
            ClockSteps++;
        (LastId, LastAt) = (e.Id, e.At);
        var type = _names.Name(e.Type);
        _counts[type] = _counts.GetValueOrDefault(type) + 1;
        AddByType(type, in e);
    }

    private void AddByType(string type, in EventBytes e)
    {
        var facts = EventFacts.Read(e.Data);
        switch (type)
        {
            case EventTypes.RevisionDetected or EventTypes.RevisionStage:
                AddStage(type, in e, facts);
                break;
            case EventTypes.ReviewCompleted:
                ModelTime = (ModelTime.Calls + facts.CallMilliseconds, ModelTime.Waits + facts.WaitMilliseconds);
                break;
            case EventTypes.RouteTried:
                AddRoute(in e, facts);
                break;
            case EventTypes.QuestionAsked:
                Questions.Asked(ByteKeys.Of(e.Subject), e.At);
                Use("questions by " + (facts.AskedBy.SequenceEqual("human"u8) ? "people" : _names.Name(facts.AskedBy)));
                break;
            case EventTypes.QuestionAnswered or EventTypes.QuestionAwaitingHuman or EventTypes.QuestionWithdrawn or EventTypes.QuestionExpired:
                Questions.End(ByteKeys.Of(e.Subject), e.At);
                if (type == EventTypes.QuestionAnswered)
                    Use("answers by " + _names.Name(facts.Route));
                break;
            case EventTypes.UpdateApplied or EventTypes.UpdateRejected or EventTypes.UpdateUndone or EventTypes.UpdateApproved:
                Use(type);
                break;
            case EventTypes.UpdateRefused or EventTypes.UpdateWaiting or EventTypes.UpdateSuperseded:
                Errors.Add(type, facts.Why, e.At, e.Id);
                break;
            case EventTypes.WatcherMissed or EventTypes.WatcherRearmed:
                Errors.Add(type, facts.Why, e.At, e.Id);
                break;
        }
    }

    private void AddStage(string type, in EventBytes e, EventFacts facts)
    {
        var change = ByteKeys.Of(e.Change);
        if (type == EventTypes.RevisionDetected && !facts.Restarted)
            _revisions[change] = _revisions.GetValueOrDefault(change) + 1;
        var stage = _names.Name(facts.To.IsEmpty ? facts.Stage : facts.To);
        if (stage.Length == 0)
            return;
        if (stage == "Parked")
            Errors.Add("revision.parked", facts.Why, e.At, e.Id);
        var key = ByteKeys.Of(e.Revision, change);
        if (_open.TryGetValue(key, out var before) && before.Stage != stage)
            Histogram(before.Stage).Add(e.At - before.At);
        if (stage == "Superseded" && type == EventTypes.RevisionStage)
            Overtaken++;
        else if (stage == "Done")
            Finished++;
        if (stage is "Done" or "Superseded")
            _open.Remove(key);
        else
            _open[key] = (stage, e.At);
    }

    private void AddRoute(in EventBytes e, EventFacts facts)
    {
        var key = (_names.Name(facts.Route), _names.Name(facts.Agent));
        if (!_routes.TryGetValue(key, out var route))
            _routes[key] = route = new RouteFacts();
        var outcome = _names.Name(facts.Outcome);
        route.Add(outcome, facts.DelayMilliseconds);
        Questions.Tried(ByteKeys.Of(e.Subject), e.At, facts.DelayMilliseconds);
        if (outcome == "Unavailable")
            Errors.Add($"route.{key.Item1}", facts.Outcome, e.At, e.Id);
    }

    private LogHistogram Histogram(string stage)
    {
        if (!_stages.TryGetValue(stage, out var histogram))
            _stages[stage] = histogram = new LogHistogram();
        return histogram;
    }

    private void Use(string feature) => _usage[feature] = _usage.GetValueOrDefault(feature) + 1;
}

/// <summary>How one route, or one agent of it, did.</summary>
internal sealed class RouteFacts
{
    private readonly Dictionary<string, int> _outcomes = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    public LogHistogram Delay { get; } = new();

    public int Tried => Delay.Count;

    public int Answered => _outcomes.GetValueOrDefault("Answered");

    public void Add(string outcome, long delay)
    {
        _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        Delay.Add(delay);
    }
}
