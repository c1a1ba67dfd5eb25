using Workflow.Changes;
using Workflow.Documents.Text;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>The transactions on the way of updates, with their events: what the daemon itself moves from one state to another, it moves here.</summary>
internal sealed class UpdateJournal(IStore store, UpdateStore updates, ChangeStore changes, FollowUpWriter followUps, ILogger<UpdateJournal> logger)
{
    public StoredUpdate? Find(UpdateId id) => store.Read(view => UpdateStore.Find(view, id));

    public IReadOnlyList<StoredUpdate> UnfinishedOf(ChangeId change) => store.Read(view => UpdateStore.UnfinishedOf(view, change));

    /// <summary>An older update of the same change that is being written and not in hand: the younger ones wait for it.</summary>
    public UpdateId? OlderInWork(UpdateRecord update, IReadOnlyCollection<UpdateId> inHand) => store.Read(view => UpdateStore.OlderInWork(view, update.Change, update.Id, inHand));

    /// <summary>The documents before and after, as they were journaled.</summary>
    public PreparedWrite Load(StoredUpdate update) => store.Read(view => new PreparedWrite(update, new PreparedUpdate(
        [.. update.Record.Files.Select(file =>
        {
            var (before, after) = (Blob(view, file.BaseHash), Blob(view, file.NewHash));
            return new PreparedFile(DocumentPath.Parse(file.Path), before, after, TextLines.Decode(before), TextLines.Decode(after), file);
        })])));

    /// <summary>Ends updates, or holds them: all in one transaction.</summary>
    /// <param name="ended">The updates.</param>
    /// <param name="from">The state that they are in.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task EndAsync(IReadOnlyList<Judgement.NotWritten> ended, UpdateState from, CancellationToken cancellationToken)
    {
        var blobs = BlobsOf(ended.Select(one => one.Prepared));
        await store.WriteAsync(
            transaction =>
            {
                Array.ForEach(blobs, blob => blob.Add(transaction));
                foreach (var one in ended)
                {
                    if (!updates.Move(transaction, one.Update.Record.Id, from, one.State, one.Why))
                        continue;
                    if (one.Prepared is { } prepared)
                        UpdateStore.SetFiles(transaction, one.Update.Record.Id, one.Update.Record.Kinds, prepared);
                    object data = one.Prepared is null ? new { why = one.Why } : new { why = one.Why, kinds = one.Update.Record.Kinds.ToString() };
                    transaction.Append(UpdateStore.Event(TypeOf(one.State), one.Update, data));
                }
            },
            cancellationToken);
        foreach (var one in ended)
            Log(one.Update.Record, one.State, one.Why);
    }

    public Task EndAsync(StoredUpdate update, UpdateState from, UpdateState to, string why, CancellationToken cancellationToken) =>
        EndAsync([new Judgement.NotWritten(update, to, why)], from, cancellationToken);

    /// <summary>
    /// Planned → Journaled when they have to wait; Planned or Journaled → BackedUp, with every revision on the way, when <paramref name="content"/> is known: with that
    /// the first document may be changed.
    /// </summary>
    /// <param name="writes">The updates, in the order of writing; all in state <paramref name="from"/>.</param>
    /// <param name="from">Planned or Journaled.</param>
    /// <param name="content">The change as it stands; null: they have to wait.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Those that moved, in their order; the others were withdrawn meanwhile.</returns>
    public async Task<IReadOnlyList<PreparedWrite>> BeginAsync(IReadOnlyList<PreparedWrite> writes, UpdateState from, ChangeContent? content, CancellationToken cancellationToken)
    {
        var blobs = from == UpdateState.Planned ? BlobsOf(writes.Select(write => write.Prepared)) : [];
        return await store.WriteAsync(
            transaction =>
            {
                var begun = new List<PreparedWrite>(writes.Count);
                var trail = content is null ? null : new RevisionTrail(content);
                Array.ForEach(blobs, blob => blob.Add(transaction));
                foreach (var write in writes)
                {
                    if (!updates.Move(transaction, write.Record.Id, from, content is null ? UpdateState.Journaled : UpdateState.BackedUp))
                        continue;
                    if (from == UpdateState.Planned)
                        UpdateStore.SetFiles(transaction, write.Record.Id, write.Record.Kinds, write.Prepared);
                    begun.Add(trail is null ? write : Announce(transaction, write, trail));
                }

                return begun;
            },
            cancellationToken);
    }

