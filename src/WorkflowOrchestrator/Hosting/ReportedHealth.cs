using System.Collections.Immutable;

namespace Workflow.Hosting;

/// <summary>
/// What a dependency reported, with flap damping: one that goes up and down all the time is shown in its worse state until it has been quiet, so that
/// nobody is told six times in five minutes that all is well. Getting worse is shown at once.
/// </summary>
internal sealed class ReportedHealth
{
    /// <summary>So many changes of state within <see cref="Window"/> are flapping.</summary>
    public const int FlappingChanges = 6;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>A flapping dependency is shown as well again after this long without a change.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromMinutes(1);

    private readonly DependencyHealth _last;
    private readonly DependencyHealth? _worse;
    private readonly ImmutableArray<DateTimeOffset> _changes;

    private ReportedHealth(DependencyHealth last, DependencyHealth? worse, ImmutableArray<DateTimeOffset> changes) => (_last, _worse, _changes) = (last, worse, changes);

    public static ReportedHealth First(DependencyHealth health) => new(health, health.State == HealthState.Ok ? null : health, []);

    public ReportedHealth Next(HealthState state, string? detail, string? remedy, DateTimeOffset now)
    {
        var changed = state != _last.State;
        var next = new DependencyHealth(_last.Name, state, detail, remedy, changed ? now : _last.Since, now);
        var changes = changed ? [.. _changes.Where(change => now - change < Window), now] : _changes;
        return new ReportedHealth(next, state == HealthState.Ok ? _worse : next, changes);
    }

    /// <summary>What to show now.</summary>
    public DependencyHealth Shown(DateTimeOffset now)
    {
        var recent = _changes.Count(change => now - change < Window);
        return _worse is not null && _last.State < _worse.State && recent >= FlappingChanges && now - _last.Since < QuietTime
            ? _worse with { Detail = $"{_worse.Detail} (it comes and goes: {recent} changes in {Window.TotalMinutes:0} minutes)", LastCheck = _last.LastCheck }
            : _last;
    }
}
