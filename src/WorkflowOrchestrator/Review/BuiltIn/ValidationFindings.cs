using OpenSpec;
using OpenSpec.Documents;
using OpenSpec.Merging;
using OpenSpec.Validation;
using Workflow.Review.Reading;
using Workflow.Review.Rules;

namespace Workflow.Review.BuiltIn;

/// <summary>
/// What OpenSpec itself has to say about a change, as findings: validation, archive dry run, its hints on the proposal (which <c>validate</c> leaves out and
/// <c>archive</c> prints without blocking: advice), and files that cannot be read faithfully.
/// Rule ids are <c>openspec-</c> with the id of the rule in lower case.
/// </summary>
internal static class ValidationFindings
{
    private const string Prefix = "openspec-";

    private static readonly QuestionTemplate NoScenario = new(
        QuestionCause.Outcome, "Which scenario shows that '{name}' is met: what sets it off, and what can be observed then?");

    private static readonly QuestionTemplate LostScenarios = new(
        QuestionCause.Scope, "The new text of '{name}' leaves out scenarios that the spec has now: are they meant to go?")
    {
        Options = ["No: copy them back into the new text", "Yes: remove the requirement and add its successor under a new name"],
    };

    public static IEnumerable<FindingDraft> Of(OpenSpecProject project, ChangeDocuments documents, IReadOnlyDictionary<string, TextDocument> texts)
    {
        var report = project.ValidateChange(documents.Id);
        // C18 only repeats what the author declared
        var drafts = report.Issues.Where(issue => issue.Rule != "C18").Select(issue => Draft(issue, documents, texts)).Concat(report.Faults.Concat(documents.Faults).Distinct().Select(fault => Draft(fault, documents.Id)));
        // with errors the archive is refused because of them: nothing new to say
        return (report.Valid && !report.ArchiveWouldRefuse ? drafts.Concat(Refusals(project, documents)) : drafts).Concat(ProposalHints(project, documents, texts, report));
    }

    // "No deltas" (P4) and a marker that is not honoured (C16) are said once: as what blocks the change.
    private static IEnumerable<FindingDraft> ProposalHints(OpenSpecProject project, ChangeDocuments documents, IReadOnlyDictionary<string, TextDocument> texts, ItemReport report) =>
        project.CheckProposal(documents.Id)
            .Where(hint => report.Issues.All(issue => issue.Rule != hint.Rule && !(hint.Rule == "P4" && issue.Level == IssueLevel.Error)))
            .Select(hint => Draft(hint, documents, texts) with { Severity = FindingSeverity.Advice });

    private static FindingDraft Draft(ValidationIssue issue, ChangeDocuments documents, IReadOnlyDictionary<string, TextDocument> texts)
    {
        var path = issue.File is { } file ? ReviewedChangeReader.Relative(documents.Id, file) : "";
        var line = issue.Line ?? HeaderLine(issue.Requirement, issue.File, documents) ?? (issue.File?.EndsWith("/proposal.md", StringComparison.Ordinal) == true ? issue.SourceLine : null);
        var quote = "";
        if (line is { } number && texts.TryGetValue(path, out var text) && number <= text.LineCount)
        {
            var span = text.GetLineSpan(number);
            (quote, _) = QuoteAnchor.Cut(text, span.Start, span.End, span.Start);
        }

        return new FindingDraft(Prefix + issue.Rule.ToLowerInvariant(), SeverityOf(issue), path, quote, issue.Message)
        {
            Line = line,
            Capability = documents.DeltaSpecs.FirstOrDefault(delta => delta.Document.Path == issue.File)?.Capability,
            Requirement = issue.Requirement,
            Suggestion = RuleTable.Get(issue.Rule).Remedy,
            Question = QuestionFor(issue, documents),
        };
    }

    private static FindingSeverity SeverityOf(ValidationIssue issue) => issue switch
    {
        { Level: IssueLevel.Error } or { Rule: "C12" } => FindingSeverity.Error, // C12, "archive would refuse", is INFO there and blocks all the same
        { Level: IssueLevel.Warning } => FindingSeverity.Warning,
        _ => FindingSeverity.Advice,
    };

    private static FindingQuestion? QuestionFor(ValidationIssue issue, ChangeDocuments documents) => issue switch
    {
        { Rule: "C8", Requirement: { } name } when !HasMisplacedScenario(issue, documents) => NoScenario.Fill(("name", name)),
        { Rule: "C9", Requirement: { } name } => LostScenarios.Fill(("name", name)),
        _ => null,
    };

    /// <summary>A scenario that stands there with a wrong heading has a certain remedy: nobody needs to be asked.</summary>
    private static bool HasMisplacedScenario(ValidationIssue issue, ChangeDocuments documents)
    {
        foreach (var block in Blocks(issue.File, documents).Where(block => block.Name == issue.Requirement))
        {
            foreach (var line in block.Text.AsSpan().EnumerateLines())
            {
                if (line.TrimStart("#*- \t").StartsWith("Scenario", StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }

    private static IEnumerable<Requirement> Blocks(string? file, ChangeDocuments documents) =>
        documents.DeltaSpecs.Where(delta => delta.Document.Path == file).SelectMany(delta => delta.Document.Content.Added.Concat(delta.Document.Content.Modified));

    private static int? HeaderLine(string? requirement, string? file, ChangeDocuments documents)
    {
        if (requirement is null)
            return null;
        return Blocks(file, documents).LastOrDefault(block => block.Name == requirement)?.Header.Line
            ?? documents.DeltaSpecs.FirstOrDefault(delta => delta.Document.Path == file)?.Document.Content.Removed.LastOrDefault(removed => removed.Name == requirement)?.Span.Line;
    }

    private static FindingDraft Draft(DocumentFault fault, string change) =>
        new(Prefix + "file", FindingSeverity.Error, ReviewedChangeReader.Relative(change, fault.Path), "", fault.Message);

    private static IEnumerable<FindingDraft> Refusals(OpenSpecProject project, ChangeDocuments documents)
    {
        if (project.DryRunArchive(documents.Id) is not ArchiveOutcome.Refused { Refusals: var refusals })
            yield break;
        foreach (var refusal in refusals)
        {
            var file = documents.DeltaSpecs.FirstOrDefault(delta => delta.Capability == refusal.Capability)?.Document.Path;
            yield return new FindingDraft(Prefix + "archive", FindingSeverity.Error, file is null ? "" : ReviewedChangeReader.Relative(documents.Id, file), "", $"Archive would refuse this change: {refusal.Message}")
            {
                Capability = refusal.Capability,
                Requirement = refusal.Requirement,
            };
        }
    }
}
