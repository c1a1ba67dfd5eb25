namespace Platform.Sockets;

/// <summary>Pauses that double, with jitter, so that many clients do not come back in the same moment.</summary>
public static class Backoff
{
    /// <summary>Pause after the given number of failures in a row: between half of and the whole <c>first * 2^(failures-1)</c>, never above <paramref name="longest"/>.</summary>
    /// <param name="failures">1 or more.</param>
    /// <param name="first">Whole pause after one failure.</param>
    /// <param name="longest">Upper limit.</param>
    /// <param name="jitter">Random number in 0..1.</param>
    public static TimeSpan PauseAfter(int failures, TimeSpan first, TimeSpan longest, double jitter)
    {
        var doublings = Math.Clamp(failures - 1, 0, 30);
        var whole = Math.Min(first.TotalMilliseconds * Math.Pow(2, doublings), longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(whole * (0.5 + (0.5 * Math.Clamp(jitter, 0, 1))));
    }
}
