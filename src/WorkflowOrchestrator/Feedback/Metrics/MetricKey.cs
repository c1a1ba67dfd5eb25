namespace Workflow.Feedback.Metrics;

/// <summary>What a number counts or measures.</summary>
/// <param name="Name">Name, with the unit at its end: <c>stage_seconds</c>, <c>updates</c>.</param>
/// <param name="Label">Which one: the stage, the route, what became of it.</param>
internal readonly record struct MetricKey(string Name, string Label);

/// <summary>Values of one metric within a window.</summary>
internal sealed record MetricValue(long Count, double Sum, double Maximum)
{
    public static MetricValue None { get; } = new(0, 0, 0);

    public MetricValue Add(double value) => new(Count + 1, Sum + value, Count == 0 ? value : Math.Max(Maximum, value));

    public MetricValue Add(MetricValue other) => new(Count + other.Count, Sum + other.Sum, Count == 0 ? other.Maximum : Math.Max(Maximum, other.Maximum));
}
