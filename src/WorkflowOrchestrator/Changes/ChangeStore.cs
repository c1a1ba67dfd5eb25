using Workflow.Storage;

namespace Workflow.Changes;

/// <summary>
/// What is known about changes and revisions, and the only code that moves a revision from stage to stage. Methods that take a transaction take part
/// in the caller's; their events are published when it commits.
/// </summary>
internal sealed class ChangeStore(IStore store, TimeProvider time)
{
    /// <summary>What the store knows about all changes, or about these.</summary>
    public IReadOnlyDictionary<ChangeId, KnownChange> Known(IReadOnlyCollection<ChangeId>? ids = null) =>
        store.Read(reader => ids is null
            ? reader.Query<ChangeRow>(ChangeRow.Select)
            : reader.Query<ChangeRow>($"{ChangeRow.Select} WHERE id IN @Ids", new { Ids = ids.Select(id => id.Value).ToArray() }))
            .Select(row => row.ToKnown())
            .ToDictionary(change => change.Id);

    /// <summary>Records what a scan found. Each difference is stored together with its events; a hash that is known already starts nothing again.</summary>
    public async Task RecordAsync(IReadOnlyList<ChangeDelta> deltas, CancellationToken cancellationToken)
    {
        // One transaction, unless a whole repository is new: then other writers get their turn in between.
        const int batch = 1000;
        foreach (var part in deltas.Chunk(batch))
        {
            await store.WriteAsync(
                transaction => new ChangeRecorder(transaction, time.GetUtcNow()).Record(part),
                cancellationToken);
        }
    }

    /// <summary>
    /// Announces a revision that the daemon is about to write, in the transaction that also stores the intent to write it. When the watcher finds it on
    /// disk it starts no review, and what the work behind it has still to do is not superseded by it. If an update writes several files one
    /// after another, announce each state in between as well: a crash may leave any of them.
    /// </summary>
    public void RegisterDaemonRevision(IStoreTransaction transaction, ChangeId id, RevisionHash hash)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        transaction.Execute(
            """
            INSERT INTO change(id, revision, present, gone, first_seen, last_seen) VALUES(@Id, @Hash, 0, 'Announced', @Now, @Now)
            ON CONFLICT(id) DO NOTHING
            """,
            new { Id = id.Value, Hash = hash.Value, Now = now });

