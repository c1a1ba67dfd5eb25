namespace Workflow.Feedback.Statistics;

/// <summary>
/// Corrects for many candidates: the k-th candidate of a period is tested at the level α/(k(k+1)). These levels add up to α over any number of candidates, so the
/// probability that even one useless candidate of the period is kept stays at or below α (alpha-spending, a union bound; after D. Foster and R. Stine,
/// "α-investing", J. R. Stat. Soc. B 70 (2008) 429-444).
/// </summary>
internal static class AlphaSpending
{
    /// <summary>Greatest probability that a period keeps any useless candidate.</summary>
    public const double Alpha = 0.05;

    /// <summary>After this time the count of candidates starts again.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(90);

    /// <summary>The e-value at which a candidate may be kept.</summary>
    /// <param name="candidate">Its number within the period, from 1.</param>
    public static double EvidenceNeeded(int candidate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(candidate, 1);
        return candidate * (candidate + 1.0) / Alpha;
    }
}
