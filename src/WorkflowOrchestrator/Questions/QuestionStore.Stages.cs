using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Questions;

/// <content>How questions move from status to status. What happens to a question happens to those that it serves.</content>
internal sealed partial class QuestionStore
{
    // A question that took the MCP Orchestrator down this often stays with the human.
    private const int MaxLostAttempts = 5;

    private const string ChangeIsGone = "its change is no longer there";

    // Away for a while (another branch, a moved folder) is not gone.
    private const string ChangeGone = "change_id IN (SELECT id FROM change WHERE present = 0 AND gone IN ('Archived', 'Renamed', 'Deleted'))";

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
            $"UPDATE question SET status = CASE status WHEN 'Open' THEN 'Routing' ELSE status END, route_again = 0 WHERE id = @Id AND {Unrouted}",
            new { Id = id.Value }) > 0;

    /// <summary>After a restart: what was being routed has to be routed again.</summary>
    public static int ReopenInterrupted(IStoreTransaction transaction) =>
        transaction.Execute("UPDATE question SET status = 'Open' WHERE status = 'Routing'");

    /// <summary>Agents have become reachable: the questions that no agent has seen are to be routed once more, while they wait for the human.</summary>
    public static int RouteAgainUntried(IStoreTransaction transaction) =>
        transaction.Execute(
            """
            UPDATE question SET route_again = 1
            WHERE status = 'AwaitingHuman' AND agents_tried = 0 AND route_again = 0 AND same_as IS NULL
              AND (SELECT count(*) FROM route_attempt WHERE question_id = question.id AND agent_id IS NOT NULL) < @Limit
            """,
            new { Limit = MaxLostAttempts });

    public static void MarkAgentsTried(IStoreTransaction transaction, QuestionId id) =>
        transaction.Execute("UPDATE question SET agents_tried = 1 WHERE id = @Id AND agents_tried = 0", new { Id = id.Value });

    /// <summary>Only the human is left. Does nothing when the question has been settled meanwhile.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="question">The question.</param>
    /// <param name="reason">Why: <c>no_answer</c>, <c>contradiction</c>, <c>rejected</c>.</param>
    public void AwaitHuman(IStoreTransaction transaction, Question question, string reason = "no_answer")
    {
        foreach (var served in (IEnumerable<Question>)[question, .. FollowersOf(transaction, question.Id)])
        {
            if (transaction.Execute($"UPDATE question SET status = 'AwaitingHuman' WHERE id = @Id AND {Unsettled}", new { Id = served.Id.Value }) == 0)
                continue;
            transaction.Execute("UPDATE answer SET accepted = 0 WHERE question_id = @Id AND accepted = 1", new { Id = served.Id.Value }); // what it had has gone stale
            Append(transaction, EventTypes.QuestionAwaitingHuman, served, new { asked_by = served.AskedBy, reason, delay_ms = DelayOf(served) });
        }
    }

    public void MarkAnswered(IStoreTransaction transaction, Question question, Answer answer)
    {
        transaction.Execute(
            "UPDATE question SET status = 'Answered', route_again = 0, settled_at = @At, end_reason = NULL, dismissed_by = NULL WHERE id = @Id",
            new { Id = question.Id.Value, At = answer.At.ToUnixTimeMilliseconds() });
        Append(
            transaction,
            EventTypes.QuestionAnswered,
            question,
            new { answer = answer.Id, answered_by = answer.AnsweredBy, route = answer.Route, confidence = answer.Confidence, late = question.IsSettled, delay_ms = DelayOf(question) });
    }

    /// <summary>The answer that it had was rejected: it waits for a person again.</summary>
    public void Reopen(IStoreTransaction transaction, Question question)
    {
        transaction.Execute("UPDATE question SET status = 'AwaitingHuman', settled_at = NULL, agents_tried = 1 WHERE id = @Id", new { Id = question.Id.Value });
        Append(transaction, EventTypes.QuestionAwaitingHuman, question, new { asked_by = question.AskedBy, reason = "rejected", delay_ms = DelayOf(question) });
    }

    /// <summary>Withdraws what still waits for an answer, of all revisions of the change but <paramref name="current"/>.</summary>
    public int WithdrawOlder(IStoreTransaction transaction, ChangeId change, RevisionHash? current)
    {
        // Those that follow another first: then nothing is released that is withdrawn next.
        var older = Questions(
            transaction,
            $"change_id = @Change AND revision IS NOT NULL AND revision IS NOT @Current AND {Wanted} ORDER BY same_as IS NULL, id",
            new { Change = change.Value, Current = current?.Value });
        foreach (var question in older)
        {
            End(transaction, question, QuestionStatus.Withdrawn, "a newer revision does not ask it", dismissedBy: null);
            Append(transaction, EventTypes.QuestionWithdrawn, question, new { superseded_by = current?.Value });
        }

        return older.Count;
    }

    /// <summary>A person says that the question, and what means the same, needs no answer.</summary>
    public void Dismiss(IStoreTransaction transaction, Question question, string by, string reason)
    {
        foreach (var served in (IEnumerable<Question>)[.. FollowersOf(transaction, question.Id).Where(follower => !follower.HasEnded), question])
        {
            End(transaction, served, QuestionStatus.Withdrawn, reason, by);
            Append(transaction, EventTypes.QuestionWithdrawn, served, new { dismissed_by = by });
        }
    }

    /// <summary>Ends the questions whose change was archived, renamed or deleted. Returns how many.</summary>
    public int ExpireGone(IStoreTransaction transaction)
    {
        var gone = Questions(transaction, $"{Wanted} AND {ChangeGone} ORDER BY same_as IS NULL, id", new { });
        foreach (var question in gone)
        {
            End(transaction, question, QuestionStatus.Expired, ChangeIsGone, dismissedBy: null);
            Append(transaction, EventTypes.QuestionExpired, question, new { reason = ChangeIsGone });
        }

        return gone.Count;
    }

    /// <summary>Asks again what expired because its change was gone, when the change is back. Returns how many.</summary>
    public int ReopenReturned(IStoreTransaction transaction)
    {
        var back = Questions(transaction, "status = 'Expired' AND end_reason = @Reason AND change_id IN (SELECT id FROM change WHERE present = 1)", new { Reason = ChangeIsGone });
        foreach (var question in back)
        {
            var status = question.AgentsTried ? QuestionStatus.AwaitingHuman : QuestionStatus.Open;
            transaction.Execute("UPDATE question SET status = @Status, settled_at = NULL, end_reason = NULL WHERE id = @Id", new { Id = question.Id.Value, Status = status.ToString() });
            AppendAsked(transaction, question with { Status = status }, again: true);
            if (status == QuestionStatus.AwaitingHuman)
                Append(transaction, EventTypes.QuestionAwaitingHuman, question, new { asked_by = question.AskedBy, reason = "returned", delay_ms = DelayOf(question) });
        }

        return back.Count;
    }

    private void End(IStoreTransaction transaction, Question question, QuestionStatus status, string reason, string? dismissedBy)
    {
        transaction.Execute(
            "UPDATE question SET status = @Status, route_again = 0, settled_at = @At, end_reason = @Reason, dismissed_by = @By, same_as = NULL WHERE id = @Id",
            new { Id = question.Id.Value, Status = status.ToString(), At = time.GetUtcNow().ToUnixTimeMilliseconds(), Reason = reason, By = dismissedBy });
        Release(transaction, question);
    }

    // The one that was routed is gone, and others still want the answer: the first of them takes its place.
    private static void Release(IStoreTransaction transaction, Question ended)
    {
        var waiting = FollowersOf(transaction, ended.Id).Where(follower => !follower.HasEnded).ToList();
        if (waiting.Count == 0)
            return;
        var heir = waiting[0] with { SameAs = null };
        transaction.Execute("UPDATE question SET same_as = NULL, agents_tried = @Tried WHERE id = @Id", new { Id = heir.Id.Value, Tried = ended.AgentsTried ? 1 : 0 });
        transaction.Execute("UPDATE question SET same_as = @Heir WHERE same_as = @Ended", new { Heir = heir.Id.Value, Ended = ended.Id.Value });
        AppendAsked(transaction, heir, again: true);
    }
}
