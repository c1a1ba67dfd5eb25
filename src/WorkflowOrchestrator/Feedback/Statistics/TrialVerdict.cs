namespace Workflow.Feedback.Statistics;

/// <summary>What a trial says after the items seen so far.</summary>
internal abstract record TrialVerdict
{
    private TrialVerdict()
    {
    }

    /// <summary>Not enough is known.</summary>
    internal sealed record GoOn : TrialVerdict;

    /// <summary>The candidate is better.</summary>
    /// <param name="Why">The numbers, for people.</param>
    internal sealed record MayKeep(string Why) : TrialVerdict;

    /// <summary>The candidate is worse, or not better enough to be worth going on.</summary>
    /// <param name="Why">The numbers, for people.</param>
    /// <param name="IsHarm">It is worse, not merely useless.</param>
    internal sealed record MustDrop(string Why, bool IsHarm) : TrialVerdict;

    public static TrialVerdict Undecided { get; } = new GoOn();
}
