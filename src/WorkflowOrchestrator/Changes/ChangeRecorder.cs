using System.Text.Json;
using Workflow.Storage;

namespace Workflow.Changes;

/// <summary>Writes what a scan found into one transaction, each difference with its events.</summary>
internal sealed class ChangeRecorder(IStoreTransaction transaction, DateTimeOffset now)
{
    private readonly long _now = now.ToUnixTimeMilliseconds();

    public void Record(IReadOnlyList<ChangeDelta> deltas)
    {
        InsertFirst([.. deltas.OfType<ChangeDelta.NewRevision>().Where(delta => delta.IsFirst).Select(delta => delta.Change)]);
        foreach (var delta in deltas)
            Record(delta);
    }

    private void Record(ChangeDelta delta)
    {
        switch (delta)
        {
            case ChangeDelta.NewRevision(_, IsFirst: true):
                break; // done above
            case ChangeDelta.NewRevision(var change, _):
                SaveChange(change);
                SaveRevision(change);
                break;
            case ChangeDelta.Returned(var change):
                SaveChange(change);
                transaction.Append(new NewEvent(EventTypes.ChangeReturned, change.Id.Value, change.Revision.Value));
                SaveRevision(change);
                break;
            case ChangeDelta.Gone(var id, var reason):
                SaveGone(id, reason);
                break;
            case ChangeDelta.ProblemsChanged(var change):
                SaveChange(change);
                break;
        }
    }

    /// <summary>Moves a revision; the caller has checked that it may.</summary>
    public void Move(RevisionKey key, ChangeStage from, ChangeStage to, string? reason, RevisionHash? by = null)
    {
        transaction.Execute(
            "UPDATE revision SET stage = @Stage, reason = @Reason, attempts = 0, stage_at = @Now WHERE change_id = @Id AND hash = @Hash",
            new { Id = key.Change.Value, Hash = key.Revision.Value, Stage = to.ToString(), Reason = reason, Now = _now });
        transaction.Append(new NewEvent(
            EventTypes.RevisionStage,
            key.Change.Value,
            key.Revision.Value,
            Data: new { from = from.ToString(), to = to.ToString(), reason, by = by?.Value }));
    }

    /// <summary>Starts a revision over as if it had just been found.</summary>
    public void Restart(RevisionKey key, ChangeStage from)
    {
        transaction.Execute(
            "UPDATE revision SET detected_at = @Now WHERE change_id = @Id AND hash = @Hash",
            new { Id = key.Change.Value, Hash = key.Revision.Value, Now = _now });
        Move(key, from, ChangeStage.Detected, reason: null);
        transaction.Append(new NewEvent(EventTypes.RevisionDetected, key.Change.Value, key.Revision.Value, Data: new { restarted = true }));
    }

    private void SaveChange(ScannedChange change) =>
        transaction.Execute(
            """
            INSERT INTO change(id, revision, present, problems, first_seen, last_seen) VALUES(@Id, @Revision, 1, @Problems, @Now, @Now)
            ON CONFLICT(id) DO UPDATE SET revision = @Revision, present = 1, gone = NULL, gone_detail = NULL, problems = @Problems, last_seen = @Now
            """,
            new { Id = change.Id.Value, Revision = change.Revision.Value, Problems = ProblemList.Format(change.Problems), Now = _now });

    private void SaveGone(ChangeId id, GoneReason reason)
    {
        transaction.Execute(
            "UPDATE change SET present = 0, gone = @Kind, gone_detail = @Detail, last_seen = @Now WHERE id = @Id",
            new { Id = id.Value, Kind = reason.Kind.ToString(), reason.Detail, Now = _now });
        transaction.Append(new NewEvent(EventTypes.ChangeGone, id.Value, Data: new { reason = reason.Kind.ToString(), detail = reason.Detail }));
    }

    private void SaveRevision(ScannedChange change)
    {
        var key = new RevisionKey(change.Id, change.Revision);
        if (Insert(change))
        {
            Supersede(key, since: null);
            return;
        }

        var known = ChangeStore.Find(transaction, change.Id, change.Revision)!;
        if (known is { Origin: RevisionOrigin.Human, Stage: ChangeStage.Superseded })
        {
            Restart(key, known.Stage);
            Supersede(key, since: null);
            return;
        }

        transaction.Append(new NewEvent(
            EventTypes.RevisionKnown,
            key.Change.Value,
            key.Revision.Value,
            Data: new { origin = known.Origin.ToString(), stage = known.Stage.ToString() }));

        // What the daemon wrote belongs to the work that it was announced for. An older state of its own that a human brought back ends later work.
        Supersede(key, since: known.Origin == RevisionOrigin.Daemon ? known.DetectedAt : null);
    }

