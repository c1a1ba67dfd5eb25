using System.Text.Json;
using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>The SQL of questions. Every mutation runs in the caller's transaction and appends its event there.</summary>
internal sealed class QuestionStore(TimeProvider time)
{
    private const string Unsettled = "status IN ('Open', 'Routing')";
    // A question that took the MCP Orchestrator down this often stays with the human.
    private const int MaxLostAttempts = 5;

    private const string Wanted = "status IN ('Open', 'Routing', 'AwaitingHuman')";

    public static Question? Find(IStoreReader reader, QuestionId id) =>
        reader.First<QuestionRow>($"SELECT {QuestionRow.Columns} FROM question WHERE id = @Id", new { Id = id.Value })?.ToQuestion();

    /// <summary>Finds the questions whose id ends with <paramref name="ending"/>: what a person types. At most two, which is enough to see that it is not unique.</summary>
    public static IReadOnlyList<QuestionId> FindByEnding(IStoreReader reader, string ending) =>
        [.. reader.Query<string>("SELECT id FROM question WHERE substr(id, -length(@Ending)) = @Ending LIMIT 2", new { Ending = ending }).Select(QuestionId.Parse)];

    /// <summary>The question that a revision of this change asked before, whatever became of it.</summary>
    public static Question? FindOfChange(IStoreReader reader, ChangeId change, string fingerprint) =>
        reader.First<QuestionRow>(
            $"SELECT {QuestionRow.Columns} FROM question WHERE change_id = @Change AND fingerprint = @Fingerprint AND revision IS NOT NULL",
            new { Change = change.Value, Fingerprint = fingerprint })?.ToQuestion();

    /// <summary>A question with this fingerprint about the same change, not raised by a revision, that still waits for an answer.</summary>
    /// <remarks>The plus keeps the planner from the index on change_id: most questions may have none.</remarks>
    public static Question? FindWaiting(IStoreReader reader, ChangeId? change, string fingerprint) =>
        reader.First<QuestionRow>(
            $"SELECT {QuestionRow.Columns} FROM question WHERE fingerprint = @Fingerprint AND +change_id IS @Change AND revision IS NULL AND {Wanted} ORDER BY id LIMIT 1",
            new { Change = change?.Value, Fingerprint = fingerprint })?.ToQuestion();

    public static IReadOnlyList<Question> OfRevision(IStoreReader reader, ChangeId change, RevisionHash revision) =>
        Questions(reader, "change_id = @Change AND revision = @Revision ORDER BY id", new { Change = change.Value, Revision = revision.Value });

    public static bool AllSettled(IStoreReader reader, ChangeId change, RevisionHash revision) =>
        reader.First<long>(
            $"SELECT count(*) FROM question WHERE change_id = @Change AND revision = @Revision AND {Unsettled}",
            new { Change = change.Value, Revision = revision.Value }) == 0;

    /// <summary>Earlier questions of a conversation, oldest first.</summary>
    public static IReadOnlyList<Question> OfConversation(IStoreReader reader, string conversation, QuestionId before, int limit) =>
        [.. Questions(reader, "conversation_id = @Conversation AND id < @Before ORDER BY id DESC LIMIT @Limit", new { Conversation = conversation, Before = before.Value, Limit = limit }).Reverse()];

    public static bool HasConversation(IStoreReader reader, string conversation) =>
        reader.First<long>("SELECT EXISTS (SELECT 1 FROM question WHERE conversation_id = @Conversation)", new { Conversation = conversation }) != 0;

    /// <summary>Ids that wait for the router, most urgent first.</summary>
    public static IReadOnlyList<QuestionId> Unrouted(IStoreReader reader, int limit) =>
        [.. reader.Query<string>("SELECT id FROM question WHERE status = 'Open' OR route_again = 1 ORDER BY priority DESC, id LIMIT @Limit", new { Limit = limit }).Select(QuestionId.Parse)];

