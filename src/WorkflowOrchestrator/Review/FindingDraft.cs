namespace Workflow.Review;

/// <summary>What a reviewer says, before its quote has been checked.</summary>
/// <param name="RuleId">The rule or category.</param>
/// <param name="Severity">Its severity.</param>
/// <param name="Path">File relative to the change folder; empty for the change as a whole.</param>
/// <param name="Quote">Text of one line of that file; empty when something is missing from it.</param>
/// <param name="Message">What is wrong, for a person.</param>
internal sealed record FindingDraft(string RuleId, FindingSeverity Severity, string Path, string Quote, string Message)
{
    /// <summary>1-based line where the quote should be; null when the reviewer does not know.</summary>
    public int? Line { get; init; }

    public string? Suggestion { get; init; }

    public string? Capability { get; init; }

    public string? Requirement { get; init; }

    public FindingQuestion? Question { get; init; }
}
