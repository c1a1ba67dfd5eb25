namespace Workflow.Feedback.Analyses;

/// <summary>Durations in buckets that grow by a fourth of an octave: quantiles within 10 %, in the same memory for any number of them.</summary>
internal sealed class LogHistogram
{
    private const int PerOctave = 4;
    private readonly int[] _buckets = new int[160]; // up to 2^40 ms, 35 years

    public int Count { get; private set; }

    /// <summary>Sum of the durations, milliseconds.</summary>
    public double Sum { get; private set; }

    /// <summary>Longest, milliseconds.</summary>
    public double Maximum { get; private set; }

    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>Adds a duration in milliseconds; a negative one (the clock was set back) counts as 0.</summary>
    public void Add(double milliseconds)
    {
        var value = double.IsFinite(milliseconds) ? Math.Max(0, milliseconds) : 0;
        _buckets[value < 1 ? 0 : Math.Min((int)(Math.Log2(value) * PerOctave) + 1, _buckets.Length - 1)]++;
        Count++;
        Sum += value;
        Maximum = Math.Max(Maximum, value);
    }

    /// <summary>A share <paramref name="q"/> of the durations is no longer than this; milliseconds, 0 when there are none.</summary>
    public double Quantile(double q)
    {
        var rank = (long)Math.Ceiling(q * Count);
        long seen = 0;
        for (var i = 0; i < _buckets.Length && Count > 0; i++)
        {
            seen += _buckets[i];
            if (seen >= rank)
                return i == 0 ? Math.Min(Maximum, 1) : Math.Min(Maximum, Math.Pow(2, (i - 0.5) / PerOctave));
        }

        return 0;
    }
}
