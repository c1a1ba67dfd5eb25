using System.Data.Common;
using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>A question's row; read with every call, so it is mapped by hand.</summary>
internal static class QuestionRow
{
    /// <summary>In the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, change_id, revision, finding_id, text, context, options, default_answer, fingerprint, status, asked_by, agent_id, conversation_id, priority, agents_tried, "
        + "asked_at, settled_at, same_as, sketch, end_reason, dismissed_by, shown_at";

    public static Question Read(DbDataReader row) => new(
        QuestionId.Parse(row.GetString(0)),
        row.TextOrNull(1) is { } change ? ChangeId.Parse(change) : null,
        row.TextOrNull(2) is { } revision ? new RevisionHash(revision) : null,
        row.TextOrNull(3),
        row.GetString(4),
        row.GetString(5),
        row.List<string>(6),
        row.TextOrNull(7),
        row.GetString(8),
        Enum.Parse<QuestionStatus>(row.GetString(9)),
        row.GetString(10),
        row.TextOrNull(11),
        row.GetString(12),
        row.GetInt32(13),
        row.GetBoolean(14),
        row.Time(15),
        row.TimeOrNull(16))
    {
        SameAs = row.TextOrNull(17) is { } original ? QuestionId.Parse(original) : null,
        Sketch = row.TextOrNull(18),
        EndReason = row.TextOrNull(19),
        DismissedBy = row.TextOrNull(20),
        ShownAt = row.TimeOrNull(21),
    };
}

/// <summary>An answer's row.</summary>
internal static class AnswerRow
{
    /// <summary>In the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, question_id, text, answered_by, route, confidence, evidence, at, accepted, rejected, stated";

    public static Answer Read(DbDataReader row) => new(
        row.GetString(0),
        QuestionId.Parse(row.GetString(1)),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetDouble(5),
        row.List<Evidence>(6),
        row.Time(7),
        row.GetBoolean(8))
    {
        IsRejected = row.GetBoolean(9),
        Stated = row.IsDBNull(10) ? null : row.GetDouble(10),
    };
}

internal sealed class QueuedRow
{
    public string Id { get; init; } = "";

    public string Scope { get; init; } = "";

    public long Priority { get; init; }

    public long Blocking { get; init; }

    public QueuedQuestion ToQueued() => new(QuestionId.Parse(Id), Scope, (int)Priority, Blocking != 0);
}

internal sealed class CountRow
{
    public string Name { get; init; } = "";

    public long Count { get; init; }
}

internal sealed class ChangeCountRow
{
    public string ChangeId { get; init; } = "";

    public string Status { get; init; } = "";

    public long Count { get; init; }
}
