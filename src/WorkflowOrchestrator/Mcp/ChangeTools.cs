using System.ComponentModel;
using ModelContextProtocol.Server;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Questions;
using Workflow.Review;

namespace Workflow.Mcp;

/// <summary>What operators see of changes.</summary>
[McpServerToolType]
internal sealed class ChangeTools(ChangeStore changes, ChangeNames names, FindingStore findings, IQuestions questions, IDocumentUpdates updates)
{
    private const int MaxHeld = 10_000;
    private const int MaxUpdates = 100;

    [McpServerTool(Name = "list_changes", Title = "List changes", IconSource = Icons.DocumentSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Lists the OpenSpec changes of the repository with the stage that the work on each has reached.")]
    public ChangeListResult List(
        [Description("Only changes in this stage: detected, reviewing, awaiting_answers, drafting, awaiting_review, applying, done, superseded, parked.")] string? stage = null,
        [Description("Also changes that were archived or deleted.")] bool? include_gone = null)
    {
        var wanted = string.IsNullOrEmpty(stage) ? (ChangeStage?)null : ToolResults.ParseName<ChangeStage>("stage", stage);
        var waiting = questions.CountWaitingByChange();
        var held = updates.GetUpdates(new UpdateFilter(State: UpdateState.Held, Limit: MaxHeld)).CountBy(update => update.Change).ToDictionary();
        var listed = changes.List(include_gone ?? false).Where(summary => wanted is null || summary.Work.Stage == wanted);
        return new ChangeListResult([.. listed.Select(summary => Item(summary, findings.OfRevision(summary.Work.Change, summary.Work.Hash), waiting, held))]);
    }

    [McpServerTool(Name = "get_change", Title = "Show a change", IconSource = Icons.DocumentSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Shows one change: stage, findings, questions with answers, and its latest updates.")]
    public ChangeResult Get([Description("Name of the change.")] string change)
    {
        var summary = names.Require(change);
        var found = findings.OfRevision(summary.Work.Change, summary.Work.Hash);
        var made = updates.GetUpdates(new UpdateFilter(summary.Work.Change, Limit: MaxUpdates));
        var held = made.Where(update => update.State == UpdateState.Held).CountBy(update => update.Change).ToDictionary();
        return new ChangeResult(
            Item(summary, found, questions.CountWaitingByChange(), held),
            [.. found.Select(FindingItem.From)],
            [.. questions.List(new QuestionFilter([], summary.Work.Change, Limit: 200)).Items.Select(QuestionItem.From)],
            [.. made.Select(UpdateItem.From)]);
    }

    private static ChangeItem Item(
        ChangeSummary summary, IReadOnlyList<TrackedFinding> found, IReadOnlyDictionary<ChangeId, int> waiting, IReadOnlyDictionary<ChangeId, int> held) => new(
        summary.Change.Id.Value,
        summary.Work.Stage,
        summary.Work.Reason,
        summary.Work.Attempts,
        summary.Work.Hash.Value,
        summary.OnDisk.Hash.Value,
        summary.Change.Gone?.ToString(),
        FindingCounts.Of(found),
        waiting.GetValueOrDefault(summary.Change.Id),
        held.GetValueOrDefault(summary.Change.Id),
        [.. summary.Change.Problems.Select(problem => $"{problem.Path} {problem.Message}".TrimStart())],
        summary.FirstSeen,
        summary.Work.StageAt);
}
