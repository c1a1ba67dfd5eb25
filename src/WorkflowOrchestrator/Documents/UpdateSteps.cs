using Microsoft.Data.Sqlite;
using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>
/// The way of updates. One goes through three transactions of the store, whatever it consists of: the plan (made by the caller); the journal, which holds
/// the old and the new bytes and every revision on the way, before the first document is changed; and the end, after the last was flushed and
/// committed. Between them every step can be repeated: it looks at what is there and does what is missing. So a crash at any point is followed by the
/// same calls and the same result. Updates of one change go one after the other; different changes may go at the same time.
/// </summary>
internal sealed partial class UpdateSteps(
    IStore store,
    UpdateStore updates,
    ChangeStore changes,
    ChangeReader reader,
    Repository repository,
    CurrentSettings settings,
    UpdateGate gate,
    UpdateCommitter committer,
    PolicyFactsReader facts,
    FollowUpWriter followUps,
    ILogger<UpdateSteps> logger)
{
    private readonly ChangeTraces _traces = new(store);
    private readonly PathGuard _guard = new(repository.Root, repository.ChangesFolder);
    private readonly BackupFolder _backups = new(repository.Backups);

    /// <summary>Takes one update as far as it goes now.</summary>
    public async Task<UpdateStep> StepAsync(UpdateId id, CancellationToken cancellationToken) =>
        store.Read(view => UpdateStore.Find(view, id)) is { } update
            ? (await AdvanceAsync([update], cancellationToken)).GetValueOrDefault(id, new UpdateStep.Finished())
            : new UpdateStep.Finished();

    /// <summary>
    /// Takes the unfinished updates of a change, oldest first, as far as they go now. Those that were made from one revision and can be written together
    /// become one commit.
    /// </summary>
    public Task<IReadOnlyDictionary<UpdateId, UpdateStep>> AdvanceAsync(ChangeId change, CancellationToken cancellationToken) =>
        AdvanceAsync(store.Read(view => UpdateStore.UnfinishedOf(view, change)), cancellationToken);

    /// <summary>Ends the attempts to commit: the documents stay as written.</summary>
    public async Task GiveUpCommitAsync(UpdateId id, string why, CancellationToken cancellationToken)
    {
        if (store.Read(view => UpdateStore.Find(view, id)) is { Record.State: UpdateState.Written } update)
            await FinishAsync([new Progress.Written(update, Load(update), MayBeCommitted: true)], null, why, cancellationToken);
    }

    /// <summary>Ends an update that cannot go on although nothing has been written.</summary>
    public async Task AbandonAsync(UpdateId id, string why, CancellationToken cancellationToken)
    {
        if (store.Read(view => UpdateStore.Find(view, id)) is { Record.State: UpdateState.Planned or UpdateState.Journaled } update)
            await EndAsync(update, UpdateState.Refused, EventTypes.UpdateRefused, why, cancellationToken);
    }

    private async Task<IReadOnlyDictionary<UpdateId, UpdateStep>> AdvanceAsync(IReadOnlyList<StoredUpdate> unfinished, CancellationToken cancellationToken)
    {
        var first = unfinished.Count == 0 ? null : unfinished[0].Record;
        var trace = await _traces.OpenAsync(first?.Change.Value, first?.Revision.Value, cancellationToken);
        using var activity = first is null ? null : trace.Start("update")?.SetTag("workflow.update", first.Id.Value);
        var steps = new Dictionary<UpdateId, UpdateStep>();
        var written = new List<Progress.Written>();
        foreach (var update in unfinished)
        {
            if (written.Count > 0 && !BelongsTo(written, update))
                await CommitAsync(written, steps, cancellationToken);
            switch (await WriteSafelyAsync(update, [.. written.Select(other => other.Update.Record.Id)], cancellationToken))
            {
                case Progress.Written now:
                    written.Add(now);
                    break;
                case Progress.Stopped stopped:
                    steps[update.Record.Id] = stopped.Step;
                    break;
            }
        }

        await CommitAsync(written, steps, cancellationToken);
        return steps;
    }

    private static bool BelongsTo(List<Progress.Written> written, StoredUpdate update) =>
        !written[0].MayBeCommitted && update.Record.State is UpdateState.Planned or UpdateState.Journaled && update.Record.Revision == written[0].Update.Record.Revision;

    // One update that nobody foresaw must not stop all others.
    private async Task<Progress> WriteSafelyAsync(StoredUpdate update, IReadOnlyCollection<UpdateId> inHand, CancellationToken cancellationToken)
    {
        var id = update.Record.Id;
        try
        {
            return await WriteAsync(update, inHand, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException)
        {
            logger.LogWarning(DocumentEventIds.WriteFailed, error, "Update {Update} cannot go on for the moment", id);
            return new Progress.Stopped(new UpdateStep.Waits(DocumentHealth.Documents, error.Message, "Look at the space and the permissions of the state folder and of the repository."));
        }
        catch (Exception error) when (error is not (OperationCanceledException or FailpointException))
        {
            logger.LogError(DocumentEventIds.WriteFailed, error, "Update {Update} failed", id);
            return new Progress.Stopped(new UpdateStep.Waits(
                DocumentHealth.Documents, $"{error.GetType().Name}: {error.Message}", "This is a fault of the daemon: see its log, and report it.", CountsAsFailure: true));
        }
    }

    private Task<Progress> WriteAsync(StoredUpdate update, IReadOnlyCollection<UpdateId> inHand, CancellationToken cancellationToken)
    {
        if (update.Record.State is UpdateState.Planned or UpdateState.Journaled
            && store.Read(view => UpdateStore.OlderInWork(view, update.Record.Change, update.Record.Id, inHand)) is { } older)
        {
            return Task.FromResult<Progress>(new Progress.Stopped(UpdateStep.Waits.Ordinary($"update {older} of the same change comes first")));
        }

        return update.Record.State switch
        {
            UpdateState.Planned => PlanAsync(update, cancellationToken),
            UpdateState.Journaled => GoOnAsync(update, cancellationToken),
            UpdateState.BackedUp => RecoverAsync(update, cancellationToken),
            UpdateState.Written => Task.FromResult<Progress>(new Progress.Written(update, Load(update), MayBeCommitted: true)),
            _ => Task.FromResult(Progress.Ended),
        };
    }

    // Planned → Held, Refused, Superseded, Withdrawn, Shadowed, or on to writing
    private async Task<Progress> PlanAsync(StoredUpdate update, CancellationToken cancellationToken)
    {
        Failpoint.Hit(DocumentFailpoints.AfterPlanned);
        var plan = update.ToPlan();
        if (!TryReadDocuments(update.Record, plan, out var current, out var refusal))
            return await EndAsync(update, refusal.IsMissing ? UpdateState.Superseded : UpdateState.Refused, refusal.IsMissing ? EventTypes.UpdateSuperseded : EventTypes.UpdateRefused, refusal.Why, cancellationToken);
        switch (UpdatePreparer.Prepare(plan, current, (path, text) => Rebase(update, plan, path, text)))
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

    private async Task<Progress> DecideAsync(StoredUpdate update, UpdatePlan plan, PreparedUpdate prepared, CancellationToken cancellationToken)
    {
        var verdict = prepared.Files.Count > 0 && plan.Undoes is null && gate.Check(plan.Change, prepared) is { } worse
            ? new UpdateVerdict.Refuse(plan.Kinds, worse)
            : UpdatePolicy.Decide(plan, prepared, facts.Read(plan, prepared));
        switch (verdict)
        {
            case UpdateVerdict.MayApply:
                return await JournalAsync(update, prepared, verdict.Kinds, cancellationToken);
            case UpdateVerdict.Hold hold:
                return await RecordAsync(update, prepared, hold, UpdateState.Held, EventTypes.UpdateHeld, hold.Why, cancellationToken);
            case UpdateVerdict.OnlyRecord:
                return await RecordAsync(update, prepared, verdict, UpdateState.Shadowed, EventTypes.UpdateShadowed, null, cancellationToken);
            case UpdateVerdict.Refuse refuse:
                return await RecordAsync(update, prepared, refuse, UpdateState.Refused, EventTypes.UpdateRefused, refuse.Why, cancellationToken);
            default:
                throw new InvalidOperationException("Unknown verdict.");
        }
    }

    private async Task<Progress> RecordAsync(StoredUpdate update, PreparedUpdate prepared, UpdateVerdict verdict, UpdateState state, string type, string? why, CancellationToken cancellationToken)
    {
        await store.WriteAsync(
            transaction =>
            {
                if (!updates.Move(transaction, update.Record.Id, UpdateState.Planned, state, why))
                    return;
                UpdateStore.SetContent(transaction, update.Record.Id, verdict.Kinds, prepared);
                transaction.Append(UpdateStore.Event(type, update, new { why, kinds = verdict.Kinds.ToString() }));
            },
            cancellationToken);
        Log(update.Record, state, why);
        Failpoint.Hit(DocumentFailpoints.AfterJournaled);
        return Progress.Ended;
    }

    // Planned → Journaled when it has to wait; else → BackedUp, with which the first document may be changed.
    private async Task<Progress> JournalAsync(StoredUpdate update, PreparedUpdate prepared, UpdateKinds kinds, CancellationToken cancellationToken)
    {
        var record = update.Record with { Kinds = kinds, Files = [.. prepared.Files.Select(file => file.Summary)] };
        var (announcement, waits) = await AnnouncementAsync(record, prepared, cancellationToken);
        var isMoved = await store.WriteAsync(
            transaction =>
            {
                if (!updates.Move(transaction, record.Id, UpdateState.Planned, announcement is null ? UpdateState.Journaled : UpdateState.BackedUp))
                    return false; // withdrawn meanwhile
                UpdateStore.SetContent(transaction, record.Id, kinds, prepared);
                Announce(transaction, record, announcement);
                return true;
            },
            cancellationToken);
        Failpoint.Hit(DocumentFailpoints.AfterJournaled);
        if (!isMoved)
            return Progress.Ended;
        if (announcement is null)
            return new Progress.Stopped(waits!);
        return await BackUpAndWriteAsync(update with { Record = record with { NewRevision = announcement.NewRevision } }, prepared, cancellationToken);
    }

    // Journaled: it had to wait.
    private async Task<Progress> GoOnAsync(StoredUpdate update, CancellationToken cancellationToken)
    {
        var prepared = Load(update);
        var (announcement, waits) = await AnnouncementAsync(update.Record, prepared, cancellationToken);
        if (announcement is null)
        {
            return IsChangeGone(update.Record)
                ? await EndAsync(update, UpdateState.Superseded, EventTypes.UpdateSuperseded, "the change is gone", cancellationToken)
                : new Progress.Stopped(waits!);
        }

        var isMoved = await store.WriteAsync(
            transaction =>
            {
                if (!updates.Move(transaction, update.Record.Id, UpdateState.Journaled, UpdateState.BackedUp))
                    return false;
                Announce(transaction, update.Record, announcement);
                return true;
            },
            cancellationToken);
        return isMoved ? await BackUpAndWriteAsync(update with { Record = update.Record with { NewRevision = announcement.NewRevision } }, prepared, cancellationToken) : Progress.Ended;
    }

    // BackedUp after a crash or a full disk: everything may have happened, up to the commit.
    private async Task<Progress> RecoverAsync(StoredUpdate update, CancellationToken cancellationToken)
    {
        if (await committer.FindAsync(update.Record, cancellationToken) is { } commit)
        {
            await FinishAsync([new Progress.Written(update, Load(update), MayBeCommitted: true)], commit, null, cancellationToken);
            return Progress.Ended;
        }

        var prepared = Load(update);
        if (IsChangeGone(update.Record))
        {
            new DocumentWriter(_guard).TakeBack(update.Record, prepared.Files);
            return await EndAsync(update, UpdateState.Superseded, EventTypes.UpdateSuperseded, "the change is gone", cancellationToken);
        }

        var (announcement, waits) = await AnnouncementAsync(update.Record, prepared, cancellationToken);
        if (announcement is null)
            return new Progress.Stopped(waits!);
        await store.WriteAsync(transaction => Announce(transaction, update.Record, announcement), cancellationToken);
        var progress = await BackUpAndWriteAsync(update with { Record = update.Record with { NewRevision = announcement.NewRevision } }, prepared, cancellationToken, isRecovery: true);
        return progress is Progress.Written written ? written with { MayBeCommitted = true } : progress;
    }

    // BackedUp → written, Superseded or Refused
    private async Task<Progress> BackUpAndWriteAsync(StoredUpdate update, PreparedUpdate prepared, CancellationToken cancellationToken, bool isRecovery = false)
    {
        if (settings.Documents.BackupBeforeUpdate && prepared.Files.Count > 0)
        {
            _backups.Make(update.Record, prepared.Files, repository.ChangesFolder);
            Failpoint.Hit(DocumentFailpoints.AfterBackup);
        }

        Failpoint.Hit(DocumentFailpoints.AfterBackedUp);
        switch (new DocumentWriter(_guard).Write(update.Record, prepared.Files, isRecovery))
        {
            case WriteOutcome.BaseMoved moved:
                return await EndAsync(update, UpdateState.Superseded, EventTypes.UpdateSuperseded, moved.Why, cancellationToken, UpdateState.BackedUp);
            case WriteOutcome.Refused refused:
                return await EndAsync(update, UpdateState.Refused, EventTypes.UpdateRefused, refused.Why, cancellationToken, UpdateState.BackedUp);
            case WriteOutcome.Postponed postponed:
                return new Progress.Stopped(new UpdateStep.Waits(DocumentHealth.Documents, postponed.Why, postponed.Remedy));
        }

        Failpoint.Hit(DocumentFailpoints.AfterWritten);
        return new Progress.Written(update, prepared, MayBeCommitted: false);
    }

    // Written → Applied, all with one commit; the list is empty afterwards.
    private async Task CommitAsync(List<Progress.Written> written, Dictionary<UpdateId, UpdateStep> steps, CancellationToken cancellationToken)
    {
        if (written.Count == 0)
            return;
        Progress.Written[] together = [.. written];
        var result = await committer.CommitAsync([.. together.Select(one => one.Update.Record)], together.Any(one => one.MayBeCommitted), cancellationToken);
        written.Clear();
        if (result.Waits is not null)
            await store.WriteAsync(transaction => Array.ForEach(together, one => updates.Move(transaction, one.Update.Record.Id, UpdateState.BackedUp, UpdateState.Written)), cancellationToken);
        else
            await FinishAsync(together, result.Hash, result.Note, cancellationToken);
        foreach (var one in together)
            steps[one.Update.Record.Id] = result.Waits ?? (UpdateStep)new UpdateStep.Finished();
    }
}
