namespace Workflow.Feedback.Statistics;

/// <summary>
/// Watches a kept setting: a cumulative sum that grows with each failure and sinks with each success, and raises an alarm at a height
/// (E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954) 100-115). It is tuned to a failure share that has grown by
/// <see cref="Worsening"/>; the height makes a false alarm about every 7,000 items and finds the worsening in about 40. Pure, immutable.
/// </summary>
internal sealed record CusumGuard
{
    /// <summary>Growth of the share of failures that it is tuned to.</summary>
    public const double Worsening = 0.15;

    /// <summary>Height of the alarm, in units of the log likelihood ratio.</summary>
    public const double Height = 6;

    // A run of failures that chance makes once in 100,000 items is an alarm too: it is quicker when everything fails.
    private const double RareStreak = 1e-5;

    private readonly double _failure;
    private readonly double _success;
    private readonly int _longStreak;

    private CusumGuard(double baseline)
    {
        var before = Math.Clamp(baseline, 0.02, 0.6);
        var after = before + Worsening;
        _failure = Math.Log(after / before);
        _success = Math.Log((1 - after) / (1 - before));
        _longStreak = (int)Math.Ceiling(Math.Log(RareStreak) / Math.Log(before));
    }

    /// <summary>Items seen.</summary>
    public int Items { get; private init; }

    /// <summary>The sum; 0 while all is as before.</summary>
    public double Level { get; private init; }

    /// <summary>Failures in a row up to now.</summary>
    public int Streak { get; private init; }

    /// <summary>It has become worse.</summary>
    public bool IsAlarm => Level >= Height || Streak >= _longStreak;

    /// <summary>A guard that has seen nothing.</summary>
    /// <param name="baseline">Share of failures before the setting was changed.</param>
    public static CusumGuard Start(double baseline) => new(double.IsFinite(baseline) ? baseline : 0);

    /// <summary>The guard after one more item.</summary>
    public CusumGuard Add(bool failed) => this with
    {
        Items = Items + 1,
        Level = Math.Max(0, Level + (failed ? _failure : _success)),
        Streak = failed ? Streak + 1 : 0,
    };
}
