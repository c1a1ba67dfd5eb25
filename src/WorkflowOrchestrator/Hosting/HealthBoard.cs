using System.Collections.Concurrent;

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
    private readonly ConcurrentDictionary<string, DependencyHealth> _dependencies = new(StringComparer.Ordinal);

    public void Report(string name, HealthState state, string? detail = null, string? remedy = null)
    {
        var now = time.GetUtcNow();
        _dependencies.AddOrUpdate(
            name,
            _ => new DependencyHealth(name, state, detail, remedy, now, now),
            (_, old) => new DependencyHealth(name, state, detail, remedy, old.State == state ? old.Since : now, now));
    }

    /// <summary>All dependencies by name.</summary>
    public IReadOnlyList<DependencyHealth> Dependencies => [.. _dependencies.Values.OrderBy(dependency => dependency.Name, StringComparer.Ordinal)];

    public DependencyHealth? Find(string name) => _dependencies.GetValueOrDefault(name);
}
