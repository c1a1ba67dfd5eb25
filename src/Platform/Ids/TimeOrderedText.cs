using System.Runtime.CompilerServices;

namespace Platform.Ids;

/// <summary>
/// Text for ids that sort by the time they were made: ten digits of milliseconds, then random ones, in Crockford's base 32, lower case. With sixteen random
/// digits it is a ULID. What one process makes in the same millisecond sorts in the order of making, as ULID's monotonic form and RFC 9562 §6.2
/// (method 2) have it, but in random steps, so that neighbours do not differ in their last digit alone. After the clock was set back the order
/// is the clock's again: an id never claims a time that its clock did not show.
/// </summary>
public static class TimeOrderedText
{
    /// <summary>Digits of time: 48 bits, the two highest of the 50 are zero.</summary>
    public const int TimeDigits = 10;

    /// <summary>The digits, in their order.</summary>
    public const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int BitsOfDigit = 5;
    private const int MostRandomDigits = 16;

    // A step is larger than the lowest of eight random digits, and 2^15 steps fit above any first value.
    private const int LowBits = 40;
    private const int StepBits = 24;

    private static readonly ConditionalWeakTable<TimeProvider, Last> s_last = [];

    /// <summary>A new text.</summary>
    /// <param name="time">Clock; what is made with the same one is in order.</param>
    /// <param name="randomDigits">8 to 16.</param>
    public static string New(TimeProvider time, int randomDigits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(randomDigits, LowBits / BitsOfDigit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(randomDigits, MostRandomDigits);
        var (milliseconds, random) = s_last.GetOrCreateValue(time).Next(time);
        return string.Create(TimeDigits + randomDigits, (milliseconds, random), static (text, value) =>
        {
            for (var i = TimeDigits - 1; i >= 0; i--, value.milliseconds >>= BitsOfDigit)
                text[i] = Digits[(int)(value.milliseconds & 31)];
            for (var i = TimeDigits; i < text.Length; i++)
                text[i] = Digits[(int)(uint)(value.random >> (BitsOfDigit * (MostRandomDigits - 1 - (i - TimeDigits)))) & 31];
        });
    }

    /// <summary>When a text was made (UTC, whole milliseconds).</summary>
    /// <param name="text">Its first ten digits, in lower or upper case.</param>
    public static DateTimeOffset TimeOf(ReadOnlySpan<char> text)
    {
        long milliseconds = 0;
        foreach (var digit in text[..TimeDigits])
            milliseconds = (milliseconds << BitsOfDigit) | (uint)Digits.IndexOf(char.ToLowerInvariant(digit), StringComparison.Ordinal);
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <summary>The last value made by one clock.</summary>
    private sealed class Last
    {
        private readonly Lock _gate = new();
        private long _milliseconds = -1;
        private UInt128 _random;

        public (long Milliseconds, UInt128 Random) Next(TimeProvider time)
        {
            lock (_gate)
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                _random = now == _milliseconds
                    ? _random + ((UInt128)Random.Shared.NextInt64(1, 1L << StepBits) << LowBits) + (UInt128)Random.Shared.NextInt64(1L << LowBits)
                    : ((UInt128)Random.Shared.NextInt64(1L << (LowBits - 1)) << LowBits) + (UInt128)Random.Shared.NextInt64(1L << LowBits); // the highest bit stays free
                _milliseconds = now;
                return (_milliseconds, _random);
            }
        }
    }
}
