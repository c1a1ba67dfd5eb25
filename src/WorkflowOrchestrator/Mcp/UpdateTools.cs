using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Documents;
using Workflow.Documents.History;

namespace Workflow.Mcp;

/// <summary>What operators see of updates, and how they decide about them.</summary>
[McpServerToolType]
internal sealed class UpdateTools(IDocumentUpdates updates, DocumentHistory history, ShadowReader shadows, ChangeNames changes)
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
    [Description("Shows one update with its unified diff, and with its documents before and after when texts=true.")]
    public UpdateResult Get(
        [Description("The update's id.")] string update_id,
        [Description("Also the whole documents before and after.")] bool? texts = null)
    {
        var id = ToolResults.ParseUpdate(update_id);
        var update = updates.Find(id) ?? throw Unknown(id);
        return new UpdateResult(
            UpdateItem.From(update), updates.GetDiff(id) ?? "", texts == true ? [.. updates.GetTexts(id).Select(text => new UpdateTextItem(text.Path, text.Before, text.After))] : []);
    }

    [McpServerTool(Name = "approve_update", Title = "Approve an update", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Lets a held update be written, as planned or with your own text. Returns when the decision is stored; writing follows.")]
    public async Task<UpdateDecisionResult> ApproveAsync(
        [Description("The update's id.")] string update_id,
        [Description("Your own text of the whole document, in place of the planned one.")] string? text = null,
        [Description("Which document 'text' is, when the update writes several: its path inside the change's folder.")] string? path = null)
    {
        var id = ToolResults.ParseUpdate(update_id);
        return Result(id, await updates.ApproveAsync(id, By, text is null ? null : new Dictionary<string, string>(StringComparer.Ordinal) { [Target(id, path)] = text }, CancellationToken.None));
    }

    [McpServerTool(Name = "judge_change", Title = "Approve a change", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Keeps your verdict about a change as it stands. While an approved change stands as it did, updates of it are held back.")]
    public async Task<ApprovalItem> JudgeAsync(
        [Description("Name of the change.")] string change,
        [Description("approved or changes_requested.")] string state,
        [Description("Why, for the record.")] string? reason = null,
        CancellationToken cancellationToken = default)
    {
        var id = changes.Require(change).Change.Id;
        var approval = await updates.JudgeChangeAsync(id, ToolResults.ParseName<ApprovalState>("state", state), By, string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(), cancellationToken)
            ?? throw new McpException($"The change {id} is not there, or is being written to.");
        return Item(approval, isCurrent: true);
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
    [Description("What updates and people did to a change's documents, oldest first, and your last verdict about the change.")]
    public async Task<ChangeHistoryResult> HistoryAsync(
        [Description("Name of the change.")] string change,
        [Description("Only this document (path inside the change's folder).")] string? path = null,
        CancellationToken cancellationToken = default)
    {
        var known = changes.Require(change);
        var id = known.Change.Id;
        var all = await updates.GetChangeHistoryAsync(id, cancellationToken);
        var paths = string.IsNullOrEmpty(path) ? history.PathsOf(id) : [Document(path)];
        var entries = paths.SelectMany(document => history.Of(id, document)).Select(HistoryItem.From).OrderBy(entry => entry.At ?? DateTimeOffset.MaxValue).ToList();
        return new ChangeHistoryResult(
            [.. all.Where(update => string.IsNullOrEmpty(path) || update.Files.Any(file => file.Path == path)).Select(UpdateItem.From)],
            entries,
            updates.GetApproval(id) is { } approval ? Item(approval, approval.Revision == known.OnDisk.Hash) : null);
    }

    [McpServerTool(Name = "explain_line", Title = "Why a line says what it says", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Tells who wrote a line of a change's document: the update with its question, answer, evidence and model, or people; also when it was edited since.")]
    public LineResult Explain(
        [Description("Name of the change.")] string change,
        [Description("Path inside the change's folder.")] string path,
        [Description("The line, from 1.")] int line)
    {
        var id = changes.Require(change).Change.Id;
        var explained = history.Explain(id, Document(path), line) ?? throw new McpException($"{id}/{path} has no line {line}.");
        return new LineResult(id.Value, path, line, explained.Text, [.. explained.Origins.Select(LineOriginItem.From)], explained.IsCut);
    }

    [McpServerTool(Name = "get_shadow_report", Title = "Shadow report", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Compares what updates in shadow mode would have written with what people then wrote.")]
    public ShadowResult Shadow(
        [Description("Only updates of this change.")] string? change = null,
        [Description("Most updates to look at, 1 to 1000; 200 when not given.")] int? limit = null) =>
        ShadowResult.From(shadows.Read(changes.RequireKnown(change), Math.Clamp(limit ?? 200, 1, 1000)));

    private static DocumentPath Document(string path) => DocumentPath.TryParse(path, out var document, out var why) ? document : throw new McpException(why);

    private static ApprovalItem Item(ChangeApproval approval, bool isCurrent) =>
        new(approval.Change.Value, approval.State, approval.By, approval.Reason, approval.Revision.Value, approval.At, isCurrent);

    // The document that a person's text is for: the only one that the update writes, beside the report.
    private string Target(UpdateId id, string? path)
    {
        if (!string.IsNullOrEmpty(path))
            return path;
        var files = (updates.Find(id) ?? throw Unknown(id)).Files.Select(file => file.Path).ToList();
        return files.Count == 1 ? files[0] : files.FindAll(file => file != DocumentPath.Review.Value) is [var only] ? only : throw new McpException($"The update writes {string.Join(", ", files)}: say with 'path' which of them the text is.");
    }

    private static UpdateDecisionResult Result(UpdateId id, UpdateDecision decision) => decision switch
    {
        UpdateDecision.Done done => new UpdateDecisionResult(UpdateItem.From(done.Update)),
        UpdateDecision.NotFound => throw Unknown(id),
        UpdateDecision.Invalid invalid => throw new McpException($"Nothing was done: {invalid.Why}."),
        UpdateDecision.WrongState wrong => throw new McpException($"The update {id} is {ToolResults.NameOf(wrong.Update.State)}: {wrong.Why}"),
        UpdateDecision.Conflict conflict => throw new McpException(
            $"Nothing was done: the documents have changed in the same places. {string.Join("\n", conflict.Conflicts.Select(pair => $"{pair.Key}:\n{pair.Value}"))}"),
        _ => throw new InvalidOperationException("A decision of a kind that is not known."),
    };

    private static McpException Unknown(UpdateId id) => new($"There is no update {id}. list_updates shows the ids.");
}