    /// <summary>One page, newest first.</summary>
    public static IReadOnlyList<Question> List(IStoreReader reader, QuestionFilter filter, int limit)
    {
        List<string> conditions = ["1 = 1"];
        if (filter.Statuses.Count > 0)
            conditions.Add($"status IN ({string.Join(", ", filter.Statuses.Distinct().Select(status => $"'{status}'"))})");
        if (filter.ChangeId is not null)
            conditions.Add("change_id = @Change");
        if (filter.Cursor is not null)
            conditions.Add("id < @Cursor");
        return Questions(
            reader,
            $"{string.Join(" AND ", conditions)} ORDER BY id DESC LIMIT @Limit",
            new { Change = filter.ChangeId?.Value, filter.Cursor, Limit = limit });
    }

    /// <summary>What a person is waited for, most urgent first.</summary>
    public static IReadOnlyList<Question> Pending(IStoreReader reader, int limit) =>
        Questions(reader, $"{Wanted} ORDER BY priority DESC, id LIMIT @Limit", new { Limit = limit });

    public static IReadOnlyDictionary<ChangeId, int> CountWaitingByChange(IStoreReader reader) =>
        reader.Query<CountRow>($"SELECT change_id AS Name, count(*) AS Count FROM question WHERE {Wanted} AND change_id IS NOT NULL GROUP BY change_id")
            .ToDictionary(row => ChangeId.Parse(row.Name), row => (int)row.Count);

    public static IReadOnlyDictionary<QuestionStatus, int> CountByStatus(IStoreReader reader) =>
        reader.Query<CountRow>("SELECT status AS Name, count(*) AS Count FROM question GROUP BY status")
            .ToDictionary(row => Enum.Parse<QuestionStatus>(row.Name), row => (int)row.Count);

    public static void Insert(IStoreTransaction transaction, Question question)
    {
        transaction.Execute(
            """
            INSERT INTO question(id, change_id, revision, finding_id, text, context, options, default_answer, fingerprint, status, asked_by, agent_id, conversation_id, priority, asked_at)
            VALUES (@Id, @Change, @Revision, @FindingId, @Text, @Context, @Options, @Default, @Fingerprint, @Status, @AskedBy, @AgentId, @ConversationId, @Priority, @AskedAt)
            """,
            new
            {
                Id = question.Id.Value,
                Change = question.ChangeId?.Value,
                Revision = question.RevisionHash?.Value,
                question.FindingId,
                question.Text,
                question.Context,
                Options = JsonSerializer.Serialize(question.Options),
                question.Default,
                question.Fingerprint,
                Status = question.Status.ToString(),
                question.AskedBy,
                question.AgentId,
                question.ConversationId,
                question.Priority,
                AskedAt = question.AskedAt.ToUnixTimeMilliseconds(),
            });
        AppendAsked(transaction, question, again: false);
    }

    /// <summary>A newer revision asks the same: the question moves there, with its answers, in the given status.</summary>
    public static void MoveToRevision(IStoreTransaction transaction, Question moved)
    {
        transaction.Execute(
            "UPDATE question SET revision = @Revision, finding_id = @FindingId, status = @Status, settled_at = @SettledAt, priority = @Priority WHERE id = @Id",
            new
            {
                Id = moved.Id.Value,
                Revision = moved.RevisionHash?.Value,
                moved.FindingId,
                Status = moved.Status.ToString(),
                SettledAt = moved.SettledAt?.ToUnixTimeMilliseconds(),
                moved.Priority,
            });
        AppendAsked(transaction, moved, again: true);
    }

    /// <summary>The router takes the question. False when it needs no routing any more.</summary>
    public static bool BeginRouting(IStoreTransaction transaction, QuestionId id) =>
        transaction.Execute(
            "UPDATE question SET status = CASE status WHEN 'Open' THEN 'Routing' ELSE status END, route_again = 0 WHERE id = @Id AND (status = 'Open' OR route_again = 1)",
            new { Id = id.Value }) > 0;

