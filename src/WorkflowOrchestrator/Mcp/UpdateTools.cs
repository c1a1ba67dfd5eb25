using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Documents;

namespace Workflow.Mcp;

/// <summary>What operators see of updates, and how they decide about them.</summary>
[McpServerToolType]
internal sealed class UpdateTools(IDocumentUpdates updates, ChangeNames changes)
{
    private const string By = "human";

    [McpServerTool(Name = "list_updates", Title = "List updates", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Lists what the daemon wrote or wants to write, newest first. state 'held' waits for approval.")]
    public UpdateListResult List(
        [Description("Only updates of this change.")] string? change = null,
        [Description("Only updates in this state: planned, held, journaled, backed_up, written, committed, applied, refused, superseded, shadowed, rejected, withdrawn, undone.")] string? state = null,
        [Description("Most updates to return, 1 to 1000; 200 when not given.")] int? limit = null)
    {
        var wanted = string.IsNullOrEmpty(state) ? (UpdateState?)null : ToolResults.ParseName<UpdateState>("state", state);
        var found = updates.GetUpdates(new UpdateFilter(changes.RequireKnown(change), State: wanted, Limit: Math.Clamp(limit ?? 200, 1, 1000)));
        return new UpdateListResult([.. found.Select(UpdateItem.From)]);
    }

    [McpServerTool(Name = "get_update", Title = "Show an update", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Shows one update with its unified diff.")]
    public UpdateResult Get([Description("The update's id.")] string update_id)
    {
        var id = ToolResults.ParseUpdate(update_id);
        var update = updates.Find(id) ?? throw Unknown(id);
        return new UpdateResult(UpdateItem.From(update), updates.GetDiff(id) ?? "");
    }

    [McpServerTool(Name = "approve_update", Title = "Approve an update", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Lets a held update be written. Returns when the decision is stored; writing follows.")]
    public async Task<UpdateDecisionResult> ApproveAsync([Description("The update's id.")] string update_id)
    {
        var id = ToolResults.ParseUpdate(update_id);
        return Result(id, await updates.ApproveAsync(id, By, CancellationToken.None));
    }

    [McpServerTool(Name = "reject_update", Title = "Reject an update", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Ends a held update: it will not be written.")]
    public async Task<UpdateDecisionResult> RejectAsync(
        [Description("The update's id.")] string update_id,
        [Description("Why, for the record.")] string? reason = null)
    {
        var id = ToolResults.ParseUpdate(update_id);
        return Result(id, await updates.RejectAsync(id, By, string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(), CancellationToken.None));
    }

    [McpServerTool(Name = "undo_update", Title = "Undo an update", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = false, Destructive = true, Idempotent = false, OpenWorld = false)]
    [Description("Takes back an applied update by three-way merge with what stands there now. Returns the new update that does it.")]
    public async Task<UpdateDecisionResult> UndoAsync([Description("The update's id.")] string update_id)
    {
        var id = ToolResults.ParseUpdate(update_id);
        return Result(id, await updates.UndoAsync(id, By, CancellationToken.None));
    }

    [McpServerTool(Name = "get_change_history", Title = "History of a change", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Everything that updates did to a change's documents, oldest first.")]
    public async Task<UpdateListResult> HistoryAsync(
        [Description("Name of the change.")] string change,
        [Description("Only updates of this document (path inside the change's folder).")] string? path = null,
        CancellationToken cancellationToken = default)
    {
        var history = await updates.GetChangeHistoryAsync(changes.Require(change).Change.Id, cancellationToken);
        var wanted = history.Where(update => string.IsNullOrEmpty(path) || update.Files.Any(file => file.Path == path));
        return new UpdateListResult([.. wanted.Select(UpdateItem.From)]);
    }

    private static UpdateDecisionResult Result(UpdateId id, UpdateDecision decision) => decision switch
    {
        UpdateDecision.Done done => new UpdateDecisionResult(UpdateItem.From(done.Update)),
        UpdateDecision.NotFound => throw Unknown(id),
        UpdateDecision.WrongState wrong => throw new McpException($"The update {id} is {ToolResults.NameOf(wrong.Update.State)}: {wrong.Why}"),
        UpdateDecision.Conflict conflict => throw new McpException(
            $"Nothing was done: the documents have changed in the same places. {string.Join("\n", conflict.Conflicts.Select(pair => $"{pair.Key}:\n{pair.Value}"))}"),
        _ => throw new InvalidOperationException("A decision of a kind that is not known."),
    };

    private static McpException Unknown(UpdateId id) => new($"There is no update {id}. list_updates shows the ids.");
}
