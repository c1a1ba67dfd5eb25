using System.Text.Json;
using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>The SQL of questions. Every mutation runs in the caller's transaction and appends its event there.</summary>
internal sealed partial class QuestionStore(TimeProvider time)
{
    private const string Unsettled = "status IN ('Open', 'Routing')";
    private const string Unrouted = "same_as IS NULL AND (status = 'Open' OR route_again = 1)";
    private const string Wanted = "status IN ('Open', 'Routing', 'AwaitingHuman')";

    public static Question? Find(IStoreReader reader, QuestionId id) =>
        reader.QueryById($"SELECT {QuestionRow.Columns} FROM question WHERE id = @Id", id.Value, QuestionRow.Read) is [var found] ? found : null;

    /// <summary>Finds the questions whose id begins or ends with what a person typed. At most two, which is enough to see that it is not unique.</summary>
    public static IReadOnlyList<QuestionId> FindByPart(IStoreReader reader, string part) =>
        [.. reader.Query<string>(
            part.StartsWith("q-", StringComparison.Ordinal)
                ? "SELECT id FROM question WHERE id >= @Part AND id < @Part || '~' ORDER BY id LIMIT 2"
                : "SELECT id FROM question WHERE substr(id, -length(@Part)) = @Part LIMIT 2",
            new { Part = part }).Select(QuestionId.Parse)];

    /// <summary>The question that a revision of this change asked before, whatever became of it.</summary>
    public static Question? FindOfChange(IStoreReader reader, ChangeId change, string fingerprint) =>
        Questions(reader, "change_id = @Change AND fingerprint = @Fingerprint AND revision IS NOT NULL LIMIT 1", new { Change = change.Value, Fingerprint = fingerprint }) is [var asked] ? asked : null;

    /// <summary>The questions with this fingerprint about the same change and for the same agent, not raised by a revision, that still wait for an answer.</summary>
    /// <remarks>
    /// Equal questions have equal sketches; an index of the fingerprints is kept only of those without one. The plus keeps the planner from other indexes.
    /// </remarks>
    public static IReadOnlyList<Question> Waiting(IStoreReader reader, ChangeId? change, string fingerprint, string? sketch, string? agent, int limit) =>
        Few(
            reader,
            $"{(sketch is null ? "sketch IS NULL AND fingerprint = @Fingerprint AND +change_id IS @Change" : "sketch = @Sketch AND scope = @Scope AND +fingerprint = @Fingerprint")} "
            + $"AND +agent_id IS @Agent AND revision IS NULL AND {Wanted} ORDER BY id LIMIT @Limit",
            new { Change = change?.Value, Scope = change?.Value ?? "", Fingerprint = fingerprint, Sketch = sketch, Agent = agent, Limit = limit });

    /// <summary>Questions about the same change that can mean the same by their <see cref="Question.Sketch"/>, newest first; those that follow another are left out.</summary>
    public static IReadOnlyList<Question> WithSketch(IStoreReader reader, string sketch, ChangeId? change, bool waiting, int limit) =>
        Few(
            reader,
            $"sketch = @Sketch AND scope = @Scope AND same_as IS NULL AND {(waiting ? Wanted : "status = 'Answered'")} ORDER BY id DESC LIMIT @Limit",
            new { Sketch = sketch, Scope = change?.Value ?? "", Limit = limit });

    public static IReadOnlyList<Question> FollowersOf(IStoreReader reader, QuestionId id) => Questions(reader, "same_as = @Id ORDER BY id", new { Id = id.Value });

    public static IReadOnlyList<Question> OfRevision(IStoreReader reader, ChangeId change, RevisionHash revision) =>
        Questions(reader, "change_id = @Change AND revision = @Revision ORDER BY id", new { Change = change.Value, Revision = revision.Value });

    public static bool AllSettled(IStoreReader reader, ChangeId change, RevisionHash revision) =>
        reader.First<long>(
            $"SELECT count(*) FROM question WHERE change_id = @Change AND revision = @Revision AND {Unsettled}",
            new { Change = change.Value, Revision = revision.Value }) == 0;

    /// <summary>Earlier questions of a conversation, oldest first.</summary>
    public static IReadOnlyList<Question> OfConversation(IStoreReader reader, string conversation, QuestionId before, int limit) =>
        [.. Questions(
            reader,
            """
            id IN (SELECT id FROM question WHERE id = @Conversation AND conversation_id = id AND id < @Before
                   UNION ALL SELECT id FROM (SELECT id FROM question WHERE conversation_id = @Conversation AND conversation_id <> id AND id < @Before ORDER BY id DESC LIMIT @Limit))
            ORDER BY id DESC LIMIT @Limit
            """,
            new { Conversation = conversation, Before = before.Value, Limit = limit }).Reverse()];

    public static bool HasConversation(IStoreReader reader, string conversation) =>
        reader.First<long>("SELECT EXISTS (SELECT 1 FROM question WHERE id = @Conversation AND conversation_id = id) OR EXISTS (SELECT 1 FROM question WHERE conversation_id = @Conversation AND conversation_id <> id)", new { Conversation = conversation }) != 0;

    /// <summary>Whether a question goes on with an earlier one of its conversation.</summary>
    public static bool IsFollowUp(IStoreReader reader, Question question) =>
        question.ConversationId != question.Id.Value && OfConversation(reader, question.ConversationId, question.Id, limit: 1).Count > 0;

