namespace Workflow.Hosting;

/// <summary>How this process read its configuration at the start; a reload reads it in the same way.</summary>
internal sealed record SettingsOrigin(Func<SettingsOutcome> Read);

/// <summary>
/// Reads the configuration again, on SIGHUP or <c>wo reload</c>. Faulty settings change nothing: the last good ones stay in force, and the health says so
/// until a reading succeeds.
/// </summary>
internal sealed class SettingsReloader(
    SettingsOrigin origin,
    CurrentSettings settings,
    HealthBoard health,
    HealthReporter reporter,
    Readiness readiness,
    ServiceManager manager,
    IEnumerable<ISettingsFollower> followers,
    TimeProvider time,
    ILogger<SettingsReloader> logger)
{
    private readonly Lock _gate = new();
    private long _lastSuccess = time.GetUtcNow().ToUnixTimeMilliseconds();
    private volatile bool _lastSucceeded = true;

    /// <summary>Whether the last reading (the start's counts) was accepted.</summary>
    public bool LastSucceeded => _lastSucceeded;

    /// <summary>When the settings in force were read.</summary>
    public DateTimeOffset LastSuccess => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _lastSuccess));

    /// <summary>Reads and applies. Concurrent calls run one after the other.</summary>
    public ReloadReport Reload()
    {
        lock (_gate)
        {
            manager.Reloading();
            try
            {
                return Apply();
            }
            finally
            {
                if (readiness.IsReady)
                    manager.Ready(reporter.Current().StatusLine());
            }
        }
    }

    private ReloadReport Apply()
    {
        var (snapshot, report) = SettingsReload.Decide(settings.Snapshot, origin.Read());
        _lastSucceeded = report.IsAccepted;
        if (!report.IsAccepted)
        {
            logger.LogError(EventIds.ReloadRefused, "The configuration was read again and is wrong; the settings in force stay. {Faults}", string.Join(" ", report.Keys.Select(key => $"{key.Key}: {key.Note}")));
            health.Raise(Warnables.ConfigurationRefused, string.Join(" ", report.Keys.Select(key => $"{key.Key}: {key.Note}")));
            return report;
        }

        settings.Swap(snapshot);
        Volatile.Write(ref _lastSuccess, time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var follower in followers)
            follower.Follow(snapshot.Settings);
        health.Clear(Warnables.ConfigurationRefused);
        var waiting = report.Keys.Where(key => key.Outcome == KeyAnswer.NeedsRestart).Select(key => key.Key).ToList();
        if (waiting.Count > 0)
            health.Raise(Warnables.RestartNeeded, $"changed, and in force from the next start on: {string.Join(", ", waiting)}");
        else
            health.Clear(Warnables.RestartNeeded);
        logger.LogInformation(EventIds.Reloaded, "The configuration was read again: {Applied} keys applied, {Waiting} need a restart", report.Keys.Count - waiting.Count, waiting.Count);
        return report;
    }
}

/// <summary>Something that must be told of new settings because it does not read them at each use.</summary>
internal interface ISettingsFollower
{
    void Follow(OrchestratorSettings settings);
}
