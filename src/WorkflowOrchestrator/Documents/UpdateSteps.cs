using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>
/// The way of one update, step by step. Each step can be repeated: it looks at what is there, does what is missing, and stores the next state before
/// the following one begins. So a crash at any point is followed by the same calls and the same result.
/// </summary>
internal sealed partial class UpdateSteps(
    IStore store,
    UpdateStore updates,
    ChangeStore changes,
    ChangeReader reader,
    Repository repository,
    OrchestratorSettings settings,
    UpdateGate gate,
    UpdateCommitter committer,
    TimeProvider time,
    ILogger<UpdateSteps> logger)
{
    private readonly PathGuard _guard = new(repository.Root, repository.ChangesFolder);
    private readonly BackupFolder _backups = new(repository.Backups);

    /// <summary>Does the next step of an update.</summary>
    public async Task<UpdateStep> StepAsync(UpdateId id, CancellationToken cancellationToken)
    {
        if (store.Read(view => UpdateStore.Find(view, id)) is not { } update)
            return new UpdateStep.Finished();
        return update.Record.State switch
        {
            UpdateState.Planned => await PlanAsync(update, cancellationToken),
            UpdateState.Journaled => await BackUpAsync(update, cancellationToken),
            UpdateState.BackedUp => await WriteAsync(update, cancellationToken),
            UpdateState.Written => await CommitAsync(update, mayExist: update.CommitAttempts > 0, cancellationToken),
            _ => new UpdateStep.Finished(),
        };
    }

    /// <summary>Ends the attempts to commit: the documents stay as written.</summary>
    public Task<UpdateStep> GiveUpCommitAsync(UpdateId id, string why, CancellationToken cancellationToken) =>
        store.Read(view => UpdateStore.Find(view, id)) is { Record.State: UpdateState.Written } update
            ? FinishAsync(update, null, why, cancellationToken)
            : Task.FromResult<UpdateStep>(new UpdateStep.Finished());

    /// <summary>Ends an update that cannot go on although nothing has been written.</summary>
    public Task<UpdateStep> AbandonAsync(UpdateId id, string why, CancellationToken cancellationToken) =>
        store.Read(view => UpdateStore.Find(view, id)) is { Record.State: UpdateState.Planned or UpdateState.Journaled } update
            ? EndAsync(update, UpdateState.Refused, EventTypes.UpdateRefused, why, cancellationToken)
            : Task.FromResult<UpdateStep>(new UpdateStep.Finished());

    // Planned → Held, Refused, Superseded, Withdrawn, Shadowed or Journaled
    private async Task<UpdateStep> PlanAsync(StoredUpdate update, CancellationToken cancellationToken)
    {
        Failpoint.Hit(DocumentFailpoints.AfterPlanned);
        var plan = update.ToPlan();
        if (!TryReadDocuments(update.Record, plan, out var current, out var refusal))
            return await EndAsync(update, refusal.IsMissing ? UpdateState.Superseded : UpdateState.Refused, refusal.IsMissing ? EventTypes.UpdateSuperseded : EventTypes.UpdateRefused, refusal.Why, cancellationToken);
        switch (UpdatePreparer.Prepare(plan, current, update.Record.DecidedBy is null ? null : (path, text) => Rebase(update, path, text)))
        {
            case Preparation.Refused refused:
                return await EndAsync(update, UpdateState.Refused, EventTypes.UpdateRefused, refused.Why, cancellationToken);
            case Preparation.BaseMoved moved when update.Record.DecidedBy is not null:
                return await EndAsync(update, UpdateState.Withdrawn, EventTypes.UpdateWithdrawn, $"{moved.Why}, in the same place", cancellationToken);
            case Preparation.BaseMoved moved:
                return await EndAsync(update, UpdateState.Superseded, EventTypes.UpdateSuperseded, moved.Why, cancellationToken);
            case Preparation.Complete { Update: var prepared }:
                return await DecideAsync(update, plan, prepared, cancellationToken);
            default:
                throw new InvalidOperationException("Unknown preparation.");
        }
    }

    private async Task<UpdateStep> DecideAsync(StoredUpdate update, UpdatePlan plan, PreparedUpdate prepared, CancellationToken cancellationToken)
    {
        if (prepared.Files.Count > 0 && plan.Undoes is null && gate.Check(plan.Change, prepared) is { } worse)
            return await EndAsync(update, UpdateState.Refused, EventTypes.UpdateRefused, worse, cancellationToken);
        var verdict = UpdatePolicy.Decide(plan, prepared, Facts(plan));
        var (state, type, why) = verdict switch
        {
            UpdateVerdict.MayApply => (UpdateState.Journaled, null, null),
            UpdateVerdict.Hold hold => (UpdateState.Held, EventTypes.UpdateHeld, hold.Why),
            UpdateVerdict.OnlyRecord => (UpdateState.Shadowed, EventTypes.UpdateShadowed, null),
            UpdateVerdict.Refuse refuse => (UpdateState.Refused, EventTypes.UpdateRefused, (string?)refuse.Why),
            _ => throw new InvalidOperationException("Unknown verdict."),
        };
        await store.WriteAsync(
            transaction =>
            {
                if (!updates.Move(transaction, plan.Id, UpdateState.Planned, state, why))
                    return;
                UpdateStore.SetContent(transaction, plan.Id, verdict.Kinds, prepared);
                if (type is not null)
                    transaction.Append(UpdateStore.Event(type, update, new { why, kinds = verdict.Kinds.ToString() }));
            },
            cancellationToken);
        Log(update.Record, state, why);
        Failpoint.Hit(DocumentFailpoints.AfterJournaled);
        return new UpdateStep.Advanced();
    }

    // Journaled → BackedUp (and on, because nothing has to be looked at again)
    private async Task<UpdateStep> BackUpAsync(StoredUpdate update, CancellationToken cancellationToken)
    {
        if (store.Read(view => UpdateStore.OlderInWork(view, update.Record.Change, update.Record.Id)) is { } older)
            return UpdateStep.Waits.Ordinary($"update {older} of the same change comes first");
        if (await committer.BusyAsync(cancellationToken) is { } busy)
            return busy;
        var prepared = Load(update);
        if (settings.Documents.BackupBeforeUpdate && prepared.Files.Count > 0)
        {
            var places = new List<GuardedPath>();
            foreach (var file in prepared.Files)
            {
                if (_guard.Check(update.Record.Change, file.Path, file.Before is null ? update.Record.MayCreate : MissingFolders.None) is not GuardResult.Allowed { Path: var place })
                    return await EndAsync(update, UpdateState.Superseded, EventTypes.UpdateSuperseded, $"{file.Path} is gone", cancellationToken);
                places.Add(place);
            }

            _backups.Make(update.Record, prepared.Files, places);
            Failpoint.Hit(DocumentFailpoints.AfterBackup);
        }

        return await AnnounceAsync(update, prepared, UpdateState.Journaled, cancellationToken) ?? await WriteAnnouncedAsync(update, prepared, cancellationToken);
    }

    // BackedUp after a restart or a full disk
    private async Task<UpdateStep> WriteAsync(StoredUpdate update, CancellationToken cancellationToken)
    {
        var prepared = Load(update);
        return await AnnounceAsync(update, prepared, UpdateState.BackedUp, cancellationToken) ?? await WriteAnnouncedAsync(update, prepared, cancellationToken);
    }

    // Registers every revision that the change can have on the way, together with the state from which writing begins.
    private async Task<UpdateStep?> AnnounceAsync(StoredUpdate update, PreparedUpdate prepared, UpdateState from, CancellationToken cancellationToken)
    {
        var isNewChange = (update.Record.Kinds & UpdateKinds.NewChange) != UpdateKinds.None;
        var content = await reader.ReadAsync(update.Record.Change, cancellationToken) switch
        {
            ChangeReading.Complete read => read.Content,
            ChangeReading.Gone when isNewChange => new ChangeContent(update.Record.Change, RevisionHasher.Compute([]), [], []),
            _ => null,
        };
        if (content is null)
        {
            return Directory.Exists(Path.Combine(repository.ChangesFolder, update.Record.Change.Value))
                ? UpdateStep.Waits.Ordinary("the change is being written to without a pause")
                : await TakeBackAsync(update, prepared, "the change is gone", cancellationToken);
        }

        var revisions = prepared.RevisionsOnTheWay(content);
        var isMoved = await store.WriteAsync(
            transaction =>
            {
                if (!updates.Move(transaction, update.Record.Id, from, UpdateState.BackedUp))
                    return false;
                if (!isNewChange)
                {
                    foreach (var revision in revisions)
                        changes.RegisterDaemonRevision(transaction, update.Record.Change, revision);
                }

                UpdateStore.SetNewRevision(transaction, update.Record.Id, revisions.Count == 0 ? content.Revision : revisions[^1]);
                return true;
            },
            cancellationToken);
        Failpoint.Hit(DocumentFailpoints.AfterBackedUp);
        return isMoved ? null : new UpdateStep.Finished();
    }

    // BackedUp → Written, Superseded or Refused
    private async Task<UpdateStep> WriteAnnouncedAsync(StoredUpdate update, PreparedUpdate prepared, CancellationToken cancellationToken)
    {
        switch (new DocumentWriter(_guard).Write(update.Record, prepared.Files))
        {
            case WriteOutcome.BaseMoved moved:
                return await EndAsync(update, UpdateState.Superseded, EventTypes.UpdateSuperseded, moved.Why, cancellationToken, UpdateState.BackedUp);
            case WriteOutcome.Refused refused:
                return await EndAsync(update, UpdateState.Refused, EventTypes.UpdateRefused, refused.Why, cancellationToken, UpdateState.BackedUp);
            case WriteOutcome.Postponed postponed:
                return new UpdateStep.Waits(DocumentHealth.Documents, postponed.Why, postponed.Remedy);
        }

        await store.WriteAsync(
            transaction =>
            {
                updates.Move(transaction, update.Record.Id, UpdateState.BackedUp, UpdateState.Written);
                UpdateStore.CountCommitAttempt(transaction, update.Record.Id);
            },
            cancellationToken);
        Failpoint.Hit(DocumentFailpoints.AfterWritten);
        return store.Read(view => UpdateStore.Find(view, update.Record.Id)) is { } written ? await CommitAsync(written, mayExist: false, cancellationToken) : new UpdateStep.Finished();
    }

    private Task<UpdateStep> TakeBackAsync(StoredUpdate update, PreparedUpdate prepared, string why, CancellationToken cancellationToken)
    {
        new DocumentWriter(_guard).TakeBack(update.Record, prepared.Files);
        return EndAsync(update, UpdateState.Superseded, EventTypes.UpdateSuperseded, why, cancellationToken);
    }

    // Written → Applied
    private async Task<UpdateStep> CommitAsync(StoredUpdate update, bool mayExist, CancellationToken cancellationToken)
    {
        var result = await committer.CommitAsync(update.Record, mayExist, cancellationToken);
        return result.Waits ?? await FinishAsync(update, result.Hash, result.Note, cancellationToken);
    }

    private async Task<UpdateStep> FinishAsync(StoredUpdate update, string? commit, string? note, CancellationToken cancellationToken)
    {
        var record = update.Record;
        await store.WriteAsync(
            transaction =>
            {
                if (!updates.Move(transaction, record.Id, UpdateState.Written, UpdateState.Applied))
                    return;
                UpdateStore.SetCommit(transaction, record.Id, commit, note);
                transaction.Append(UpdateStore.Event(
                    EventTypes.UpdateApplied,
                    update,
                    new { new_revision = record.NewRevision?.Value, commit, commit_note = note, kinds = record.Kinds.ToString(), files = record.Files.Select(file => file.Path).ToArray() }));
                if (record.Undoes is { } undone && updates.Move(transaction, undone, UpdateState.Applied, UpdateState.Undone))
                {
                    UpdateStore.SetUndoneBy(transaction, undone, record.Id);
                    transaction.Append(new NewEvent(EventTypes.UpdateUndone, record.Change.Value, record.Revision.Value, undone.Value, new { by = record.Id.Value, who = record.DecidedBy }));
                }
            },
            cancellationToken);
        Log(record, UpdateState.Applied, note);
        Failpoint.Hit(DocumentFailpoints.AfterApplied);
        return new UpdateStep.Finished();
    }

    private async Task<UpdateStep> EndAsync(StoredUpdate update, UpdateState state, string type, string why, CancellationToken cancellationToken, UpdateState? from = null)
    {
        await store.WriteAsync(
            transaction =>
            {
                if (updates.Move(transaction, update.Record.Id, from ?? update.Record.State, state, why))
                    transaction.Append(UpdateStore.Event(type, update, new { why }));
            },
            cancellationToken);
        Log(update.Record, state, why);
        return new UpdateStep.Finished();
    }
}