    /// <summary>False when this revision is known.</summary>
    private bool Insert(ScannedChange change)
    {
        var row = NewRow.Of(change);
        var inserted = transaction.Execute(
            """
            INSERT INTO revision(change_id, hash, origin, stage, reason, detected_at, stage_at) VALUES(@Id, @Revision, 'Human', @Stage, @Reason, @Now, @Now)
            ON CONFLICT(change_id, hash) DO NOTHING
            """,
            new { row.Id, row.Revision, row.Stage, row.Reason, Now = _now });
        if (inserted == 0)
            return false;
        AppendDetected(change, row);
        return true;
    }

    /// <summary>The changes of a repository that is seen for the first time, in two statements instead of thousands.</summary>
    private void InsertFirst(ScannedChange[] changes)
    {
        if (changes.Length == 0)
            return;
        var rows = Array.ConvertAll(changes, NewRow.Of);
        var parameters = new { Rows = JsonSerializer.Serialize(rows), Now = _now };
        transaction.Execute(
            """
            INSERT INTO change(id, revision, present, problems, first_seen, last_seen)
            SELECT json_extract(value, '$.Id'), json_extract(value, '$.Revision'), 1, json_extract(value, '$.Problems'), @Now, @Now FROM json_each(@Rows) WHERE true
            ON CONFLICT(id) DO UPDATE SET revision = excluded.revision, present = 1, gone = NULL, gone_detail = NULL, problems = excluded.problems, last_seen = @Now
            """,
            parameters);
        var inserted = transaction.Query<string>(
            """
            INSERT INTO revision(change_id, hash, origin, stage, reason, detected_at, stage_at)
            SELECT json_extract(value, '$.Id'), json_extract(value, '$.Revision'), 'Human', json_extract(value, '$.Stage'), json_extract(value, '$.Reason'), @Now, @Now
            FROM json_each(@Rows) WHERE true
            ON CONFLICT(change_id, hash) DO NOTHING
            RETURNING change_id
            """,
            parameters).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < changes.Length; i++)
        {
            if (inserted.Contains(rows[i].Id))
                AppendDetected(changes[i], rows[i]);
            else
                SaveRevision(changes[i]); // the daemon announced it between the scan and now
        }
    }

    private void AppendDetected(ScannedChange change, NewRow row) =>
        transaction.Append(new NewEvent(
            EventTypes.RevisionDetected,
            row.Id,
            row.Revision,
            Data: new { files = change.Files.Count, bytes = change.Files.Sum(file => file.Size), problems = change.Problems.Count, stage = row.Stage, reason = row.Reason }));

    /// <summary>Ends the unfinished work on other revisions of the change; with <paramref name="since"/> only on those found after that time.</summary>
    private void Supersede(RevisionKey by, DateTimeOffset? since)
    {
        var others = transaction.Query<RevisionRow>(
            $"{RevisionRow.Select} WHERE change_id = @Id AND hash <> @Hash AND stage NOT IN ('Done', 'Superseded') AND detected_at > @Since",
            new { Id = by.Change.Value, Hash = by.Revision.Value, Since = since?.ToUnixTimeMilliseconds() ?? long.MinValue });
        foreach (var other in others.Select(row => row.ToRecord()))
            Move(other.Key, other.Stage, ChangeStage.Superseded, $"revision {by.Revision.Short} took over", by.Revision);
    }

    /// <summary>What is stored of a revision that is new. One that cannot be worked on is parked at once, with the reason.</summary>
    private sealed record NewRow(string Id, string Revision, string Problems, string Stage, string? Reason)
    {
        public static NewRow Of(ScannedChange change)
        {
            var blocking = change.Problems.FirstOrDefault(problem => problem.BlocksChange);
            return new NewRow(
                change.Id.Value,
                change.Revision.Value,
                ProblemList.Format(change.Problems),
                (blocking is null ? ChangeStage.Detected : ChangeStage.Parked).ToString(),
                blocking is null ? null : $"{change.Id} {blocking.Message}");
        }
    }
}
