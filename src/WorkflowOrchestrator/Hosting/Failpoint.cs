using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;

namespace Workflow.Hosting;

/// <summary>
/// Named places where a test can make the process die, fail or hang. Active only through the environment variable <c>WO_FAILPOINTS</c>:
/// <c>name=kill|throw|enospc|hang[@n]</c>, several separated by commas or semicolons; <c>@n</c> fires at the n-th hit (default: the first).
/// Without the variable a hit costs one field read.
/// </summary>
internal static class Failpoint
{
    public const string Variable = "WO_FAILPOINTS";

    private static readonly AsyncLocal<Action<string>?> s_observer = new();
    private static volatile bool s_isObserved;
    private static FrozenDictionary<string, Armed>? s_armed = Parse(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Marks a place that can fail.</summary>
    public static void Hit(string name)
    {
        if (s_isObserved)
            s_observer.Value?.Invoke(name);
        if (s_armed is { } armed && armed.TryGetValue(name, out var point) && Interlocked.Increment(ref point.Hits) == point.FireAt)
            Fire(name, point.Action);
    }

    /// <summary>Tells a test each place that its own flow of control comes by; null ends that.</summary>
    public static void Observe(Action<string>? observer)
    {
        s_isObserved = true;
        s_observer.Value = observer;
    }

    /// <summary>Replaces what the environment said; null or empty switches every failpoint off. For tests in this process.</summary>
    public static void Arm(string? specification) => s_armed = Parse(specification);

    private static void Fire(string name, string action)
    {
        switch (action)
        {
            case "kill":
                Process.GetCurrentProcess().Kill(); // SIGKILL: nothing of this process runs after it
                Thread.CurrentThread.Join();
                break;
            case "enospc":
                throw new IOException($"No space left on device (failpoint {name})", unchecked((int)0x80070070));
            case "hang":
                Thread.CurrentThread.Join();
                break;
            default:
                throw new FailpointException(name);
        }
    }

    private static FrozenDictionary<string, Armed>? Parse(string? specification)
    {
        if (string.IsNullOrWhiteSpace(specification))
            return null;
        var armed = new Dictionary<string, Armed>(StringComparer.Ordinal);
        foreach (var part in specification.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=');
            var at = part.IndexOf('@');
            if (equals <= 0)
                throw new FormatException($"{Variable}: '{part}' is not name=action[@n].");
            var action = part[(equals + 1)..(at < 0 ? part.Length : at)];
            if (action is not ("kill" or "throw" or "enospc" or "hang"))
                throw new FormatException($"{Variable}: '{action}' is none of kill, throw, enospc, hang.");
            armed[part[..equals]] = new Armed(action, at < 0 ? 1 : int.Parse(part.AsSpan(at + 1), CultureInfo.InvariantCulture));
        }

        return armed.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private sealed class Armed(string action, int fireAt)
    {
        public readonly string Action = action;
        public readonly int FireAt = fireAt;
        public int Hits;
    }
}

/// <summary>Thrown by a failpoint with the action <c>throw</c>.</summary>
internal sealed class FailpointException(string name) : Exception($"Failpoint {name}");