    /// <summary>After a restart: what was being routed has to be routed again.</summary>
    public static int ReopenInterrupted(IStoreTransaction transaction) =>
        transaction.Execute("UPDATE question SET status = 'Open' WHERE status = 'Routing'");

    /// <summary>Agents have become reachable: the questions that no agent has seen are to be routed once more, while they wait for the human.</summary>
    public static int RouteAgainUntried(IStoreTransaction transaction) =>
        transaction.Execute(
            """
            UPDATE question SET route_again = 1
            WHERE status = 'AwaitingHuman' AND agents_tried = 0 AND route_again = 0
              AND (SELECT count(*) FROM route_attempt WHERE question_id = question.id AND agent_id IS NOT NULL) < @Limit
            """,
            new { Limit = MaxLostAttempts });

    public static void MarkAgentsTried(IStoreTransaction transaction, QuestionId id) =>
        transaction.Execute("UPDATE question SET agents_tried = 1 WHERE id = @Id AND agents_tried = 0", new { Id = id.Value });

    /// <summary>Only the human is left. Does nothing when the question has been settled meanwhile.</summary>
    public void AwaitHuman(IStoreTransaction transaction, Question question)
    {
        if (transaction.Execute($"UPDATE question SET status = 'AwaitingHuman' WHERE id = @Id AND {Unsettled}", new { Id = question.Id.Value }) == 0)
            return;
        transaction.Execute("UPDATE answer SET accepted = 0 WHERE question_id = @Id AND accepted = 1", new { Id = question.Id.Value }); // what it had has gone stale
        Append(transaction, EventTypes.QuestionAwaitingHuman, question, new { asked_by = question.AskedBy, delay_ms = DelayOf(question) });
    }

    public void MarkAnswered(IStoreTransaction transaction, Question question, Answer answer)
    {
        transaction.Execute(
            "UPDATE question SET status = 'Answered', route_again = 0, settled_at = @At WHERE id = @Id",
            new { Id = question.Id.Value, At = answer.At.ToUnixTimeMilliseconds() });
        Append(
            transaction,
            EventTypes.QuestionAnswered,
            question,
            new { answer = answer.Id, answered_by = answer.AnsweredBy, route = answer.Route, confidence = answer.Confidence, late = question.IsSettled, delay_ms = DelayOf(question) });
    }

    /// <summary>Withdraws what still waits for an answer, of all revisions of the change but <paramref name="current"/>.</summary>
    public int WithdrawOlder(IStoreTransaction transaction, ChangeId change, RevisionHash? current)
    {
        var older = Questions(
            transaction, $"change_id = @Change AND revision IS NOT NULL AND revision IS NOT @Current AND {Wanted}", new { Change = change.Value, Current = current?.Value });
        foreach (var question in older)
        {
            transaction.Execute(
                "UPDATE question SET status = 'Withdrawn', route_again = 0, settled_at = @At WHERE id = @Id",
                new { Id = question.Id.Value, At = time.GetUtcNow().ToUnixTimeMilliseconds() });
            Append(transaction, EventTypes.QuestionWithdrawn, question, new { superseded_by = current?.Value });
        }

        return older.Count;
    }

    private static void AppendAsked(IStoreTransaction transaction, Question question, bool again) => Append(
        transaction,
        EventTypes.QuestionAsked,
        question,
        new { asked_by = question.AskedBy, status = question.Status.ToString(), again, options = question.Options.Count, priority = question.Priority });

    private static void Append(IStoreTransaction transaction, string type, Question question, object data) =>
        transaction.Append(new NewEvent(type, question.ChangeId?.Value, question.RevisionHash?.Value, question.Id.Value, data));

    private long DelayOf(Question question) => (long)(time.GetUtcNow() - question.AskedAt).TotalMilliseconds;

    private static IReadOnlyList<Question> Questions(IStoreReader reader, string condition, object parameters) =>
        [.. reader.Query<QuestionRow>($"SELECT {QuestionRow.Columns} FROM question WHERE {condition}", parameters).Select(row => row.ToQuestion())];
}
