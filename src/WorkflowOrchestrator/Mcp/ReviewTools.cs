using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Changes;
using Workflow.Documents.Git;
using Workflow.Hosting;
using Workflow.Review;
using Workflow.Review.Coding;

namespace Workflow.Mcp;

/// <summary>Reviews on request: of a change as it is on disk, and of code against it. They store and write nothing.</summary>
[McpServerToolType]
internal sealed class ReviewTools(
    IChangeReviewer reviewer, CodeReviewer code, RevisionReader revisions, ChangeWatcher watcher, ChangeNames names, FindingStore findings, Repository repository, OrchestratorSettings settings)
{
    [McpServerTool(Name = "review_change", Title = "Review a change", UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Reviews a change as it is on disk now and returns the findings, without storing or writing anything. With diff, checks a range of git commits against its requirements: met, missed, contradicted, untested.")]
    public async Task<ReviewResult> ReviewAsync(
        [Description("Name of the change.")] string change,
        [Description("Range of commits for git diff, such as main...HEAD.")] string? diff = null,
        CancellationToken cancellationToken = default)
    {
        await watcher.ScanNowAsync(cancellationToken);
        var work = names.Require(change).Work;
        var content = await revisions.ReadAsync(work, cancellationToken) ?? throw new McpException($"{change} is being written to or is gone. Try again.");
        if (content.Obstacles.Count > 0)
            throw new McpException(string.Join(" ", content.Obstacles));
        var review = await reviewer.ReviewAsync(
            new ReviewRequest(work.Change, work.Hash, content.Project)
            {
                SuppressedRules = settings.Review.SuppressedRules,
                MaxQuestions = settings.Questions.MaxQuestionsPerRevision,
                SettledFindings = findings.Dismissed(work.Change),
            },
            cancellationToken);
        var dismissed = findings.Dismissed(work.Change);
        var (done, all) = content.Project.TaskProgress(work.Change.Value);
        return new ReviewResult(
            work.Change.Value,
            content.Change.Revision.Value,
            review.Facts.Reviewer,
            review.Facts.Fallback,
            [.. review.Findings.Select(finding => FindingItem.From(new TrackedFinding(finding, dismissed.Contains(finding.Id) ? FindingStatus.Dismissed : FindingStatus.Open)))],
            [.. review.Questions.Select(question => new ReviewQuestion(question.Text, question.Options, question.Default, question.FindingId))],
            done,
            all,
            diff is null ? null : await ReviewCodeAsync(work.Change, content, diff, cancellationToken));
    }

    private async Task<CodeReview> ReviewCodeAsync(ChangeId change, RevisionContent content, string range, CancellationToken cancellationToken)
    {
        var (text, why) = await new DiffRange(repository.Root, settings.Documents.GitTimeout).ReadAsync(range, cancellationToken);
        return text is null ? throw new McpException(why!) : await code.ReviewAsync(change, content.Project, text, cancellationToken);
    }
}

/// <summary>Result of <c>review_change</c>.</summary>
/// <param name="Reviewer">The model that helped the rules, or <c>built-in</c>.</param>
/// <param name="Fallback">Why the rules alone judged some or all of it; null when they did not.</param>
/// <param name="Questions">What would be asked, the most urgent first.</param>
/// <param name="TasksDone">Ticked tasks.</param>
/// <param name="TasksAll">All tasks.</param>
/// <param name="Code">The diff against the requirements; null when none was asked for.</param>
internal sealed record ReviewResult(
    string Change,
    string Revision,
    string Reviewer,
    string? Fallback,
    IReadOnlyList<FindingItem> Findings,
    IReadOnlyList<ReviewQuestion> Questions,
    int TasksDone,
    int TasksAll,
    CodeReview? Code);

/// <summary>A question that the review would ask.</summary>
internal sealed record ReviewQuestion(string Question, IReadOnlyList<string> Options, string? Default, string FindingId);
