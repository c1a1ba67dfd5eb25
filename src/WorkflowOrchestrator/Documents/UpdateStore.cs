using System.Text.Json;
using Workflow.Changes;
using Workflow.Documents.Text;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>The SQL of updates. Every change of state is one transaction of the caller, with its event.</summary>
internal sealed class UpdateStore(TimeProvider time)
{
    /// <summary>Stores a plan, unless the same edits to the same revision wait or are being worked on. Returns the update that stands for it.</summary>
    public UpdateId Insert(IStoreTransaction transaction, UpdatePlan plan)
    {
        var edits = PlanJson.Write(plan.Files);
        var fingerprint = PlanJson.Fingerprint(plan.Change, plan.Revision, edits);
        var same = transaction.First<string>(
            "SELECT id FROM update_plan WHERE id = @Id OR (fingerprint = @Fingerprint AND state IN ('Planned', 'Held', 'Journaled', 'BackedUp', 'Written'))",
            new { Id = plan.Id.Value, Fingerprint = fingerprint });
        if (same is not null)
            return UpdateId.Parse(same);
        var now = Now;
        transaction.Execute(
            """
            INSERT INTO update_plan(id, change_id, revision, state, kinds, reason, model, question_ids, edits, fingerprint, planned_at, state_at, decided_by, undoes)
            VALUES (@Id, @Change, @Revision, 'Planned', @Kinds, @Reason, @Model, @Questions, @Edits, @Fingerprint, @Now, @Now, @DecidedBy, @Undoes)
            """,
            new
            {
                Id = plan.Id.Value,
                Change = plan.Change.Value,
                Revision = plan.Revision.Value,
                Kinds = (long)plan.Kinds,
                plan.Reason,
                plan.Model,
                Questions = JsonSerializer.Serialize(plan.QuestionIds),
                Edits = edits,
                Fingerprint = fingerprint,
                Now = now,
                DecidedBy = plan.ApprovedBy,
                Undoes = plan.Undoes?.Value,
            });
        ReplaceFiles(transaction, plan.Id, [.. plan.Files.Select(file => new UpdatedFile(file.Path.Value, file.BaseHash, null, 0, 0))]);
        transaction.Append(Event(EventTypes.UpdatePlanned, plan, new { kinds = plan.Kinds.ToString(), files = plan.Files.Select(file => file.Path.Value).ToArray(), reason = plan.Reason }));
        return plan.Id;
    }

    /// <summary>Moves an update from one state to another; false when it is no longer in the first (somebody decided otherwise meanwhile).</summary>
    public bool Move(IStoreTransaction transaction, UpdateId id, UpdateState from, UpdateState to, string? reason = null, string? decidedBy = null) =>
        transaction.Execute(
            "UPDATE update_plan SET state = @To, state_at = @Now, state_reason = @Reason, decided_by = COALESCE(@DecidedBy, decided_by) WHERE id = @Id AND state = @From",
            new { Id = id.Value, From = from.ToString(), To = to.ToString(), Now, Reason = reason, DecidedBy = decidedBy }) > 0;

    /// <summary>Puts a person's text in the place of a held update's planned text.</summary>
    public static void ReplaceText(IStoreTransaction transaction, StoredUpdate update, DocumentPath path, byte[] text, UpdatedFile summary, string by)
    {
        var edits = PlanJson.Read(update.Edits).Select(edit => edit.Path == path ? new FileEdit.Whole(path, summary.BaseHash, TextLines.Decode(text)!) : edit).ToList();
        if (summary.NewHash is { } hash)
            DocumentBlob.Pack(hash, text).Add(transaction);
        ReplaceFiles(transaction, update.Record.Id, [.. update.Record.Files.Select(file => file.Path == path.Value ? summary : file)]);
        transaction.Execute("UPDATE update_plan SET edits = @Edits, edited_by = @By WHERE id = @Id", new { Id = update.Record.Id.Value, Edits = PlanJson.Write(edits), By = by });
    }

    /// <summary>Says why an update does not go on for the moment.</summary>
    public static void SetReason(IStoreTransaction transaction, UpdateId id, string? reason) =>
        transaction.Execute("UPDATE update_plan SET state_reason = @Reason WHERE id = @Id", new { Id = id.Value, Reason = reason });

    /// <summary>Writes down what the update does to each document. The bytes are <see cref="DocumentBlob"/>s.</summary>
    public static void SetFiles(IStoreTransaction transaction, UpdateId id, UpdateKinds kinds, PreparedUpdate prepared)
    {
        ReplaceFiles(transaction, id, [.. prepared.Files.Select(file => file.Summary)]);
        transaction.Execute("UPDATE update_plan SET kinds = @Kinds WHERE id = @Id", new { Id = id.Value, Kinds = (long)kinds });
    }