        // A human revision with these very bytes stays what it is, unless it was superseded: that would be started over when its bytes are found, and
        // what the daemon writes (an undo, say) starts nothing.
        transaction.Execute(
            """
            INSERT INTO revision(change_id, hash, origin, stage, detected_at, stage_at) VALUES(@Id, @Hash, 'Daemon', 'Done', @Now, @Now)
            ON CONFLICT(change_id, hash) DO UPDATE SET origin = 'Daemon', stage = 'Done', reason = NULL, detected_at = @Now
            WHERE origin = 'Daemon' OR stage = 'Superseded'
            """,
            new { Id = id.Value, Hash = hash.Value, Now = now });
    }

    /// <summary>Moves a revision to a stage and forgets its failed attempts.</summary>
    /// <returns>False when a newer revision took over meanwhile: stop, there is nothing left to do for this one.</returns>
    /// <exception cref="IllegalStageException">The stage cannot follow the present one.</exception>
    public bool SetStage(IStoreTransaction transaction, ChangeId id, RevisionHash hash, ChangeStage stage, string? reason = null)
    {
        var present = Require(transaction, id, hash);
        if (present.Stage == ChangeStage.Superseded && stage != ChangeStage.Superseded)
            return false;
        if (!StageTransitions.IsLegal(present.Stage, stage))
            throw new IllegalStageException(id, hash, present.Stage, stage);
        if (present.Stage != stage || present.Reason != reason)
            new ChangeRecorder(transaction, time.GetUtcNow()).Move(present.Key, present.Stage, stage, reason);
        return true;
    }

    /// <summary>Counts one more failed attempt at the present stage, with its reason.</summary>
    /// <returns>How many there were in all.</returns>
    public static int CountAttempt(IStoreTransaction transaction, ChangeId id, RevisionHash hash, string reason)
    {
        transaction.Execute(
            "UPDATE revision SET attempts = attempts + 1, reason = @Reason WHERE change_id = @Id AND hash = @Hash",
            new { Id = id.Value, Hash = hash.Value, Reason = reason });
        return Require(transaction, id, hash).Attempts;
    }

    /// <summary>Starts a revision over, because a human asked for it (<c>wo process</c>): whatever its stage, except while it is being worked on.</summary>
    /// <returns>False while it is being worked on already.</returns>
    public bool Restart(IStoreTransaction transaction, ChangeId id, RevisionHash hash)
    {
        var present = Require(transaction, id, hash);
        if (!StageTransitions.IsLegal(present.Stage, ChangeStage.Detected))
            return false;

        // What the daemon wrote for this revision and what stands on disk now goes on being part of its work.
        if (CurrentRevision(transaction, id) is { Origin: RevisionOrigin.Daemon } own && own.DetectedAt >= present.DetectedAt)
            RegisterDaemonRevision(transaction, id, own.Hash);
        new ChangeRecorder(transaction, time.GetUtcNow()).Restart(present.Key, present.Stage);
        return true;
    }

    public RevisionRecord? Find(ChangeId id, RevisionHash hash) => store.Read(reader => Find(reader, id, hash));

    public static RevisionRecord? Find(IStoreReader reader, ChangeId id, RevisionHash hash) =>
        reader.First<RevisionRow>($"{RevisionRow.Select} WHERE change_id = @Id AND hash = @Hash", new { Id = id.Value, Hash = hash.Value })?.ToRecord();

    /// <summary>The revision on disk now; null when the change is not there (or was never seen). It may be one that the daemon wrote.</summary>
    public RevisionRecord? CurrentRevision(ChangeId id) => store.Read(reader => CurrentRevision(reader, id));

    public static RevisionRecord? CurrentRevision(IStoreReader reader, ChangeId id) =>
        reader.First<RevisionRow>(
            $"{RevisionRow.Select} WHERE change_id = @Id AND hash = (SELECT revision FROM change WHERE id = @Id AND present = 1)",
            new { Id = id.Value })?.ToRecord();

    /// <summary>
    /// The revision that the work on a change is about: the last one that a human made and none has superseded. The daemon's own writing for it does
    /// not take its place.
    /// </summary>
    public RevisionRecord? WorkRevision(ChangeId id) => store.Read(reader => WorkRevision(reader, id));

    public static RevisionRecord? WorkRevision(IStoreReader reader, ChangeId id) =>
        reader.First<RevisionRow>(
            $"{RevisionRow.Select} WHERE change_id = @Id ORDER BY origin = 'Human' DESC, stage = 'Superseded', detected_at DESC LIMIT 1",
            new { Id = id.Value })?.ToRecord();

    /// <summary>
    /// Whether what is on disk (<paramref name="onDisk"/>) may be taken for the revision being worked on: it is that revision, or the daemon itself wrote
    /// it since then.
    /// </summary>
    public bool IsSameWork(ChangeId id, RevisionHash work, RevisionHash onDisk) =>
        work == onDisk
        || store.Read(reader => Find(reader, id, work) is { } human && Find(reader, id, onDisk) is { Origin: RevisionOrigin.Daemon } own && own.DetectedAt >= human.DetectedAt);

    /// <summary>Revisions of present changes that the orchestrator has work for, oldest first; those that wait for answers or review included.</summary>
    public IReadOnlyList<RevisionRecord> Unfinished() =>
        store.Read(reader => reader.Query<RevisionRow>(
                $"{RevisionRow.Select} WHERE stage IN @Stages AND change_id IN (SELECT id FROM change WHERE present = 1) ORDER BY detected_at, change_id",
                new { Stages = Enum.GetValues<ChangeStage>().Where(StageTransitions.IsActive).Select(stage => stage.ToString()).ToArray() }))
            .Select(row => row.ToRecord())
            .ToArray();

    /// <summary>All changes by name, with the revision on disk and the one being worked on.</summary>
    /// <param name="includeGone">Also those archived, deleted or away.</param>
    public IReadOnlyList<ChangeSummary> List(bool includeGone = false) =>
        store.Read(reader =>
        {
            var changes = reader.Query<ChangeRow>($"{ChangeRow.Select} WHERE (present = 1 OR @IncludeGone) AND gone IS NOT 'Announced' ORDER BY id", new { IncludeGone = includeGone });
            var revisions = reader.Query<RevisionRow>(RevisionRow.Select).Select(row => row.ToRecord()).ToLookup(revision => revision.Change);
            return changes.Select(change => Summarise(change, revisions[ChangeId.Parse(change.Id)])).ToArray();
        });

    /// <summary>One change as in <see cref="List"/>; null when it was never seen.</summary>
    public ChangeSummary? Summary(ChangeId id) =>
        store.Read(reader => reader.First<ChangeRow>($"{ChangeRow.Select} WHERE id = @Id AND gone IS NOT 'Announced'", new { Id = id.Value }) is { } change
            ? Summarise(change, reader.Query<RevisionRow>($"{RevisionRow.Select} WHERE change_id = @Id", new { Id = id.Value }).Select(row => row.ToRecord()))
            : null);

    private static ChangeSummary Summarise(ChangeRow change, IEnumerable<RevisionRecord> revisions)
    {
        var all = revisions.ToArray();
        var onDisk = all.First(revision => revision.Hash.Value == change.Revision);
        var work = all
            .OrderByDescending(revision => revision.Origin == RevisionOrigin.Human)
            .ThenBy(revision => revision.Stage == ChangeStage.Superseded)
            .ThenByDescending(revision => revision.DetectedAt)
            .First();
        return new ChangeSummary(change.ToKnown(), onDisk, work, DateTimeOffset.FromUnixTimeMilliseconds(change.FirstSeen));
    }

    private static RevisionRecord Require(IStoreReader reader, ChangeId id, RevisionHash hash) =>
        Find(reader, id, hash) ?? throw new KeyNotFoundException($"There is no revision {hash.Short} of {id} in the store.");
}
