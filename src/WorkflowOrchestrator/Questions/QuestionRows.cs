using System.Text.Json;
using Workflow.Changes;

namespace Workflow.Questions;

// The tables' rows as Dapper maps them, and the records that they stand for.

internal sealed class QuestionRow
{
    public const string Columns = "id, change_id AS ChangeId, revision, finding_id AS FindingId, text, context, options, default_answer AS DefaultAnswer, fingerprint, status, "
        + "asked_by AS AskedBy, agent_id AS AgentId, conversation_id AS ConversationId, priority, agents_tried AS AgentsTried, asked_at AS AskedAt, settled_at AS SettledAt, "
        + "same_as AS SameAs, sketch, end_reason AS EndReason, dismissed_by AS DismissedBy, shown_at AS ShownAt";

    public string Id { get; init; } = "";

    public string? ChangeId { get; init; }

    public string? Revision { get; init; }

    public string? FindingId { get; init; }

    public string Text { get; init; } = "";

    public string Context { get; init; } = "";

    public string Options { get; init; } = "[]";

    public string? DefaultAnswer { get; init; }

    public string Fingerprint { get; init; } = "";

    public string Status { get; init; } = "";

    public string AskedBy { get; init; } = "";

    public string? AgentId { get; init; }

    public string ConversationId { get; init; } = "";

    public long Priority { get; init; }

    public long AgentsTried { get; init; }

    public long AskedAt { get; init; }

    public long? SettledAt { get; init; }

    public string? SameAs { get; init; }

    public string? Sketch { get; init; }

    public string? EndReason { get; init; }

    public string? DismissedBy { get; init; }

    public long? ShownAt { get; init; }

    public Question ToQuestion() => new(
        QuestionId.Parse(Id),
        ChangeId is null ? null : Changes.ChangeId.Parse(ChangeId),
        Revision is null ? null : new RevisionHash(Revision),
        FindingId,
        Text,
        Context,
        JsonSerializer.Deserialize<string[]>(Options) ?? [],
        DefaultAnswer,
        Fingerprint,
        Enum.Parse<QuestionStatus>(Status),
        AskedBy,
        AgentId,
        ConversationId,
        (int)Priority,
        AgentsTried != 0,
        DateTimeOffset.FromUnixTimeMilliseconds(AskedAt),
        Time(SettledAt))
    {
        SameAs = SameAs is null ? null : QuestionId.Parse(SameAs),
        Sketch = Sketch,
        EndReason = EndReason,
        DismissedBy = DismissedBy,
        ShownAt = Time(ShownAt),
    };

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
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

internal sealed class AnswerRow
{
    public const string Columns = "id, question_id AS QuestionId, text, answered_by AS AnsweredBy, route, confidence, evidence, at, accepted, rejected, stated";

    public string Id { get; init; } = "";

    public string QuestionId { get; init; } = "";

    public string Text { get; init; } = "";

    public string AnsweredBy { get; init; } = "";

    public string Route { get; init; } = "";

    public double Confidence { get; init; }

    public string Evidence { get; init; } = "[]";

    public long At { get; init; }

    public long Accepted { get; init; }

    public long Rejected { get; init; }

    public double? Stated { get; init; }

    public Answer ToAnswer() => new(
        Id,
        Questions.QuestionId.Parse(QuestionId),
        Text,
        AnsweredBy,
        Route,
        Confidence,
        JsonSerializer.Deserialize<Evidence[]>(Evidence) ?? [],
        DateTimeOffset.FromUnixTimeMilliseconds(At),
        Accepted != 0)
    {
        IsRejected = Rejected != 0,
        Stated = Stated,
    };
}