    public static void SetNewRevision(IStoreTransaction transaction, UpdateId id, RevisionHash revision) =>
        transaction.Execute("UPDATE update_plan SET new_revision = @Revision WHERE id = @Id", new { Id = id.Value, Revision = revision.Value });

    /// <summary>Ends a written update; false when it has ended already.</summary>
    public bool MoveToApplied(IStoreTransaction transaction, UpdateId id, string? commit, string? note) =>
        transaction.Execute(
            """
            UPDATE update_plan SET state = 'Applied', state_at = @Now, state_reason = NULL, commit_hash = @Commit, commit_note = @Note, applied_at = @Now,
            applied_seq = (SELECT COALESCE(MAX(applied_seq), 0) + 1 FROM update_plan WHERE applied_seq IS NOT NULL)
            WHERE id = @Id AND state IN ('BackedUp', 'Written')
            """,
            new { Id = id.Value, Now, Commit = commit, Note = note }) > 0;

    public static void SetUndoneBy(IStoreTransaction transaction, UpdateId id, UpdateId by) =>
        transaction.Execute("UPDATE update_plan SET undone_by = @By WHERE id = @Id", new { Id = id.Value, By = by.Value });

    public static StoredUpdate? Find(IStoreReader reader, UpdateId id)
    {
        var row = reader.First<UpdateRow>($"SELECT {UpdateRow.Columns} FROM update_plan WHERE id = @Id", new { Id = id.Value });
        return row is null ? null : row.ToStored(Files(reader, id.Value));
    }

    public static IReadOnlyList<UpdateRecord> List(IStoreReader reader, UpdateFilter filter)
    {
        // A state stands there as a word, and only conditions that are wanted: so the indexes can be used.
        List<string> conditions = ["1 = 1"];
        if (filter.Change is not null)
            conditions.Add("change_id = @Change");
        if (filter.Revision is not null)
            conditions.Add("revision = @Revision");
        if (filter.State is { } state)
            conditions.Add($"state = '{state}'");
        if (filter.Before is not null)
            conditions.Add("id < @Before");
        return [.. reader.Query<UpdateRow>(
            $"SELECT {UpdateRow.Columns} FROM update_plan WHERE {string.Join(" AND ", conditions)} ORDER BY id DESC LIMIT @Limit",
            new { Change = filter.Change?.Value, Revision = filter.Revision?.Value, filter.Limit, Before = filter.Before?.Value })
            .Select(row => row.ToStored(Files(reader, row.Id)).Record)];
    }

    /// <summary>How many updates of each change wait for a person.</summary>
    public static IReadOnlyDictionary<ChangeId, int> CountHeld(IStoreReader reader) =>
        Counts(reader, "SELECT change_id AS ChangeId, count(*) AS Count FROM update_plan WHERE state = 'Held' GROUP BY change_id", null);

    /// <summary>How many updates of each change were written and stand, reports alone left out.</summary>
    public static IReadOnlyDictionary<ChangeId, int> CountApplied(IStoreReader reader) =>
        Counts(reader, "SELECT change_id AS ChangeId, count(*) AS Count FROM update_plan WHERE applied_seq IS NOT NULL AND state = 'Applied' AND kinds <> @Report GROUP BY change_id", new { Report = (long)UpdateKinds.ReviewReport });

    /// <summary>Changes that have updates on which the daemon itself has to go on.</summary>
    public static IReadOnlyList<ChangeId> ChangesWithUnfinished(IStoreReader reader) =>
        [.. reader.Query<string>("SELECT DISTINCT change_id FROM update_plan WHERE state IN ('Planned', 'Journaled', 'BackedUp', 'Written')").Select(ChangeId.Parse)];

    /// <summary>Those updates of one change, oldest first.</summary>
    public static IReadOnlyList<StoredUpdate> UnfinishedOf(IStoreReader reader, ChangeId change) =>
        [.. reader.Query<UpdateRow>(
            $"SELECT {UpdateRow.Columns} FROM update_plan WHERE change_id = @Change AND state IN ('Planned', 'Journaled', 'BackedUp', 'Written') ORDER BY id",
            new { Change = change.Value })
            .Select(row => row.ToStored(Files(reader, row.Id)))];

    /// <summary>An older update of the same change that is being written, other than those <paramref name="except"/>: the younger one waits for it.</summary>
    public static UpdateId? OlderInWork(IStoreReader reader, ChangeId change, UpdateId id, IReadOnlyCollection<UpdateId> except) =>
        reader.Query<string>(
            "SELECT id FROM update_plan WHERE change_id = @Change AND id < @Id AND state IN ('Journaled', 'BackedUp', 'Written') ORDER BY id",
            new { Change = change.Value, Id = id.Value })
            .Select(UpdateId.Parse).Where(older => !except.Contains(older)).Cast<UpdateId?>().FirstOrDefault();

