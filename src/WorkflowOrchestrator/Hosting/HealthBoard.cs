using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Workflow.Hosting;

/// <summary>How well a dependency does its work.</summary>
internal enum HealthState
{
    Ok,

    /// <summary>Works with less: the daemon goes on.</summary>
    Degraded,

    /// <summary>The daemon cannot do its work without it.</summary>
    Down,
}

/// <summary>One dependency's state as last seen.</summary>
/// <param name="Name">Stable name: <c>store</c>, <c>watcher</c>, <c>openspec</c>, <c>git</c>, <c>mcp_orchestrator</c>, <c>lm_studio</c>, …</param>
/// <param name="State">What it can do.</param>
/// <param name="Detail">What is wrong, for people; null when nothing is.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Since">Since when it has been in this state.</param>
/// <param name="LastCheck">When it was last looked at.</param>
internal sealed record DependencyHealth(string Name, HealthState State, string? Detail, string? Remedy, DateTimeOffset Since, DateTimeOffset LastCheck);

/// <summary>Where each room reports what its dependencies can do; <c>/healthz</c> only reads it, so it never calls out.</summary>
internal sealed class HealthBoard(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ReportedHealth> _dependencies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RaisedWarning> _raised = new(StringComparer.Ordinal);

    /// <summary>What a dependency says of itself.</summary>
    public void Report(string name, HealthState state, string? detail = null, string? remedy = null)
    {
        var now = time.GetUtcNow();
        _dependencies.AddOrUpdate(
            name,
            _ => ReportedHealth.First(new DependencyHealth(name, state, detail, remedy, now, now)),
            (_, old) => old.Next(state, detail, remedy, now));
    }

    /// <summary>Says that something is wrong; it stays so until <see cref="Clear"/>.</summary>
    /// <param name="warnable">What is wrong.</param>
    /// <param name="detail">What was seen.</param>
    /// <returns>True when it was not raised before.</returns>
    public bool Raise(Warnable warnable, string? detail = null)
    {
        var now = time.GetUtcNow();
        var isNew = false;
        _raised.AddOrUpdate(
            warnable.Code,
            _ =>
            {
                isNew = true;
                return new RaisedWarning(warnable, detail, now, now);
            },
            (_, old) =>
            {
                isNew = false;
                return old with { Detail = detail, LastCheck = now };
            });
        return isNew;
    }

    /// <summary>Says that it is no longer wrong.</summary>
    /// <returns>True when it was raised before.</returns>
    public bool Clear(Warnable warnable) => _raised.TryRemove(warnable.Code, out _);

    /// <summary>All dependencies by name, each as bad as the worst that is known of it.</summary>
    public IReadOnlyList<DependencyHealth> Dependencies
    {
        get
        {
            var now = time.GetUtcNow();
            var states = _dependencies.Values.Select(reported => reported.Shown(now)).ToDictionary(health => health.Name, StringComparer.Ordinal);
            foreach (var raised in Visible(now).OrderBy(raised => raised.Warnable.Severity))
            {
                var (warnable, own) = (raised.Warnable, Warnables.StateOf(raised.Warnable.Severity));
                if (!states.TryGetValue(warnable.Dependency, out var known) || own > known.State)
                    states[warnable.Dependency] = new DependencyHealth(warnable.Dependency, own, raised.Detail ?? warnable.Title, warnable.Remedy, raised.Since, raised.LastCheck);
            }

            return [.. states.Values.OrderBy(dependency => dependency.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>All warnings, the worst first.</summary>
    public IReadOnlyList<HealthWarning> Warnings
    {
        get
        {
            var now = time.GetUtcNow();
            var visible = Visible(now).ToList();
            var codes = visible.Select(raised => raised.Warnable.Code).ToImmutableHashSet(StringComparer.Ordinal);
            var warnings = visible.Select(raised => raised.Show(codes)).ToList();
            foreach (var health in _dependencies.Values.Select(reported => reported.Shown(now)).Where(health => health.State != HealthState.Ok))
            {
                var severity = health.State == HealthState.Down ? Severity.Critical : Severity.Warning;
                var title = health.State == HealthState.Down ? $"{health.Name} does not work" : $"{health.Name} works with less";
                warnings.Add(new HealthWarning(Warnables.OfDependency(health.Name, health.State), health.Name, severity, title, health.Detail, health.Remedy ?? "It may pass by itself; if it stays: wo doctor.", health.Since, null));
            }

            return [.. warnings.OrderByDescending(warning => warning.Severity).ThenBy(warning => warning.Code, StringComparer.Ordinal)];
        }
    }

    public DependencyHealth? Find(string name) => _dependencies.GetValueOrDefault(name)?.Shown(time.GetUtcNow());

    private IEnumerable<RaisedWarning> Visible(DateTimeOffset now) => _raised.Values.Where(raised => now - raised.Since >= raised.Warnable.TimeToVisible);

    private sealed record RaisedWarning(Warnable Warnable, string? Detail, DateTimeOffset Since, DateTimeOffset LastCheck)
    {
        public HealthWarning Show(ImmutableHashSet<string> visible) =>
            new(Warnable.Code, Warnable.Dependency, Warnable.Severity, Warnable.Title, Detail, Warnable.Remedy, Since, Warnable.DependsOn.FirstOrDefault(visible.Contains));
    }
}
