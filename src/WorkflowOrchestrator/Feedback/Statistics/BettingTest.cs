namespace Workflow.Feedback.Statistics;

/// <summary>
/// Evidence that the mean of a bounded outcome is above zero, which may be looked at after every item: a bet that starts with a wealth of 1 and stakes a
/// fraction λ of it on each outcome. While the mean is zero or below, no strategy is expected to gain, so by Ville's inequality the wealth ever reaches 1/α with a
/// probability of at most α, however often somebody looks and whenever they stop. The wealth is averaged over a grid of λ (a mixture keeps the property).
/// After I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", J. R. Stat. Soc. B 86 (2024) 1-27. Pure, immutable.
/// </summary>
internal sealed record BettingTest
{
    private static readonly double[] s_fractions = [0.1, 0.2, 0.4, 0.6, 0.8];

    private readonly double[] _logWealth;

    private BettingTest(double[] logWealth, int count, double sum) => (_logWealth, Count, Sum) = (logWealth, count, sum);

    /// <summary>No evidence.</summary>
    public static BettingTest Start { get; } = new(new double[s_fractions.Length], 0, 0);

    /// <summary>Outcomes seen.</summary>
    public int Count { get; }

    /// <summary>Sum of the outcomes.</summary>
    public double Sum { get; }

    /// <summary>Mean of the outcomes; 0 before the first.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>The e-value: 1 says nothing, 20 is what a test at level 0.05 asks for.</summary>
    public double Evidence
    {
        get
        {
            var top = _logWealth.Max();
            return Math.Exp(top) * _logWealth.Sum(log => Math.Exp(log - top)) / _logWealth.Length;
        }
    }

    /// <summary>The test after one more outcome.</summary>
    /// <param name="outcome">Between -1 and 1; an outcome outside is taken as the nearer end, so that an outlier counts once.</param>
    /// <exception cref="ArgumentException">The outcome is no number: a missing measurement has to be left out, not counted.</exception>
    public BettingTest Add(double outcome)
    {
        if (double.IsNaN(outcome))
            throw new ArgumentException("A missing measurement is not evidence.", nameof(outcome));
        var bounded = Math.Clamp(outcome, -1, 1);
        var wealth = new double[s_fractions.Length];
        for (var i = 0; i < wealth.Length; i++)
            wealth[i] = _logWealth[i] + Math.Log(1 + (s_fractions[i] * bounded));
        return new BettingTest(wealth, Count + 1, Sum + bounded);
    }

    public bool Equals(BettingTest? other) => other is not null && Count == other.Count && _logWealth.AsSpan().SequenceEqual(other._logWealth);

    public override int GetHashCode() => HashCode.Combine(Count, Sum);
}
