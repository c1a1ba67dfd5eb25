using System.Text.Json;
using Workflow.Changes;

namespace Workflow.Documents;

/// <summary>An update with what only the journal needs.</summary>
/// <param name="Record">What everybody may see.</param>
/// <param name="Edits">The plan's edits as stored: see <see cref="PlanJson"/>.</param>
internal sealed record StoredUpdate(UpdateRecord Record, string Edits)
{
    public UpdatePlan ToPlan() => new(Record.Id, Record.Change, Record.Revision, PlanJson.Read(Edits), Record.Kinds, Record.Reason)
    {
        QuestionIds = Record.QuestionIds,
        Model = Record.Model,
        Undoes = Record.Undoes,
        ApprovedBy = Record.DecidedBy,
    };
}

/// <summary>A row of <c>update_plan</c>.</summary>
internal class UpdateRow
{
    /// <summary>All but the edits, which are long.</summary>
    public const string RecordColumns =
        "id AS Id, change_id AS ChangeId, revision AS Revision, state AS State, state_reason AS StateReason, kinds AS Kinds, reason AS Reason, model AS Model, " +
        "question_ids AS QuestionIds, planned_at AS PlannedAt, state_at AS StateAt, decided_by AS DecidedBy, edited_by AS EditedBy, new_revision AS NewRevision, " +
        "commit_hash AS CommitHash, commit_note AS CommitNote, undoes AS Undoes, undone_by AS UndoneBy, applied_at AS AppliedAt";

    public const string Columns = RecordColumns + ", edits AS Edits";

    public string Id { get; init; } = "";

    public string ChangeId { get; init; } = "";

    public string Revision { get; init; } = "";

    public string State { get; init; } = "";

    public string? StateReason { get; init; }

    public long Kinds { get; init; }

    public string Reason { get; init; } = "";

    public string Model { get; init; } = "";

    public string QuestionIds { get; init; } = "[]";

    public string Edits { get; init; } = "[]";

    public long PlannedAt { get; init; }

    public long StateAt { get; init; }

    public string? DecidedBy { get; init; }

    public string? EditedBy { get; init; }

    public long? AppliedAt { get; init; }

    public string? NewRevision { get; init; }

    public string? CommitHash { get; init; }

    public string? CommitNote { get; init; }

    public string? Undoes { get; init; }

    public string? UndoneBy { get; init; }

    public StoredUpdate ToStored(IReadOnlyList<UpdatedFile> files) => new(ToRecord(files), Edits);

    private UpdateRecord ToRecord(IReadOnlyList<UpdatedFile> files) => new(
        UpdateId.Parse(Id),
        Changes.ChangeId.Parse(ChangeId),
        new RevisionHash(Revision),
        Enum.Parse<UpdateState>(State),
        (UpdateKinds)Kinds,
        Reason,
        Model,
        DateTimeOffset.FromUnixTimeMilliseconds(PlannedAt),
        DateTimeOffset.FromUnixTimeMilliseconds(StateAt))
    {
        StateReason = StateReason,
        Files = files,
        QuestionIds = JsonSerializer.Deserialize<string[]>(QuestionIds) ?? [],
        NewRevision = NewRevision is null ? null : new RevisionHash(NewRevision),
        Commit = CommitHash,
        CommitNote = CommitNote,
        DecidedBy = DecidedBy,
        EditedBy = EditedBy,
        AppliedAt = AppliedAt is { } applied ? DateTimeOffset.FromUnixTimeMilliseconds(applied) : null,
        Undoes = Undoes is null ? null : UpdateId.Parse(Undoes),
        UndoneBy = UndoneBy is null ? null : UpdateId.Parse(UndoneBy),
    };
}