    /// <summary>The most urgent questions of each change that wait for the router; those of no change count as one change.</summary>
    /// <param name="reader">The store.</param>
    /// <param name="perScope">How many of each.</param>
    /// <remarks>Walks the index from change to change, so it costs the same with a hundred thousand questions of one change.</remarks>
    public static IReadOnlyList<QueuedQuestion> Queue(IStoreReader reader, int perScope) =>
        [.. reader.Query<QueuedRow>(
            $"""
             WITH RECURSIVE scopes(name) AS (
                 SELECT (SELECT min(scope) FROM question WHERE {Unrouted})
                 UNION ALL
                 SELECT (SELECT min(scope) FROM question WHERE {Unrouted} AND scope > scopes.name) FROM scopes WHERE scopes.name IS NOT NULL)
             SELECT id, scope, priority, revision IS NOT NULL AS Blocking FROM question
             WHERE id IN (SELECT best.id FROM scopes, question best
                          WHERE best.id IN (SELECT inner_question.id FROM question inner_question
                                            WHERE inner_question.same_as IS NULL AND (inner_question.status = 'Open' OR inner_question.route_again = 1) AND inner_question.scope = scopes.name
                                            ORDER BY inner_question.priority DESC, inner_question.id LIMIT @PerScope))
             """,
            new { PerScope = perScope }).Select(row => row.ToQueued())];

    /// <summary>Those of the given questions (or the questions that serve them) that wait for the router.</summary>
    public static IReadOnlyList<QueuedQuestion> Queued(IStoreReader reader, IReadOnlyCollection<string> ids) => ids.Count == 0 ? [] :
        [.. reader.Query<QueuedRow>(
            $"SELECT id, scope, priority, revision IS NOT NULL AS Blocking FROM question WHERE id IN (SELECT coalesce(same_as, id) FROM question WHERE id IN @Ids) AND {Unrouted}",
            new { Ids = ids }).Select(row => row.ToQueued())];

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

    /// <summary>The questions whose answers serve the given ones: themselves, or those that mean the same and were asked first.</summary>
    public static IReadOnlyList<QuestionId> Serving(IStoreReader reader, IReadOnlyCollection<string> ids) => ids.Count == 0 ? [] :
        [.. reader.Query<string>("SELECT DISTINCT coalesce(same_as, id) FROM question WHERE id IN @Ids", new { Ids = ids }).Select(QuestionId.Parse)];

    public static IReadOnlyDictionary<ChangeId, int> CountWaitingByChange(IStoreReader reader) =>
        reader.Query<CountRow>($"SELECT change_id AS Name, count(*) AS Count FROM question WHERE {Wanted} AND change_id IS NOT NULL GROUP BY change_id")
            .ToDictionary(row => ChangeId.Parse(row.Name), row => (int)row.Count);

    /// <summary>How many questions of each change are in each status; without those that nobody needs any more.</summary>
    public static IReadOnlyDictionary<(ChangeId Change, QuestionStatus Status), int> CountByChange(IStoreReader reader) =>
        reader.Query<ChangeCountRow>("SELECT change_id AS ChangeId, status AS Status, count(*) AS Count FROM question WHERE change_id IS NOT NULL AND status NOT IN ('Withdrawn', 'Expired') GROUP BY change_id, status")
            .ToDictionary(row => (ChangeId.Parse(row.ChangeId), Enum.Parse<QuestionStatus>(row.Status)), row => (int)row.Count);

    public static IReadOnlyDictionary<QuestionStatus, int> CountByStatus(IStoreReader reader) =>
        reader.Query<CountRow>("SELECT status AS Name, count(*) AS Count FROM question GROUP BY status")
            .ToDictionary(row => Enum.Parse<QuestionStatus>(row.Name), row => (int)row.Count);

    public static void Insert(IStoreTransaction transaction, Question question)
    {
        transaction.Execute(
            """
            INSERT INTO question(id, change_id, revision, finding_id, text, context, options, default_answer, fingerprint, status, asked_by, agent_id, conversation_id, priority, asked_at, same_as, sketch)
            VALUES (@Id, @Change, @Revision, @FindingId, @Text, @Context, @Options, @Default, @Fingerprint, @Status, @AskedBy, @AgentId, @ConversationId, @Priority, @AskedAt, @SameAs, @Sketch)
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
                SameAs = question.SameAs?.Value,
                question.Sketch,
            });
        AppendAsked(transaction, question, again: false);
    }

    private static void AppendAsked(IStoreTransaction transaction, Question question, bool again) => Append(
        transaction,
        EventTypes.QuestionAsked,
        question,
        new { asked_by = question.AskedBy, status = question.Status.ToString(), again, options = question.Options.Count, priority = question.Priority, same_as = question.SameAs?.Value });

    private static void Append(IStoreTransaction transaction, string type, Question question, object data) =>
        transaction.Append(new NewEvent(type, question.ChangeId?.Value, question.RevisionHash?.Value, question.Id.Value, data));

    private long DelayOf(Question question) => (long)(time.GetUtcNow() - question.AskedAt).TotalMilliseconds;

    // Almost always none, as a question is asked: then nothing but an index is read.
    private static IReadOnlyList<Question> Few(IStoreReader reader, string condition, object parameters) =>
        [.. reader.Query<string>($"SELECT id FROM question WHERE {condition}", parameters).Select(id => Find(reader, QuestionId.Parse(id))!)];

    private static IReadOnlyList<Question> Questions(IStoreReader reader, string condition, object parameters) =>
        reader.Query($"SELECT {QuestionRow.Columns} FROM question WHERE {condition}", parameters, QuestionRow.Read);
}
