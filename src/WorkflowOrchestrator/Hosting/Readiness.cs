using System.Collections.Concurrent;

namespace Workflow.Hosting;

/// <summary>What must be done before the daemon is ready (<c>/readyz</c>): told by those who do it, never inferred from the host's start.</summary>
internal sealed class Readiness
{
    private readonly ConcurrentDictionary<string, bool> _conditions = new(StringComparer.Ordinal) { ["store"] = false, ["mcp_socket"] = false, ["first_scan"] = false };

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when every condition is met.</summary>
    public Task WhenReady => _ready.Task;

    /// <summary>The conditions that are not met yet.</summary>
    public IReadOnlyList<string> Waiting => [.. _conditions.Where(condition => !condition.Value).Select(condition => condition.Key).Order(StringComparer.Ordinal)];

    public bool IsReady => _conditions.Values.All(met => met);

    /// <summary>Marks <c>store</c>, <c>mcp_socket</c> or <c>first_scan</c> as done.</summary>
    public void Met(string condition)
    {
        _conditions[condition] = true;
        if (IsReady)
            _ready.TrySetResult();
    }
}
