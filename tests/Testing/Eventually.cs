using System.Diagnostics;

namespace Testing;

/// <summary>Bounded waiting for a condition of the real world (processes, files, sockets), where nothing can be awaited.</summary>
public static class Eventually
{
    /// <summary>Long enough for a busy machine; a condition that holds is seen within <see cref="PollInterval"/>.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is yes.</summary>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="condition">The question.</param>
    /// <param name="diagnosis">Tells what is there instead, when the time is over.</param>
    /// <param name="timeout">Longest wait; <see cref="DefaultTimeout"/> when not given.</param>
    /// <exception cref="TimeoutException">The time is over.</exception>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, Func<string>? diagnosis = null, TimeSpan? timeout = null)
    {
        var started = Stopwatch.GetTimestamp();
        var limit = timeout ?? DefaultTimeout;
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"Waited {limit.TotalSeconds:0} s in vain: {what}.{(diagnosis is null ? "" : "\n" + diagnosis())}");
            await Task.Delay(PollInterval);
        }
    }

    /// <inheritdoc cref="HoldsAsync(string, Func{Task{bool}}, Func{string}?, TimeSpan?)"/>
    public static Task HoldsAsync(string what, Func<bool> condition, Func<string>? diagnosis = null, TimeSpan? timeout = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), diagnosis, timeout);
}
