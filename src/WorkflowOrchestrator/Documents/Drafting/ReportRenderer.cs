using System.Globalization;
using System.Text;
using Workflow.Changes;
using Workflow.Documents.Text;
using Workflow.Questions;
using Workflow.Review;

namespace Workflow.Documents.Drafting;

/// <summary>An update as the report lists it.</summary>
internal sealed record ReportedUpdate(UpdateId Id, string Reason, IReadOnlyList<string> Paths, bool Undone);

/// <summary>What the report is made from.</summary>
/// <param name="Change">The change.</param>
/// <param name="Review">How it was reviewed.</param>
/// <param name="Findings">Findings as they stand.</param>
/// <param name="Questions">Its questions.</param>
/// <param name="Suggestions">New texts of requirements that are not written.</param>
/// <param name="Updates">What was written.</param>
internal sealed record ReportContent(
    ChangeId Change, ReviewFacts Review, IReadOnlyList<TrackedFinding> Findings, IReadOnlyList<QuestionView> Questions, IReadOnlyList<DraftedBlock> Suggestions, IReadOnlyList<ReportedUpdate> Updates)
{
    /// <summary>Ticked tasks and all tasks.</summary>
    public (int Done, int All) Tasks { get; init; }
}

/// <summary>
/// <c>review.md</c>: findings, questions with their answers and evidence, updates. Rendered from the store, the same state always to the same
/// text; a person's notes below the marker line are kept byte for byte.
/// </summary>
internal static class ReportRenderer
{
    private const int MaxQuote = 200;
    private const int MaxAnswer = 2000;

    /// <summary>The new text; null when there is nothing to say and no report yet.</summary>
    public static string? Render(ReportContent content, string? existing)
    {
        var asked = content.Questions.Where(view => view.Question.Status is not (QuestionStatus.Withdrawn or QuestionStatus.Expired) || view.Answer is not null).ToList();
        if (existing is null && content.Findings.Count == 0 && asked.Count == 0 && content.Updates.Count == 0)
            return null;
        var text = new StringBuilder();
        text.Append($"# Review of {content.Change}\n\n");
        text.Append("WorkflowOrchestrator writes this report and rewrites it when the review changes. Your notes below the last line of it are kept.\n");
        text.Append('\n').Append(ReviewedBy(content.Review)).Append('\n');
        if (content.Tasks.Done > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n{content.Tasks.Done} of {content.Tasks.All} tasks are ticked. Check the code against the requirements: {Markdown.Code($"wo review {content.Change} --diff main...HEAD")}\n");
        Findings(text, content.Findings);
        Questions(text, asked);
        SuggestionSection.Append(text, content.Suggestions);
        Updates(text, content.Updates);
        text.Append('\n').Append(ReportNotes.Marker).Append('\n');
        return Finish(text, existing);
    }

    // Says nothing that changes while the findings stay: a section that is answered from the store later must not be a new report.
    private static string ReviewedBy(ReviewFacts facts) => facts switch
    {
        { Reviewer: ReviewFacts.BuiltIn } => "Reviewed by the built-in rules.",
        { Fallback: { } why } => $"Reviewed by the model {Markdown.Code(facts.Reviewer)} with the built-in rules; where it gave no answer by the rules alone ({Markdown.Line(why)}).",
        _ => $"Reviewed by the model {Markdown.Code(facts.Reviewer)} with the built-in rules.",
    };

    private static void Findings(StringBuilder text, IReadOnlyList<TrackedFinding> findings)
    {
        text.Append("\n## Findings\n");
        if (findings.Count == 0)
            text.Append("\nNone.\n");
        foreach (var status in new[] { FindingStatus.Open, FindingStatus.Fixed, FindingStatus.Dismissed })
        {
            var group = findings.Where(finding => finding.Status == status).Select(finding => finding.Finding).ToList();
            if (group.Count == 0)
                continue;
            text.Append(CultureInfo.InvariantCulture, $"\n### {status} ({group.Count})\n\n");
            foreach (var finding in group.OrderByDescending(finding => finding.Severity))
                Finding(text, finding, withLine: status != FindingStatus.Fixed);
        }
    }

    private static void Finding(StringBuilder text, Finding finding, bool withLine)
    {
        var place = finding.Path.Length == 0 ? "" : " " + Markdown.Code(withLine && finding.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{finding.Path}:{line}") : finding.Path);
        text.Append($"- **{finding.Severity.ToString().ToLowerInvariant()}** ({finding.RuleId}){place}: {Markdown.Line(finding.Message)}\n");
        if (finding.Quote.Length > 0)
            text.Append($"  - text: {Markdown.Code(Markdown.Shorten(finding.Quote, MaxQuote))}\n");
        if (finding.Suggestion is { Length: > 0 } suggestion)
            text.Append($"  - suggestion: {Markdown.Line(suggestion)}\n");
    }

    private static void Questions(StringBuilder text, List<QuestionView> questions)
    {
        if (questions.Count == 0)
            return;
        text.Append("\n## Questions\n\n");
        foreach (var view in questions.OrderBy(view => view.Question.Id.Value, StringComparer.Ordinal))
        {
            text.Append($"- **{Markdown.Line(view.Question.Text)}** ({Markdown.Code(view.Question.Id.Value)})\n");
            if (view.Answer is not { } answer)
            {
                text.Append($"  - open: answer it with {Markdown.Code($"wo answer {view.Question.Id.Value} \"…\"")}\n");
                if (view.Question.Options.Count > 0)
                    text.Append($"  - options: {string.Join("; ", view.Question.Options.Select(Markdown.Line))}\n");
                continue;
            }

            text.Append($"  - answer: {Markdown.Shorten(Markdown.Line(answer.Text), MaxAnswer)}\n");
            if (!BlockWorkPlanner.IsUsable(answer))
                text.Append("  - not written into the documents: this answer gives instructions to its reader\n");
            text.Append($"  - from: {Clarifications.Source(answer)}\n");
            foreach (var evidence in answer.Evidence.Take(3))
                text.Append($"  - evidence: {Markdown.Code(string.Create(CultureInfo.InvariantCulture, $"{evidence.Path}:{evidence.Line}"))} {Markdown.Code(Markdown.Shorten(evidence.Quote, MaxQuote))}\n");
        }
    }

    private static void Updates(StringBuilder text, IReadOnlyList<ReportedUpdate> updates)
    {
        if (updates.Count == 0)
            return;
        text.Append("\n## Updates\n\n");
        foreach (var update in updates.OrderBy(update => update.Id))
        {
            var paths = string.Join(", ", update.Paths.Select(Markdown.Code));
            text.Append($"- {Markdown.Code(update.Id.Value)} {Markdown.Line(update.Reason)} ({paths}){(update.Undone ? " (undone)" : "")}\n");
        }
    }

    // The file keeps its byte order mark and, in what is generated, its line ends.
    private static string Finish(StringBuilder text, string? existing)
    {
        if (existing is null)
            return text.ToString();
        if (TextLines.LineEnd(existing) != "\n")
            text.Replace("\n", "\r\n");
        return (existing.StartsWith('\uFEFF') ? "\uFEFF" : "") + text + ReportNotes.Of(existing);
    }
}
