using OpenSpec;
using Workflow.Changes;

namespace Workflow.Review;

/// <summary>Reads one revision of a change and says what is wrong or unclear in it. Changes nothing.</summary>
internal interface IChangeReviewer
{
    /// <summary>Reviews a revision. The same request gives the same review.</summary>
    Task<ChangeReview> ReviewAsync(ReviewRequest request, CancellationToken cancellationToken);
}

/// <summary>What is reviewed, and how.</summary>
/// <param name="Change">The change.</param>
/// <param name="Revision">The revision whose bytes <paramref name="Project"/> holds.</param>
/// <param name="Project">The <c>openspec</c> folder with exactly the bytes of that revision and with the main specs.</param>
internal sealed record ReviewRequest(ChangeId Change, RevisionHash Revision, OpenSpecProject Project)
{
    /// <summary>Ids of rules that are not reported in this repository (<c>review.suppressed_rules</c>).</summary>
    public IReadOnlyCollection<string> SuppressedRules { get; init; } = [];

    /// <summary>Most questions that the review may propose.</summary>
    public int MaxQuestions { get; init; } = 3;

    /// <summary>
    /// Nothing is sent to a model: what it said about the same sections before counts, and of <see cref="Known"/> what still stands on the text. For the look
    /// at documents that the daemon itself has drafted or written.
    /// </summary>
    public bool FromStoreOnly { get; init; }

    /// <summary>Part of what identifies a stored answer: reviews that are made to compare settings share none with others. They also let all other calls go first.</summary>
    public string Replay { get; init; } = "";

    /// <summary>Findings of the revision as they were stored.</summary>
    public IReadOnlyList<Finding> Known { get; init; } = [];

    /// <summary>Ids of findings that need no question any more: dismissed, or asked already for this change.</summary>
    public IReadOnlySet<string> SettledFindings { get; init; } = System.Collections.Immutable.ImmutableHashSet<string>.Empty;
}
