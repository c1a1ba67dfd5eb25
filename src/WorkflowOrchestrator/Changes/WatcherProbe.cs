using System.Globalization;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Changes;

/// <summary>Whether the watcher agrees with the scan: every reconcile compares the two, and what only the scan found is in the event log.</summary>
internal sealed class WatcherProbe(IStore store, HealthBoard health, TimeProvider time) : ICapabilityProbe
{
    /// <summary>A disagreement is shown for this long.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    public string Name => "watcher";

    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        var since = (time.GetUtcNow() - Memory).ToUnixTimeMilliseconds();
        var missed = store.Read(reader => reader.First<long>("SELECT COUNT(*) FROM event WHERE type = @Type AND at > @Since", new { Type = EventTypes.WatcherMissed, Since = since }));
        if (missed > 0)
            health.Raise(Warnables.WatcherMissed, string.Create(CultureInfo.InvariantCulture, $"{missed} saves in the last {Memory.TotalMinutes:0} minutes were found by the scan alone"));
        else
            health.Clear(Warnables.WatcherMissed);
        return Task.CompletedTask;
    }
}
