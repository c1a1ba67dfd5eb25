using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>What the steps store, beside the journal.</summary>
internal sealed partial class UpdateSteps
{
    /// <summary>How far one update came.</summary>
    private abstract record Progress
    {
        public static readonly Progress Ended = new Stopped(new UpdateStep.Finished());

        private Progress()
        {
        }

        /// <summary>Its documents are written; the commit is to come.</summary>
        internal sealed record Written(StoredUpdate Update, PreparedUpdate Prepared, bool MayBeCommitted) : Progress;

        internal sealed record Stopped(UpdateStep Step) : Progress;
    }

    /// <summary>Every revision that the change can have on the way of an update; the last is that of the whole update.</summary>
    private sealed record Announcement(IReadOnlyList<RevisionHash> OnTheWay, RevisionHash NewRevision);

    // What has to be known before the first document is changed; or why it cannot be changed now.
    private async Task<(Announcement? Announcement, UpdateStep.Waits? Waits)> AnnouncementAsync(UpdateRecord update, PreparedUpdate prepared, CancellationToken cancellationToken)
    {
        if (await committer.BusyAsync(cancellationToken) is { } busy)
            return (null, busy);
        var content = await reader.ReadAsync(update.Change, cancellationToken) switch
        {
            ChangeReading.Complete read => read.Content,
            ChangeReading.Gone when update.IsNewChange => new ChangeContent(update.Change, RevisionHasher.Compute([]), [], []),
            _ => null,
        };
        if (content is null)
            return (null, UpdateStep.Waits.Ordinary("the change is being written to without a pause"));
        var revisions = prepared.RevisionsOnTheWay(content);
        return (new Announcement(revisions, revisions.Count == 0 ? content.Revision : revisions[^1]), null);
    }

    private void Announce(IStoreTransaction transaction, UpdateRecord update, Announcement? announcement)
    {
        if (announcement is null)
            return;
        if (!update.IsNewChange)
        {
            foreach (var revision in announcement.OnTheWay)
                changes.RegisterDaemonRevision(transaction, update.Change, revision);
        }

        UpdateStore.SetNewRevision(transaction, update.Id, announcement.NewRevision);
    }

    private bool IsChangeGone(UpdateRecord update) => !update.IsNewChange && !Directory.Exists(Path.Combine(repository.ChangesFolder, update.Change.Value));

    private async Task FinishAsync(IReadOnlyList<Progress.Written> written, string? commit, string? note, CancellationToken cancellationToken)
    {
        var stale = written.Select(one => followUps.Find(one.Update.Record, one.Prepared)).ToArray(); // reads files: before the transaction
        await store.WriteAsync(
            transaction =>
            {
                for (var i = 0; i < written.Count; i++)
                    Finish(transaction, written[i].Update, stale[i], commit, note);
            },
            cancellationToken);
        foreach (var one in written)
            Log(one.Update.Record, UpdateState.Applied, note);
        Failpoint.Hit(DocumentFailpoints.AfterApplied);
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

    private async Task<Progress> EndAsync(StoredUpdate update, UpdateState state, string type, string why, CancellationToken cancellationToken, UpdateState? from = null)
    {
        await store.WriteAsync(
            transaction =>
            {
                if (updates.Move(transaction, update.Record.Id, from ?? update.Record.State, state, why))
                    transaction.Append(UpdateStore.Event(type, update, new { why }));
            },
            cancellationToken);
        Log(update.Record, state, why);
        return Progress.Ended;
    }
}
