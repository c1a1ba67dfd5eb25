using System.Text;
using OpenSpec.Editing;
using Platform.Files;
using Workflow.Changes;
using Workflow.Documents.Text;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <inheritdoc cref="IDocumentUpdates"/>
internal sealed class DocumentUpdates(IStore store, UpdateStore updates, ChangeReader reader, Repository repository, TimeProvider time) : IDocumentUpdates
{
    private readonly PathGuard _guard = new(repository.Root, repository.ChangesFolder);

    public Task<UpdateId> UpdateDocumentAsync(UpdatePlan plan, CancellationToken cancellationToken) =>
        store.WriteAsync(transaction => updates.Insert(transaction, plan), cancellationToken);

    public UpdateId Plan(IStoreTransaction transaction, UpdatePlan plan) => updates.Insert(transaction, plan);

    public Task<UpdateDecision> ApproveAsync(UpdateId id, string by, IReadOnlyDictionary<string, string>? texts, CancellationToken cancellationToken) => store.WriteAsync(
        transaction =>
        {
            if (texts is { Count: > 0 } && UpdateStore.Find(transaction, id) is { Record.State: UpdateState.Held } held && Edit(transaction, held, texts, by) is { } problem)
                return new UpdateDecision.Invalid(problem);
            return Decide(transaction, id, UpdateState.Planned, EventTypes.UpdateApproved, by, null);
        },
        cancellationToken);

    public Task<UpdateDecision> RejectAsync(UpdateId id, string by, string? reason, CancellationToken cancellationToken) =>
        store.WriteAsync(transaction => Decide(transaction, id, UpdateState.Rejected, EventTypes.UpdateRejected, by, reason), cancellationToken);

