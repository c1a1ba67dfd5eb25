namespace Workflow.Review;

/// <summary>What one review of one revision came to.</summary>
/// <param name="Findings">By file and line; ids are unique.</param>
/// <param name="Questions">The most urgent first, no more than the request allows.</param>
/// <param name="Ungrounded">Findings that were dropped because their quote is not in the text.</param>
internal sealed record ChangeReview(IReadOnlyList<Finding> Findings, IReadOnlyList<ProposedQuestion> Questions, int Ungrounded)
{
    /// <summary>How it was made.</summary>
    public ReviewFacts Facts { get; init; } = ReviewFacts.ByRules;

    /// <summary>Findings of a severity.</summary>
    public int Count(FindingSeverity severity) => Findings.Count(finding => finding.Severity == severity);
}

/// <summary>How a review was made; stored with it, shown in the report and counted by the feedback loop.</summary>
/// <param name="Reviewer"><c>built-in</c>, or the id of the model that helped the rules.</param>
internal sealed record ReviewFacts(string Reviewer)
{
    public const string BuiltIn = "built-in";

    public static readonly ReviewFacts ByRules = new(BuiltIn);

    /// <summary>Sections of the revision that a model can be asked about.</summary>
    public int Sections { get; init; }

    /// <summary>Of these, answered by a call.</summary>
    public int Asked { get; init; }

    /// <summary>Of these, answered from what was said before about the same text.</summary>
    public int FromStore { get; init; }

    /// <summary>Of these, without a usable answer: nonsense, twice.</summary>
    public int Unanswered { get; init; }

    /// <summary>Hits of rules that the model found harmless.</summary>
    public int DismissedHints { get; init; }

    /// <summary>Requirements that the model read in different ways.</summary>
    public int Ambiguous { get; init; }

    /// <summary>Time that the calls took, without what they waited, milliseconds.</summary>
    public long CallMilliseconds { get; init; }

    /// <summary>Time that the calls waited for their turn, milliseconds.</summary>
    public long WaitMilliseconds { get; init; }

    /// <summary>Why the rules alone reviewed what the model did not; null when it did all.</summary>
    public string? Fallback { get; init; }
}
