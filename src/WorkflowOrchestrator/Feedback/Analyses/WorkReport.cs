namespace Workflow.Feedback.Analyses;

/// <summary>What the daemon did in one window of events, in numbers that a person can check against the event log.</summary>
/// <param name="FromEvent">First event looked at.</param>
/// <param name="ToEvent">Last event looked at.</param>
/// <param name="Events">How many there were.</param>
/// <param name="Stages">How long revisions stood in each stage.</param>
/// <param name="Routes">How the routes answered.</param>
/// <param name="Counts">Number of events by type.</param>
internal sealed record WorkReport(
    long FromEvent,
    long ToEvent,
    int Events,
    IReadOnlyList<StageTimes> Stages,
    IReadOnlyList<RouteRecord> Routes,
    IReadOnlyDictionary<string, int> Counts)
{
    /// <summary>What the four analyses found.</summary>
    public IReadOnlyList<Insight> Insights { get; init; } = [];

    /// <summary>The model that put the insights in order and explained them; null: none did.</summary>
    public string? ExplainedBy { get; init; }

    /// <summary>Explanations of the model that were dropped, because they name figures that are not in the evidence.</summary>
    public int ClaimsDropped { get; init; }

    /// <summary>What limits the report: too little data, trouble with the clock.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Time that revisions spent in a stage before they left it.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Left">Number of times that a revision left it.</param>
/// <param name="MedianSeconds">Half of them took no longer.</param>
/// <param name="MaximumSeconds">None took longer.</param>
internal sealed record StageTimes(string Stage, int Left, double MedianSeconds, double MaximumSeconds);

/// <summary>How one route did.</summary>
/// <param name="Route">Name of the route.</param>
/// <param name="Tried">Questions put to it.</param>
/// <param name="Answered">Questions that it answered.</param>
internal sealed record RouteRecord(string Route, int Tried, int Answered);