    public async Task<ChangeApproval?> JudgeChangeAsync(ChangeId change, ApprovalState state, string by, string? reason, CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(change, cancellationToken) is not ChangeReading.Complete { Content: var content })
            return null;
        var approval = new ChangeApproval(change, content.Revision, state, by, reason, time.GetUtcNow());
        await store.WriteAsync(transaction => ApprovalStore.Set(transaction, approval), cancellationToken);
        return approval;
    }

    public ChangeApproval? GetApproval(ChangeId change) => store.Read(view => ApprovalStore.Find(view, change));

    public IReadOnlyList<UpdateTexts> GetTexts(UpdateId id) => store.Read(view => UpdateStore.Find(view, id) is { } update
        ? update.Record.Files.Select(file => new UpdateTexts(file.Path, DocumentBlob.FindText(view, file.BaseHash), DocumentBlob.FindText(view, file.NewHash))).ToList()
        : []);

    public async Task<UpdateDecision> UndoAsync(UpdateId id, string by, CancellationToken cancellationToken)
    {
        if (store.Read(view => UpdateStore.Find(view, id)) is not { } update)
            return new UpdateDecision.NotFound();
        if (update.Record.State != UpdateState.Applied)
            return new UpdateDecision.WrongState(update.Record, update.Record.State == UpdateState.Undone ? "it has been taken back already" : $"it is {update.Record.State}: only an applied update can be taken back");
        if (await reader.ReadAsync(update.Record.Change, cancellationToken) is not ChangeReading.Complete { Content: var content })
            return new UpdateDecision.WrongState(update.Record, "its change is gone, or being written to");
        return UndoPlanner.Plan(update.Record, Sides(update.Record)) switch
        {
            UndoPlan.Conflict conflict => new UpdateDecision.Conflict(conflict.Documents),
            UndoPlan.Nothing nothing => new UpdateDecision.WrongState(update.Record, nothing.Why),
            UndoPlan.Edits edits => await StoreUndoAsync(update.Record, content.Revision, edits.Files, by, cancellationToken),
            _ => throw new InvalidOperationException("Unknown undo plan."),
        };
    }

    public async Task<int> WithdrawAsync(ChangeId change, string reason, CancellationToken cancellationToken)
    {
        // Looked at before the transaction, because it reads files: which held updates met the human in the same passage.
        var met = GetUpdates(new UpdateFilter(change, State: UpdateState.Held, Limit: int.MaxValue)).ToDictionary(update => update.Id, update => SamePassage.Find(Sides(update)));
        return await store.WriteAsync(transaction => Withdraw(transaction, change, id => met.GetValueOrDefault(id) ?? reason), cancellationToken);
    }

    private int Withdraw(IStoreTransaction transaction, ChangeId change, Func<UpdateId, string> reasonOf)
    {
        var count = 0;
        foreach (var state in new[] { UpdateState.Planned, UpdateState.Held })
        {
            foreach (var update in UpdateStore.List(transaction, new UpdateFilter(change, State: state, Limit: int.MaxValue)))
            {
                var reason = reasonOf(update.Id);
                if (!updates.Move(transaction, update.Id, state, UpdateState.Withdrawn, reason))
                    continue;
                transaction.Append(new NewEvent(EventTypes.UpdateWithdrawn, change.Value, update.Revision.Value, update.Id.Value, new { why = reason }));
                count++;
            }
        }

        return count;
    }

    public UpdateRecord? Find(UpdateId id) => store.Read(view => UpdateStore.Find(view, id))?.Record;

    public IReadOnlyList<UpdateRecord> GetUpdates(UpdateFilter filter) => store.Read(view => UpdateStore.List(view, filter));

    public string? GetDiff(UpdateId id) => store.Read(view => UpdateStore.Find(view, id) is { } update ? Diff(view, update) : null);

    public Task<IReadOnlyList<UpdateRecord>> GetChangeHistoryAsync(ChangeId change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<UpdateRecord> history = [.. GetUpdates(new UpdateFilter(change, Limit: int.MaxValue)).Reverse()];
        return Task.FromResult(history);
    }

    private UpdateDecision Decide(IStoreTransaction transaction, UpdateId id, UpdateState to, string type, string by, string? reason)
    {
        if (UpdateStore.Find(transaction, id) is not { } update)
            return new UpdateDecision.NotFound();
        if (!updates.Move(transaction, id, UpdateState.Held, to, reason, by))
            return new UpdateDecision.WrongState(update.Record, $"it is {update.Record.State}: only a held update waits for a decision");
        transaction.Append(UpdateStore.Event(type, update, new { by, why = reason, held_because = update.Record.StateReason, kinds = update.Record.Kinds.ToString(), edited = update.Record.EditedBy is not null, model = update.Record.Model }));
        return new UpdateDecision.Done(UpdateStore.Find(transaction, id)!.Record);
    }

    // Puts a person's texts in place of the planned ones; says what is wrong with them.
    private static string? Edit(IStoreTransaction transaction, StoredUpdate update, IReadOnlyDictionary<string, string> texts, string by)
    {
        foreach (var (path, text) in texts)
        {
            if (update.Record.Files.FirstOrDefault(file => file.Path == path) is not { NewHash: not null } file)
                return $"the update does not write {path}: it writes {string.Join(", ", update.Record.Files.Select(one => one.Path))}";
            if (TextLines.Encode(text) is not { } bytes || text.Contains('\0', StringComparison.Ordinal))
                return $"the text for {path} is not valid Unicode, or holds a NUL character";
            var (added, removed) = LineDiff.Count(DocumentBlob.FindText(transaction, file.BaseHash), text);
            var current = UpdateStore.Find(transaction, update.Record.Id)!;
            UpdateStore.ReplaceText(transaction, current, DocumentPath.Parse(path), bytes, file with { NewHash = RevisionHasher.HashDocument(bytes), LinesAdded = added, LinesRemoved = removed }, by);
        }

        return null;
    }

    private async Task<UpdateDecision> StoreUndoAsync(UpdateRecord update, RevisionHash revision, IReadOnlyList<FileEdit> files, string by, CancellationToken cancellationToken)
    {
        var plan = new UpdatePlan(UpdateId.New(time), update.Change, revision, files, UpdateKinds.Undo, $"take back: {update.Reason}") { Undoes = update.Id, ApprovedBy = by };
        var id = await store.WriteAsync(transaction => updates.Insert(transaction, plan), cancellationToken);
        return new UpdateDecision.Done(Find(id)!);
    }

    // Each document before the update, after it, and now.
    private List<UndoSide> Sides(UpdateRecord update) => store.Read(view => update.Files.Select(file =>
    {
        var path = DocumentPath.Parse(file.Path);
        var now = _guard.Check(update.Change, path, MissingFolders.None) is GuardResult.Allowed { Path: var place } ? AtomicFile.Read(place.Absolute) : null;
        return new UndoSide(path, DocumentBlob.FindText(view, file.BaseHash), DocumentBlob.FindText(view, file.NewHash), now is null ? null : RevisionHasher.HashDocument(now), TextLines.Decode(now))
        {
            Existed = file.BaseHash is not null,
            IsKept = file.BaseHash is null || DocumentBlob.Find(view, file.BaseHash) is not null,
        };
    }).ToList());

    private static string Diff(IStoreReader view, StoredUpdate update)
    {
        var diff = new StringBuilder();
        var edits = PlanJson.Read(update.Edits).ToDictionary(edit => edit.Path.Value, StringComparer.Ordinal);
        foreach (var file in update.Record.Files)
        {
            var (before, after) = (DocumentBlob.FindText(view, file.BaseHash), DocumentBlob.FindText(view, file.NewHash));
            diff.Append(before is null && after is null && edits.TryGetValue(file.Path, out var edit) ? PlannedDiff.Of(edit) : UnifiedDiff.Between(file.Path, before, after));
        }

        return diff.ToString();
    }
}
