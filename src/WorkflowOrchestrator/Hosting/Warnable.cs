using System.Collections.Immutable;

namespace Workflow.Hosting;

/// <summary>How much a warning takes away.</summary>
internal enum Severity
{
    /// <summary>Worth knowing; the daemon does all of its work.</summary>
    Info,

    /// <summary>The daemon does its work with less: its status is <see cref="HealthState.Degraded"/>.</summary>
    Warning,

    /// <summary>The daemon cannot do its work: its status is <see cref="HealthState.Down"/>.</summary>
    Critical,
}

/// <summary>Something that can be wrong. Codes are part of the public surface (deploy/README.md, alert rules): never rename or reuse one.</summary>
/// <param name="Code">Stable name.</param>
/// <param name="Dependency">What it is about, as in <see cref="DependencyHealth.Name"/>.</param>
/// <param name="Severity">What it takes away.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="TimeToVisible">It is shown after it has lasted this long: what passes by itself disturbs nobody.</param>
internal sealed record Warnable(string Code, string Dependency, Severity Severity, string Title, string Remedy, TimeSpan TimeToVisible)
{
    /// <summary>Codes of warnings that cause this one: while one of them is shown, it is the one to act on.</summary>
    public ImmutableArray<string> DependsOn { get; init; } = [];
}

/// <summary>A warning as shown.</summary>
/// <param name="Code">See <see cref="Warnable.Code"/>.</param>
/// <param name="Dependency">What it is about.</param>
/// <param name="Severity">What it takes away.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Since">Since when.</param>
/// <param name="CausedBy">Code of the shown warning that causes this one.</param>
internal sealed record HealthWarning(string Code, string Dependency, Severity Severity, string Title, string? Detail, string? Remedy, DateTimeOffset Since, string? CausedBy);

/// <summary>What this daemon warns of, beside what each dependency reports of itself (<see cref="OfDependency"/>).</summary>
internal static class Warnables
{
    /// <summary>Code of a service without a heartbeat; made by <see cref="HealthReporter"/>.</summary>
    public const string ServiceHung = "service-hung";

    private static readonly TimeSpan s_atOnce = TimeSpan.Zero;

    public static readonly Warnable ConfigurationRefused = new(
        "config-refused", "configuration", Severity.Warning, "The configuration was changed and is wrong; the last good one is in force", "Correct the file ('wo config check' lists its faults), then 'wo reload'.", s_atOnce);

    public static readonly Warnable RestartNeeded = new(
        "config-restart-needed", "configuration", Severity.Info, "Changed settings wait for a restart", "Start the daemon anew: systemctl --user restart, or scripts/stop-all.sh and scripts/start-all.sh.", s_atOnce);

    public static readonly Warnable DiskLow = new(
        "disk-low", "disk", Severity.Warning, "Little space is left on disk", "Make room. Backups under the state folder are deleted after storage.backup_retention_days; logs after 14 files.", s_atOnce);

    public static readonly Warnable GitUnusable = new(
        "git-unusable", "git", Severity.Warning, "git cannot be used here", "Install git and make 'git status' work in the repository as the user of the daemon; or set document_updates.auto_commit to false.", s_atOnce);

    public static readonly Warnable WatchLimit = new(
        "watch-limit", "watcher", Severity.Warning, "The system's limits for watching files are nearly used up", "sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512 (to keep it: a file under /etc/sysctl.d/).", s_atOnce);

    public static readonly Warnable WatcherMissed = new(
        "watcher-missed", "watcher", Severity.Info, "File events were missed; the scan found the saves, and the watcher was renewed", "Nothing, if it stays rare. On network and virtual machine file systems set a shorter workflow_orchestrator.reconcile_interval.", s_atOnce);

    public static readonly Warnable StoreFailing = new(
        "store-failing", "store", Severity.Critical, "The store cannot be written", "Look at space and permissions of the state folder; 'wo doctor' checks the store. 'wo restore FILE' brings a backup back.", s_atOnce) { DependsOn = ["disk-low"] };

    public static readonly Warnable ProbeFailing = new(
        "probe-failing", "probes", Severity.Info, "A look at a dependency failed", "See the log; the state shown for that dependency may be old.", TimeSpan.FromMinutes(2));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Warnable> All { get; } = [ConfigurationRefused, RestartNeeded, DiskLow, GitUnusable, WatchLimit, WatcherMissed, StoreFailing, ProbeFailing];

    /// <summary>Code of what a dependency reports of itself: <c>lm-studio-degraded</c>, <c>openspec-down</c>.</summary>
    public static string OfDependency(string name, HealthState state) => $"{name.Replace('_', '-')}-{(state == HealthState.Down ? "down" : "degraded")}";

    public static HealthState StateOf(Severity severity) => severity switch
    {
        Severity.Critical => HealthState.Down,
        Severity.Warning => HealthState.Degraded,
        _ => HealthState.Ok,
    };
}
