using Microsoft.Data.Sqlite;
using Workflow.Changes;
using Workflow.Documents.Git;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>
/// The way of updates. One goes through three transactions of the store, whatever it consists of: the plan (made by the caller); the journal, which holds
/// the old and the new bytes and every revision on the way, before the first document is changed; and the end, after the last was flushed and
/// committed. Between them every step can be repeated: it looks at what is there and does what is missing. So a crash at any point is followed by the
/// same calls and the same result. Updates of one change go one after the other, and those that were made from one revision and touch different documents
/// share their transactions, their backup, the flushes of their folders and their commit; different changes may go at the same time.
/// </summary>
internal sealed class UpdateSteps(
    UpdateJudge judge, UpdateJournal journal, UpdateCommitter committer, ChangeReader reader, ChangeTraces traces, Repository repository, CurrentSettings settings, ILogger<UpdateSteps> logger)
{
    private readonly PathGuard _guard = new(repository.Root, repository.ChangesFolder);
    private readonly BackupFolder _backups = new(repository.Backups);

    /// <summary>Takes one update as far as it goes now.</summary>
    public async Task<UpdateStep> StepAsync(UpdateId id, CancellationToken cancellationToken) =>
        journal.Find(id) is { } update ? (await AdvanceAsync([update], cancellationToken)).GetValueOrDefault(id, new UpdateStep.Finished()) : new UpdateStep.Finished();

    /// <summary>
    /// Takes the unfinished updates of a change, oldest first, as far as they go now. Those that were made from one revision and can be written together
    /// become one commit.
    /// </summary>
    public Task<IReadOnlyDictionary<UpdateId, UpdateStep>> AdvanceAsync(ChangeId change, CancellationToken cancellationToken) =>
        AdvanceAsync(journal.UnfinishedOf(change), cancellationToken);

    /// <summary>Ends the attempts to commit: the documents stay as written.</summary>
    public async Task GiveUpCommitAsync(UpdateId id, string why, CancellationToken cancellationToken)
    {
        if (journal.Find(id) is { Record.State: UpdateState.Written } update)
            await journal.FinishAsync([journal.Load(update)], null, why, cancellationToken);
    }

    /// <summary>Ends an update that cannot go on although nothing has been written.</summary>
    public async Task AbandonAsync(UpdateId id, string why, CancellationToken cancellationToken)
    {
        if (journal.Find(id) is { Record.State: UpdateState.Planned or UpdateState.Journaled } update)
            await journal.EndAsync(update, update.Record.State, UpdateState.Refused, why, cancellationToken);
    }

    private async Task<IReadOnlyDictionary<UpdateId, UpdateStep>> AdvanceAsync(IReadOnlyList<StoredUpdate> unfinished, CancellationToken cancellationToken)
    {
        var first = unfinished.Count == 0 ? null : unfinished[0].Record;
        var trace = await traces.OpenAsync(first?.Change.Value, first?.Revision.Value, cancellationToken);
        using var activity = first is null ? null : trace.Start("update")?.SetTag("workflow.update", first.Id.Value);
        var round = new UpdateRound();
        foreach (var group in UpdateGroups.Of(unfinished))
        {
            if (round.Silence is { } silence)
                round.Stop(group, silence);
            else
                await AdvanceAsync(group, round, cancellationToken);
        }

        await CommitAsync(round, cancellationToken);
        return round.Steps;
    }

    // One update that nobody foresaw must not stop all others.
    private async Task AdvanceAsync(IReadOnlyList<StoredUpdate> group, UpdateRound round, CancellationToken cancellationToken)
    {
        if (!round.Takes(group[0].Record))
            await CommitAsync(round, cancellationToken);
        try
        {
            await WriteAsync(group, round, cancellationToken);
        }
        catch (Exception error) when (group.Count > 1 && error is not (OperationCanceledException or FailpointException))
        {
            logger.LogInformation(DocumentEventIds.WriteFailed, error, "{Count} updates of {Change} cannot go on together, and are tried one by one", group.Count, group[0].Record.Change);
            foreach (var id in group.Select(update => update.Record.Id).Where(id => !round.Has(id)))
            {
                if (journal.Find(id) is { Record.IsEnded: false } now)
                    await AdvanceAsync([now], round, cancellationToken);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException)
        {
            logger.LogWarning(DocumentEventIds.WriteFailed, error, "Update {Update} cannot go on for the moment", group[0].Record.Id);
            round.Stop(group[0].Record, new UpdateStep.Waits(DocumentHealth.Documents, error.Message, "Look at the space and the permissions of the state folder and of the repository."));
        }
        catch (Exception error) when (error is not (OperationCanceledException or FailpointException))
        {
            logger.LogError(DocumentEventIds.WriteFailed, error, "Update {Update} failed", group[0].Record.Id);
            round.Stop(group[0].Record, new UpdateStep.Waits(
                DocumentHealth.Documents, $"{error.GetType().Name}: {error.Message}", "This is a fault of the daemon: see its log, and report it.", CountsAsFailure: true));
        }
    }

    private async Task WriteAsync(IReadOnlyList<StoredUpdate> group, UpdateRound round, CancellationToken cancellationToken)
    {
        var first = group[0].Record;
        if (first.State is UpdateState.Planned or UpdateState.Journaled && journal.OlderInWork(first, round.InHand) is { } older)
        {
            round.Wait(group.Select(update => update.Record), older);
            return;
        }

        switch (first.State)
        {
            case UpdateState.Planned:
                await PlanAsync(group, round, cancellationToken);
                break;
            case UpdateState.Journaled:
                await GoOnAsync([.. group.Select(journal.Load)], round, cancellationToken);
                break;
            case UpdateState.BackedUp:
                await RecoverAsync(journal.Load(group[0]), round, cancellationToken);
                break;
            case UpdateState.Written:
                round.Written.Add(journal.Load(group[0]) with { MayBeCommitted = true });
                break;
        }
    }

    // Planned → Held, Refused, Superseded, Withdrawn, Shadowed, Journaled when they have to wait, or BackedUp and written
    private async Task PlanAsync(IReadOnlyList<StoredUpdate> group, UpdateRound round, CancellationToken cancellationToken)
    {
        var judgements = judge.Judge(group);
        var ended = judgements.OfType<Judgement.NotWritten>().ToArray();
        if (ended.Length > 0)
        {
            await journal.EndAsync(ended, UpdateState.Planned, cancellationToken);
            Array.ForEach(ended, one => round.End(one.Update.Record));
            Failpoint.Hit(DocumentFailpoints.AfterJournaled);
        }

        PreparedWrite[] writes = [.. judgements.OfType<Judgement.ToWrite>().Select(one => one.Write)];
        if (writes.Length == 0)
            return;
        var (content, waits) = await ReadChangeAsync(writes[0].Record, cancellationToken);
        var begun = await BeginAsync(writes, UpdateState.Planned, content, round, cancellationToken);
        Failpoint.Hit(DocumentFailpoints.AfterJournaled);
        if (content is null)
            round.Stop(begun, waits!);
        else
            await BackUpAndWriteAsync(begun, round, cancellationToken);
    }

    // Journaled: they had to wait.
    private async Task GoOnAsync(IReadOnlyList<PreparedWrite> writes, UpdateRound round, CancellationToken cancellationToken)
    {
        var (content, waits) = await ReadChangeAsync(writes[0].Record, cancellationToken);
        if (content is not null)
            await BackUpAndWriteAsync(await BeginAsync(writes, UpdateState.Journaled, content, round, cancellationToken), round, cancellationToken);
        else if (IsChangeGone(writes[0].Record))
            await EndAsync([.. writes.Select(write => new Judgement.NotWritten(write.Update, UpdateState.Superseded, "the change is gone"))], UpdateState.Journaled, round, cancellationToken);
        else
            round.Stop(writes, waits!);
    }

    private async Task<IReadOnlyList<PreparedWrite>> BeginAsync(IReadOnlyList<PreparedWrite> writes, UpdateState from, ChangeContent? content, UpdateRound round, CancellationToken cancellationToken)
    {
        var begun = await journal.BeginAsync(writes, from, content, cancellationToken);
        foreach (var withdrawn in writes.ExceptBy(begun.Select(write => write.Record.Id), write => write.Record.Id))
            round.End(withdrawn.Record);
        return begun;
    }

    // BackedUp after a crash or a full disk: everything may have happened, up to the commit.
    private async Task RecoverAsync(PreparedWrite write, UpdateRound round, CancellationToken cancellationToken)
    {
        string? commit;
        try
        {
            commit = await committer.FindAsync(write.Record, cancellationToken);
        }
        catch (GitTimeoutException error)
        {
            round.Stop([write], UpdateCommitter.Wait(error)); // writing it again could undo what a person did after its commit
            return;
        }

        if (commit is not null)
        {
            await journal.FinishAsync([write], commit, null, cancellationToken);
            round.End(write.Record);
            return;
        }

        if (IsChangeGone(write.Record))
            new DocumentWriter(_guard).TakeBack(write.Record, write.Prepared.Files);
        await ResumeAsync([write with { MayBeCommitted = true }], round, cancellationToken);
    }

    // BackedUp, and the revisions that were announced are no longer those on the way
    private async Task ResumeAsync(PreparedWrite[] writes, UpdateRound round, CancellationToken cancellationToken)
    {
        if (IsChangeGone(writes[0].Record))
        {
            await EndAsync([.. writes.Select(write => new Judgement.NotWritten(write.Update, UpdateState.Superseded, "the change is gone"))], UpdateState.BackedUp, round, cancellationToken);
            return;
        }

        var (content, waits) = await ReadChangeAsync(writes[0].Record, cancellationToken);
        if (content is null)
            round.Stop(writes, waits!);
        else
            await BackUpAndWriteAsync(await journal.AnnounceAsync(writes, content, cancellationToken), round, cancellationToken);
    }

    // BackedUp → written, Superseded or Refused
    private async Task BackUpAndWriteAsync(IReadOnlyList<PreparedWrite> writes, UpdateRound round, CancellationToken cancellationToken)
    {
        if (settings.Documents.BackupBeforeUpdate && writes.Any(write => write.Prepared.Files.Count > 0))
        {
            _backups.Make(writes, repository.ChangesFolder);
            Failpoint.Hit(DocumentFailpoints.AfterBackup);
        }

        Failpoint.Hit(DocumentFailpoints.AfterBackedUp);
        var (count, failure) = Write(writes);
        if (count > 0)
            Failpoint.Hit(DocumentFailpoints.AfterWritten);
        round.Written.AddRange(writes.Take(count));
        if (failure is null)
            return;
        PreparedWrite[] rest = [.. writes.Skip(count + 1)];
        switch (failure)
        {
            case WriteOutcome.Postponed postponed:
                round.Stop(writes[count].Record, new UpdateStep.Waits(DocumentHealth.Documents, postponed.Why, postponed.Remedy));
                round.Wait(rest.Select(write => write.Record), writes[count].Record.Id);
                return;
            case WriteOutcome.BaseMoved moved:
                await EndAsync([new Judgement.NotWritten(writes[count].Update, UpdateState.Superseded, moved.Why)], UpdateState.BackedUp, round, cancellationToken);
                break;
            case WriteOutcome.Refused refused:
                await EndAsync([new Judgement.NotWritten(writes[count].Update, UpdateState.Refused, refused.Why)], UpdateState.BackedUp, round, cancellationToken);
                break;
        }

        if (rest.Length > 0)
            await ResumeAsync(rest, round, cancellationToken);
    }

    // How many are written, and durable, and what kept the next one from it.
    private (int Count, WriteOutcome? Failure) Write(IReadOnlyList<PreparedWrite> writes)
    {
        var writer = new DocumentWriter(_guard);
        try
        {
            for (var i = 0; i < writes.Count; i++)
            {
                if (writer.Write(writes[i].Record, writes[i].Prepared.Files, writes[i].MayBeCommitted) is var outcome and not WriteOutcome.Written)
                    return (i, outcome);
            }

            return (writes.Count, null);
        }
        finally
        {
            writer.Complete();
        }
    }

    // Written → Applied, all with one commit; none is in hand afterwards.
    private async Task CommitAsync(UpdateRound round, CancellationToken cancellationToken)
    {
        if (round.Written.Count == 0)
            return;
        PreparedWrite[] together = [.. round.Written];
        var result = await committer.CommitAsync([.. together.Select(one => one.Record)], together.Any(one => one.MayBeCommitted), cancellationToken);
        round.Written.Clear();
        if (result.Waits is not null)
            await journal.MarkWrittenAsync(together, cancellationToken);
        else
            await journal.FinishAsync(together, result.Hash, result.Note, cancellationToken);
        round.Stop(together, result.Waits ?? (UpdateStep)new UpdateStep.Finished());
    }

    private async Task EndAsync(IReadOnlyList<Judgement.NotWritten> ended, UpdateState from, UpdateRound round, CancellationToken cancellationToken)
    {
        await journal.EndAsync(ended, from, cancellationToken);
        foreach (var one in ended)
            round.End(one.Update.Record);
    }

    // The change as it stands, which has to be known before the first document is changed; or why it cannot be changed now.
    private async Task<(ChangeContent? Content, UpdateStep.Waits? Waits)> ReadChangeAsync(UpdateRecord update, CancellationToken cancellationToken)
    {
        if (await committer.BusyAsync(cancellationToken) is { } busy)
            return (null, busy);
        return await reader.ReadAsync(update.Change, cancellationToken) switch
        {
            ChangeReading.Complete read => (read.Content, null),
            ChangeReading.Gone when update.IsNewChange => (new ChangeContent(update.Change, RevisionHasher.Compute([]), [], []), null),
            _ => (null, UpdateStep.Waits.Ordinary("the change is being written to without a pause")),
        };
    }

    private bool IsChangeGone(UpdateRecord update) => !update.IsNewChange && !Directory.Exists(Path.Combine(repository.ChangesFolder, update.Change.Value));
}
