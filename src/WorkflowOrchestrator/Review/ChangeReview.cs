namespace Workflow.Review;

/// <summary>What one review of one revision came to.</summary>
/// <param name="Findings">By file and line; ids are unique.</param>
/// <param name="Questions">The most urgent first, no more than the request allows.</param>
/// <param name="Ungrounded">Findings that were dropped because their quote is not in the text.</param>
internal sealed record ChangeReview(IReadOnlyList<Finding> Findings, IReadOnlyList<ProposedQuestion> Questions, int Ungrounded)
{
    /// <summary>Findings of a severity.</summary>
    public int Count(FindingSeverity severity) => Findings.Count(finding => finding.Severity == severity);
}
