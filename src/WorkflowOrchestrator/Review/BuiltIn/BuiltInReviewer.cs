using OpenSpec.Documents;
using Workflow.Review.Reading;
using Workflow.Review.Rules;

namespace Workflow.Review.BuiltIn;

/// <summary>
/// The reviewer that needs no model: what OpenSpec validation and an archive dry run report, and the rules of <see cref="BuiltInRules"/>.
/// </summary>
internal sealed class BuiltInReviewer : IChangeReviewer
{
    public Task<ChangeReview> ReviewAsync(ReviewRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(Conclude(request, Read(request, cancellationToken), ReviewFacts.ByRules));

    /// <summary>What rules and OpenSpec say, before quotes are checked.</summary>
    internal static RuleReview Read(ReviewRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var documents = request.Project.ReadChange(request.Change.Value);
        var texts = TextsOf(documents);
        var drafts = ValidationFindings.Of(request.Project, documents, texts).Where(draft => draft.Severity == FindingSeverity.Error || !request.SuppressedRules.Contains(draft.RuleId));
        var change = ReviewedChangeReader.Read(request.Project, documents);
        return new RuleReview([.. drafts, .. RuleFindings(change, request.SuppressedRules, cancellationToken)], change, texts);
    }

    /// <summary>Checks the quotes and chooses the questions.</summary>
    /// <param name="request">What was reviewed.</param>
    /// <param name="review">What is said about it.</param>
    /// <param name="facts">How.</param>
    /// <param name="alreadyUngrounded">Findings dropped before.</param>
    internal static ChangeReview Conclude(ReviewRequest request, RuleReview review, ReviewFacts facts, int alreadyUngrounded = 0)
    {
        var (findings, ungrounded) = QuoteAnchor.Ground(review.Drafts, review.Texts);
        return new ChangeReview(findings, QuestionPlanner.Plan(findings, request.MaxQuestions, request.SettledFindings), ungrounded + alreadyUngrounded) { Facts = facts };
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
        return new FindingDraft(rule.Id, RulePrecision.Weigh(rule.Id, hit.Severity), hit.Document.Path, quote, hit.Message)
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

/// <summary>What rules say about a change, and the texts that they say it about.</summary>
/// <param name="Drafts">In no particular order.</param>
/// <param name="Change">The change as read.</param>
/// <param name="Texts">Its documents by path relative to its folder.</param>
internal sealed record RuleReview(IReadOnlyList<FindingDraft> Drafts, ReviewedChange Change, IReadOnlyDictionary<string, TextDocument> Texts);