    /// <summary>Announces the revisions on the way anew, for updates that are BackedUp already.</summary>
    public Task<IReadOnlyList<PreparedWrite>> AnnounceAsync(IReadOnlyList<PreparedWrite> writes, ChangeContent content, CancellationToken cancellationToken) =>
        store.WriteAsync<IReadOnlyList<PreparedWrite>>(
            transaction =>
            {
                var trail = new RevisionTrail(content);
                return [.. writes.Select(write => Announce(transaction, write, trail))];
            },
            cancellationToken);

    /// <summary>BackedUp → Written: the commit waits.</summary>
    public Task MarkWrittenAsync(IReadOnlyList<PreparedWrite> writes, CancellationToken cancellationToken) => store.WriteAsync(
        transaction =>
        {
            foreach (var write in writes)
                updates.Move(transaction, write.Record.Id, UpdateState.BackedUp, UpdateState.Written);
        },
        cancellationToken);

    /// <summary>BackedUp or Written → Applied, with what it makes necessary elsewhere.</summary>
    /// <param name="writes">The updates.</param>
    /// <param name="commit">Their commit; null when there is none.</param>
    /// <param name="note">Why there is none, or what git said.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task FinishAsync(IReadOnlyList<PreparedWrite> writes, string? commit, string? note, CancellationToken cancellationToken)
    {
        var stale = writes.Select(write => followUps.Find(write.Record, write.Prepared)).ToArray(); // reads files: before the transaction
        await store.WriteAsync(
            transaction =>
            {
                for (var i = 0; i < writes.Count; i++)
                    Finish(transaction, writes[i].Update, stale[i], commit, note);
            },
            cancellationToken);
        foreach (var write in writes)
            Log(write.Record, UpdateState.Applied, note);
        Failpoint.Hit(DocumentFailpoints.AfterApplied);
    }

    private PreparedWrite Announce(IStoreTransaction transaction, PreparedWrite write, RevisionTrail trail)
    {
        foreach (var revision in trail.Add(write.Prepared))
        {
            if (!write.Record.IsNewChange)
                changes.RegisterDaemonRevision(transaction, write.Record.Change, revision);
        }

        UpdateStore.SetNewRevision(transaction, write.Record.Id, trail.Last);
        return write with { Update = write.Update with { Record = write.Record with { NewRevision = trail.Last } } };
    }

    private void Finish(IStoreTransaction transaction, StoredUpdate update, IReadOnlyList<FollowUp> stale, string? commit, string? note)
    {
        var record = update.Record;
        if (!updates.MoveToApplied(transaction, record.Id, commit, note))
            return;
        transaction.Append(UpdateStore.Event(
            EventTypes.UpdateApplied,
            update,
            new { new_revision = record.NewRevision?.Value, commit, commit_note = note, kinds = record.Kinds.ToString(), files = record.Files.Select(file => file.Path).ToArray() }));
        followUps.Write(transaction, record, stale);
        if (record.Undoes is not { } undone || !updates.Move(transaction, undone, UpdateState.Applied, UpdateState.Undone))
            return;
        UpdateStore.SetUndoneBy(transaction, undone, record.Id);
        transaction.Append(new NewEvent(EventTypes.UpdateUndone, record.Change.Value, record.Revision.Value, undone.Value, new { by = record.Id.Value, who = record.DecidedBy }));
    }

    private static string TypeOf(UpdateState state) => state switch
    {
        UpdateState.Held => EventTypes.UpdateHeld,
        UpdateState.Refused => EventTypes.UpdateRefused,
        UpdateState.Superseded => EventTypes.UpdateSuperseded,
        UpdateState.Withdrawn => EventTypes.UpdateWithdrawn,
        UpdateState.Shadowed => EventTypes.UpdateShadowed,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No update ends like this by itself."),
    };

    // Packed before the transaction, which all others wait for.
    private static DocumentBlob[] BlobsOf(IEnumerable<PreparedUpdate?> updates) => [.. updates.OfType<PreparedUpdate>().SelectMany(DocumentBlob.Of)];

    private static byte[]? Blob(IStoreReader view, string? hash) =>
        hash is null ? null : DocumentBlob.Find(view, hash) ?? throw new InvalidDataException($"The store has lost the document {hash}.");

    private void Log(UpdateRecord update, UpdateState state, string? why)
    {
        if (state is UpdateState.Refused)
            logger.LogWarning(DocumentEventIds.UpdateRefused, "Update {Update} of {Change} is refused: {Why}", update.Id, update.Change, why);
        else
            logger.LogInformation(DocumentEventIds.UpdateReached, "Update {Update} of {Change} is {State}. {Why}", update.Id, update.Change, state, why);
    }
}
