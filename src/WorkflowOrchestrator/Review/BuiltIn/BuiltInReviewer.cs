using OpenSpec.Documents;
using Workflow.Review.Reading;
using Workflow.Review.Rules;

namespace Workflow.Review.BuiltIn;

/// <summary>
/// The reviewer that needs no model: what OpenSpec validation and an archive dry run report, and the rules of <see cref="BuiltInRules"/>.
/// </summary>
internal sealed class BuiltInReviewer : IChangeReviewer
{
    public string Id => "built-in";

    public Task<ChangeReview> ReviewAsync(ReviewRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var documents = request.Project.ReadChange(request.Change.Value);
        var texts = TextsOf(documents);
        var drafts = ValidationFindings.Of(request.Project, documents, texts).Where(draft => draft.Severity == FindingSeverity.Error || !request.SuppressedRules.Contains(draft.RuleId));
        var change = ReviewedChangeReader.Read(request.Project, documents);
        var (findings, ungrounded) = QuoteAnchor.Ground(drafts.Concat(RuleFindings(change, request.SuppressedRules, cancellationToken)), texts);
        var questions = QuestionPlanner.Plan(findings, request.MaxQuestions, request.SettledFindings);
        return Task.FromResult(new ChangeReview(findings, questions, ungrounded));
    }

    /// <summary>What the rules say about a change.</summary>
    internal static IEnumerable<FindingDraft> RuleFindings(ReviewedChange change, IReadOnlyCollection<string> suppressed, CancellationToken cancellationToken)
    {
        var inline = change.All.ToDictionary(document => document, InlineSuppressions.Of);
        foreach (var rule in BuiltInRules.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (suppressed.Contains(rule.Id))
                continue;
            foreach (var hit in rule.Check(change))
            {
                if (!inline[hit.Document].Hides(rule.Id, hit.At, hit.Requirement?.Block.Span))
                    yield return Draft(rule, hit);
            }
        }
    }

    private static FindingDraft Draft(ReviewRule rule, RuleHit hit)
    {
        var (quote, line) = hit.Span.Length == 0 ? ("", 0) : QuoteAnchor.Cut(hit.Document.Source, hit.Span.Start, hit.Span.End, hit.At);
        return new FindingDraft(rule.Id, hit.Severity, hit.Document.Path, quote, hit.Message)
        {
            Line = line == 0 ? null : line,
            Suggestion = hit.Suggestion,
            Capability = hit.Requirement?.Capability,
            Requirement = hit.Requirement?.Name,
            Question = hit.Question,
        };
    }

    private static Dictionary<string, TextDocument> TextsOf(ChangeDocuments documents)
    {
        var texts = new Dictionary<string, TextDocument>(StringComparer.Ordinal);
        foreach (var (_, delta) in documents.DeltaSpecs)
            Add(delta.Path, delta.Content.Source);
        if (documents.Proposal is { } proposal)
            Add(proposal.Path, proposal.Content.Source);
        if (documents.Design is { } design)
            Add(design.Path, design.Content.Source);
        foreach (var tasks in documents.TaskFiles)
            Add(tasks.Path, tasks.Content.Source);
        if (documents.Metadata is { } metadata)
            Add(metadata.Path, TextDocument.Parse(metadata.Text));
        return texts;

        void Add(string path, TextDocument text) => texts[ReviewedChangeReader.Relative(documents.Id, path)] = text;
    }
}
