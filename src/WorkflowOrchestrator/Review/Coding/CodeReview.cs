namespace Workflow.Review.Coding;

/// <summary>How a requirement stands in the changed code.</summary>
internal enum CodeVerdict
{
    /// <summary>The changed code does it.</summary>
    Met,

    /// <summary>Nothing that was changed does it.</summary>
    Missed,

    /// <summary>The changed code does something else.</summary>
    Contradicted,

    /// <summary>The changed code names what the requirement names; whether it does it, rules cannot tell.</summary>
    Mentioned,

    /// <summary>It cannot be told from what was changed.</summary>
    Unclear,
}

/// <summary>A fault in the changed code.</summary>
/// <param name="Path">File, relative to the repository.</param>
/// <param name="Line">Line in the new file.</param>
/// <param name="Quote">Text of that line.</param>
internal sealed record CodeFinding(string Path, int Line, string Quote, FindingSeverity Severity, string Message);

/// <summary>One requirement against the changed code.</summary>
/// <param name="Capability">Its capability.</param>
/// <param name="Requirement">Its name.</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Tested">Whether a changed test is about it.</param>
/// <param name="Reviewer">Who says so: a model's id, or <c>built-in</c> for the rules.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="Evidence">Changed places that are about it: <c>path:line</c>.</param>
/// <param name="UntestedScenarios">Scenarios that no changed test names.</param>
/// <param name="Findings">Faults, each standing on a line of the diff.</param>
internal sealed record RequirementCheck(
    string Capability,
    string Requirement,
    CodeVerdict Verdict,
    bool Tested,
    string Reviewer,
    string Reason,
    IReadOnlyList<string> Evidence,
    IReadOnlyList<string> UntestedScenarios,
    IReadOnlyList<CodeFinding> Findings);

/// <summary>A diff against the requirements of a change.</summary>
/// <param name="Files">Files that the diff changes, those of OpenSpec left out.</param>
/// <param name="Requirements">Each ADDED and MODIFIED requirement.</param>
/// <param name="Ungrounded">Findings that were dropped because no line of the diff holds their quote.</param>
/// <param name="Fallback">Why rules alone judged some; null when none.</param>
internal sealed record CodeReview(int Files, IReadOnlyList<RequirementCheck> Requirements, int Ungrounded, string? Fallback)
{
    /// <summary>Whether anything needs a person's look: contradicted, missed, or an error.</summary>
    public bool HasFaults => Requirements.Any(check => check.Verdict is CodeVerdict.Contradicted or CodeVerdict.Missed || check.Findings.Any(finding => finding.Severity == FindingSeverity.Error));
}
