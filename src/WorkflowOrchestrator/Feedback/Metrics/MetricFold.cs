using Workflow.Feedback.Analyses;
using Workflow.Storage;

namespace Workflow.Feedback.Metrics;

/// <summary>Turns events into metric values by hour. One object folds all events of the process, because a stage's time spans two events. Pure.</summary>
internal sealed class MetricFold
{
    /// <summary>Length of the smallest window, milliseconds.</summary>
    public const long Hour = 3_600_000;

    private readonly ByteKeys _names = new();
    private readonly Dictionary<ulong, (string Stage, long At)> _open = [];
    private Dictionary<(long Hour, MetricKey Key), MetricValue> _values = [];

    /// <summary>Id of the last event folded.</summary>
    public long LastEvent { get; private set; }

    /// <summary>Takes what was folded since the last call.</summary>
    public IReadOnlyDictionary<(long Hour, MetricKey Key), MetricValue> Take()
    {
        var taken = _values;
        _values = [];
        return taken;
    }

    public void Add(in EventBytes e)
    {
        LastEvent = e.Id;
        var type = _names.Name(e.Type);
        var facts = EventFacts.Read(e.Data);
        Count(e.At, "events", type);
        switch (type)
        {
            case EventTypes.RevisionDetected or EventTypes.RevisionStage:
                AddStage(in e, facts);
                break;
            case EventTypes.RouteTried:
                Count(e.At, "route_tries", $"{_names.Name(facts.Route)} {_names.Name(facts.Outcome)}");
                Measure(e.At, "route_seconds", _names.Name(facts.Route), facts.DelayMilliseconds / 1000.0);
                break;
            case EventTypes.QuestionAnswered:
                Measure(e.At, "answer_seconds", _names.Name(facts.Route), facts.DelayMilliseconds / 1000.0);
                break;
            case EventTypes.ReviewCompleted:
                AddReview(e.At, facts);
                break;
            case EventTypes.QuestionAwaitingHuman:
                Count(e.At, "human_attention", "question");
                break;
            case EventTypes.UpdateHeld:
                Count(e.At, "human_attention", "update");
                break;
            case EventTypes.UpdateApplied or EventTypes.UpdateRejected or EventTypes.UpdateUndone or EventTypes.UpdateRefused or EventTypes.UpdateSuperseded:
                Count(e.At, "updates", type["update.".Length..]);
                break;
        }
    }

    private void AddReview(long at, EventFacts facts)
    {
        Measure(at, "questions_per_review", "all", facts.Questions);
        Measure(at, "findings", "error", facts.Errors);
        Measure(at, "findings", "warning", facts.Warnings);
        Measure(at, "findings", "advice", facts.Advice);
        Measure(at, "model_sections", "asked", facts.Asked);
        Measure(at, "model_sections", "cached", facts.FromStore);
        Measure(at, "model_sections", "unusable", facts.Unusable);
    }

    private void AddStage(in EventBytes e, EventFacts facts)
    {
        var stage = _names.Name(facts.To.IsEmpty ? facts.Stage : facts.To);
        if (stage.Length == 0)
            return;
        var key = ByteKeys.Of(e.Revision, ByteKeys.Of(e.Change));
        if (_open.TryGetValue(key, out var before) && before.Stage != stage)
            Measure(e.At, "stage_seconds", before.Stage, Math.Max(0, e.At - before.At) / 1000.0);
        if (stage is "Done" or "Superseded")
            _open.Remove(key);
        else
            _open[key] = (stage, e.At);
    }

    private void Count(long at, string name, string label) => Measure(at, name, label, 1);

    private void Measure(long at, string name, string label, double value)
    {
        var key = (at / Hour * Hour, new MetricKey(name, label));
        _values[key] = _values.GetValueOrDefault(key, MetricValue.None).Add(value);
    }
}
