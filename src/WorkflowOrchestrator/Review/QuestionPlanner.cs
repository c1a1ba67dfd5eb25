namespace Workflow.Review;

/// <summary>
/// Chooses the few questions that are worth a person's time. A question about what a test would check comes first; what only sharpens the
/// text comes last. One requirement is asked once about one cause; a whole change is asked once about failures and once about
/// criteria, because the author who has read one such question sees the other places.
/// </summary>
internal static class QuestionPlanner
{
    /// <summary>The most urgent questions first.</summary>
    /// <param name="findings">In document order.</param>
    /// <param name="most">Most questions to propose.</param>
    /// <param name="settled">Ids of findings that need no question any more. They settle their requirement and cause.</param>
    public static IReadOnlyList<ProposedQuestion> Plan(IReadOnlyList<Finding> findings, int most, IReadOnlySet<string> settled)
    {
        var taken = findings.Where(finding => finding.Question is not null && settled.Contains(finding.Id)).Select(Subject).ToHashSet();
        return findings
            .Where(finding => finding.Question is not null && finding.Severity > FindingSeverity.Advice)
            .OrderByDescending(Priority)
            .Where(finding => taken.Add(Subject(finding)))
            .Take(Math.Max(0, most))
            .Select(Propose)
            .ToArray();
    }

    /// <summary>Severity first; within it, whether a scenario can be tested without the answer.</summary>
    internal static int Priority(Finding finding) => (int)finding.Severity * 100 + finding.Question!.Cause switch
    {
        QuestionCause.Value => 90,
        QuestionCause.Outcome or QuestionCause.Trigger => 80,
        QuestionCause.Limit => 70,
        QuestionCause.Condition => 50,
        QuestionCause.Criterion => 40,
        QuestionCause.Scope => 30,
        _ => 20,
    };

    private static (string Place, QuestionCause Cause) Subject(Finding finding)
    {
        var cause = finding.Question!.Cause;
        if (cause is QuestionCause.Failure or QuestionCause.Criterion)
            return ("", cause);
        return (finding.Requirement is null ? finding.Path : finding.Path + "\n" + finding.Requirement, cause);
    }

    private static ProposedQuestion Propose(Finding finding)
    {
        var question = finding.Question!;
        return new ProposedQuestion(question.Text, Context(finding), question.Options, question.Default, finding.Id, Priority(finding), Fingerprint(finding));
    }

    private static string Context(Finding finding)
    {
        var place = finding.Line is { } line ? $"{finding.Path}:{line}" : finding.Path;
        var subject = finding.Requirement is null ? "" : $"Requirement '{finding.Requirement}' of capability '{finding.Capability}': ";
        var quote = finding.Quote.Length == 0 ? "" : $"\"{finding.Quote}\" ";
        return $"{subject}{quote}({place}). {finding.Message}";
    }

    private static string Fingerprint(Finding finding) =>
        string.Join('\n', new[] { finding.Capability ?? "", finding.Requirement ?? "", finding.Question!.Cause.ToString(), finding.Question.Text }.Select(Normalize));

    private static string Normalize(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
}
