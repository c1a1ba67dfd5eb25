namespace Workflow.Feedback.Statistics;

/// <summary>Keeps values that were taken back from being tried again at once. Pure.</summary>
internal static class Quarantine
{
    /// <summary>A value that was dropped or reverted is not tried again for this long.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromDays(14);

    /// <summary>A value that was taken back this often is never tried again.</summary>
    public const int Strikes = 2;

    /// <summary>Two rollbacks within this time switch tuning off.</summary>
    public static readonly TimeSpan WatchdogWindow = TimeSpan.FromHours(24);

    /// <summary>Rollbacks within <see cref="WatchdogWindow"/> at which tuning is switched off.</summary>
    public const int WatchdogRollbacks = 2;

    /// <summary>Whether a value may be tried.</summary>
    /// <param name="takenBack">When this value of this tunable was dropped or reverted, as far as the present environment is concerned.</param>
    /// <param name="now">The present.</param>
    public static bool IsFree(IReadOnlyCollection<DateTimeOffset> takenBack, DateTimeOffset now) =>
        takenBack.Count < Strikes && takenBack.All(at => at + Duration <= now);

    /// <summary>Whether so many rollbacks came so close that nothing more may be tried.</summary>
    public static bool IsTrouble(IEnumerable<DateTimeOffset> rollbacks, DateTimeOffset now) =>
        rollbacks.Count(at => at > now - WatchdogWindow && at <= now) >= WatchdogRollbacks;
}
