using System.Text.Json;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>How one route ended for one question. Stored by name.</summary>
internal enum RouteOutcome
{
    Answered,

    /// <summary>Answered, with too little confidence to be accepted.</summary>
    LowConfidence,

    /// <summary>Answered well enough to be accepted alone, but another agent is heard first.</summary>
    Unconfirmed,

    /// <summary>Answered, and another agent's answer says otherwise: a person decides.</summary>
    Contradicted,
    DoesNotKnow,

    /// <summary>Could not be reached, failed, or took too long.</summary>
    Unavailable,

    /// <summary>There was an earlier answer, but what it rested on has changed.</summary>
    Stale,

    /// <summary>There was an earlier answer, but it is older than <c>question_routing.cache_timeout</c>.</summary>
    Expired,
}

/// <summary>One attempt to find an answer.</summary>
/// <param name="AgentId">The agent that was asked; null for routes without one.</param>
/// <param name="Detail">Why there was no answer, for people.</param>
internal sealed record RouteAttempt(string Route, string? AgentId, RouteOutcome Outcome, string? Detail, TimeSpan Delay);

/// <summary>The SQL of answers and of the attempts to find them.</summary>
internal sealed class AnswerStore(TimeProvider time)
{
    public static IReadOnlyList<Answer> Of(IStoreReader reader, QuestionId question) =>
        reader.QueryById($"SELECT {AnswerRow.Columns} FROM answer WHERE question_id = @Id ORDER BY id", question.Value, AnswerRow.Read);

    /// <summary>Accepted answers to the question itself and to answered ones with its fingerprint, newest first, with their questions.</summary>
    /// <remarks>The cross join has the questions looked up first: the planner would rather walk through all answers that there are.</remarks>
    public static IReadOnlyList<(Question Question, Answer Answer)> ToSameWords(IStoreReader reader, Question question, int limit)
    {
        var answers = reader.Query(
            $"""
             SELECT {AnswerRow.Columns} FROM answer WHERE id IN (
                 SELECT answer.id FROM (SELECT id FROM question WHERE fingerprint = @Fingerprint AND status = 'Answered' UNION ALL SELECT @Id) same
                 CROSS JOIN answer ON answer.question_id = same.id AND answer.accepted = 1)
             ORDER BY id DESC LIMIT @Limit
             """,
            new { question.Fingerprint, Id = question.Id.Value, Limit = limit },
            AnswerRow.Read);
        return [.. answers.Select(answer => (QuestionStore.Find(reader, answer.QuestionId)!, answer))];
    }

    /// <summary>
    /// Stores an answer. An accepted one takes the place of the answer accepted before, which becomes an alternative; if the same was kept as an
    /// alternative so far, that is accepted now.
    /// </summary>
    public Answer Insert(IStoreTransaction transaction, QuestionId question, NewAnswer answer, bool accepted)
    {
        var now = time.GetUtcNow();
        if (accepted)
            transaction.Execute("UPDATE answer SET accepted = 0 WHERE question_id = @Question AND accepted = 1", new { Question = question.Value });
        if (accepted && FindKept(transaction, question, answer) is { } kept)
            return Promote(transaction, kept with { Confidence = answer.Confidence, Evidence = answer.Evidence, At = now, Accepted = true });
        var stored = new Answer(SortableId.New("a", time), question, answer.Text, answer.AnsweredBy, answer.Route, answer.Confidence, answer.Evidence, now, accepted) { Stated = answer.Stated };
        transaction.Execute(
            """
            INSERT INTO answer(id, question_id, text, answered_by, route, confidence, evidence, at, accepted, stated)
            VALUES (@Id, @Question, @Text, @AnsweredBy, @Route, @Confidence, @Evidence, @At, @Accepted, @Stated)
            """,
            new
            {
                stored.Id,
                Question = question.Value,
                stored.Text,
                stored.AnsweredBy,
                stored.Route,
                stored.Confidence,
                Evidence = JsonSerializer.Serialize(stored.Evidence),
                At = stored.At.ToUnixTimeMilliseconds(),
                Accepted = accepted ? 1 : 0,
                stored.Stated,
            });
        return stored;
    }

    /// <summary>A person said that an answer is wrong: it stays on record and is not accepted again.</summary>
    public static void Reject(IStoreTransaction transaction, Answer answer) =>
        transaction.Execute("UPDATE answer SET accepted = 0, rejected = 1 WHERE id = @Id", new { answer.Id });

    public void RecordAttempt(IStoreTransaction transaction, Question question, RouteAttempt attempt)
    {
        transaction.Execute(
            """
            INSERT INTO route_attempt(question_id, route, agent_id, outcome, detail, delay_ms, at)
            VALUES (@Question, @Route, @AgentId, @Outcome, @Detail, @Delay, @At)
            """,
            new
            {
                Question = question.Id.Value,
                attempt.Route,
                attempt.AgentId,
                Outcome = attempt.Outcome.ToString(),
                attempt.Detail,
                Delay = (long)attempt.Delay.TotalMilliseconds,
                At = time.GetUtcNow().ToUnixTimeMilliseconds(),
            });
        transaction.Append(new NewEvent(
            EventTypes.RouteTried,
            question.ChangeId?.Value,
            question.RevisionHash?.Value,
            question.Id.Value,
            new
            {
                route = attempt.Route,
                agent = attempt.AgentId,
                success = attempt.Outcome == RouteOutcome.Answered,
                outcome = attempt.Outcome.ToString(),
                delay_ms = (long)attempt.Delay.TotalMilliseconds,
            }));
    }

    private static Answer? FindKept(IStoreReader reader, QuestionId question, NewAnswer answer) =>
        Of(reader, question).LastOrDefault(kept => kept is { Accepted: false, IsRejected: false } && kept.Text == answer.Text && kept.AnsweredBy == answer.AnsweredBy && kept.Route == answer.Route);

    private static Answer Promote(IStoreTransaction transaction, Answer kept)
    {
        transaction.Execute(
            "UPDATE answer SET accepted = 1, confidence = @Confidence, evidence = @Evidence, at = @At WHERE id = @Id",
            new { kept.Id, kept.Confidence, Evidence = JsonSerializer.Serialize(kept.Evidence), At = kept.At.ToUnixTimeMilliseconds() });
        return kept;
    }
}