    /// <summary>The updates that reached a document, in that order; each with this document alone, and without its edits.</summary>
    public static IReadOnlyList<UpdateRecord> AppliedTo(IStoreReader reader, ChangeId change, string path) =>
        [.. reader.Query<AppliedRow>(
            $"""
             SELECT {UpdateRow.RecordColumns}, f.path AS Path, f.base_hash AS BaseHash, f.new_hash AS NewHash, f.lines_added AS LinesAdded, f.lines_removed AS LinesRemoved
             FROM update_plan p JOIN update_file f ON f.update_id = p.id
             WHERE p.change_id = @Change AND p.applied_seq IS NOT NULL AND f.path = @Path ORDER BY p.applied_seq
             """,
            new { Change = change.Value, Path = path })
            .Select(row => row.ToStored([new UpdatedFile(row.Path, row.BaseHash, row.NewHash, (int)row.LinesAdded, (int)row.LinesRemoved)]).Record)];

    /// <summary>How many applied updates changed this document since a moment.</summary>
    public static int CountRecent(IStoreReader reader, ChangeId change, string path, DateTimeOffset since) =>
        (int)reader.First<long>(
            """
            SELECT COUNT(*) FROM update_plan p WHERE p.applied_at >= @Since AND p.change_id = @Change
            AND EXISTS (SELECT 1 FROM update_file f WHERE f.update_id = p.id AND f.path = @Path)
            """,
            new { Change = change.Value, Path = path, Since = since.ToUnixTimeMilliseconds() });

    /// <summary>How many updates the daemon applied by itself since a moment, reports alone left out.</summary>
    public static int CountApplied(IStoreReader reader, DateTimeOffset since) =>
        (int)reader.First<long>(
            $"SELECT COUNT(*) FROM update_plan WHERE applied_at >= @Since AND decided_by IS NULL AND kinds <> {(long)UpdateKinds.ReviewReport}", // a number, so that its index is used
            new { Since = since.ToUnixTimeMilliseconds() });

    public static NewEvent Event(string type, StoredUpdate update, object? data = null) =>
        new(type, update.Record.Change.Value, update.Record.Revision.Value, update.Record.Id.Value, data);

    private static NewEvent Event(string type, UpdatePlan plan, object? data) => new(type, plan.Change.Value, plan.Revision.Value, plan.Id.Value, data);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static void ReplaceFiles(IStoreTransaction transaction, UpdateId id, IReadOnlyList<UpdatedFile> files)
    {
        transaction.Execute("DELETE FROM update_file WHERE update_id = @Id", new { Id = id.Value });
        for (var i = 0; i < files.Count; i++)
        {
            transaction.Execute(
                "INSERT INTO update_file(update_id, position, path, base_hash, new_hash, lines_added, lines_removed) VALUES (@Id, @Position, @Path, @BaseHash, @NewHash, @LinesAdded, @LinesRemoved)",
                new { Id = id.Value, Position = i, files[i].Path, files[i].BaseHash, files[i].NewHash, files[i].LinesAdded, files[i].LinesRemoved });
        }
    }

    private static IReadOnlyList<UpdatedFile> Files(IStoreReader reader, string id) =>
        [.. reader.Query<FileRow>(
            "SELECT path AS Path, base_hash AS BaseHash, new_hash AS NewHash, lines_added AS LinesAdded, lines_removed AS LinesRemoved FROM update_file WHERE update_id = @Id ORDER BY position",
            new { Id = id }).Select(row => new UpdatedFile(row.Path, row.BaseHash, row.NewHash, (int)row.LinesAdded, (int)row.LinesRemoved))];

    private static Dictionary<ChangeId, int> Counts(IStoreReader reader, string sql, object? parameters) =>
        reader.Query<ChangeCount>(sql, parameters).ToDictionary(row => ChangeId.Parse(row.ChangeId), row => (int)row.Count);

    private sealed class ChangeCount
    {
        public string ChangeId { get; init; } = "";

        public long Count { get; init; }
    }

    private sealed class AppliedRow : UpdateRow
    {
        public string Path { get; init; } = "";

        public string? BaseHash { get; init; }

        public string? NewHash { get; init; }

        public long LinesAdded { get; init; }

        public long LinesRemoved { get; init; }
    }

    private sealed class FileRow
    {
        public string Path { get; init; } = "";

        public string? BaseHash { get; init; }

        public string? NewHash { get; init; }

        public long LinesAdded { get; init; }

        public long LinesRemoved { get; init; }
    }
}
