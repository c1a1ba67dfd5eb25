using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Questions.Human;

/// <summary>A question in the inbox.</summary>
/// <param name="View">The question with what agents said to it.</param>
/// <param name="SharedBy">How many further questions have the same meaning and wait for the same answer.</param>
/// <param name="Until">Until when it waits for its turn; null: it is shown now.</param>
/// <param name="Reason">Why it waits.</param>
internal sealed record InboxItem(QuestionView View, int SharedBy, DateTimeOffset? Until, string? Reason);

/// <summary>What waits for the person.</summary>
/// <param name="Now">To be answered now, most urgent first.</param>
/// <param name="Later">Waits for its turn; may be answered all the same.</param>
/// <param name="ShownToday">Questions put before the person since midnight.</param>
/// <param name="QuestionsPerDay">The budget; 0: no limit.</param>
internal sealed record InboxView(IReadOnlyList<InboxItem> Now, IReadOnlyList<InboxItem> Later, int ShownToday, int QuestionsPerDay);

/// <summary>The person's inbox: the questions that only a person can answer, as far as the person's attention reaches.</summary>
internal sealed class HumanInbox(IStore store, AnswerWaiters waiters, OrchestratorSettings settings, TimeProvider time)
{
    // Nobody reads more; what comes after is shown when these are answered.
    private const int MaxItems = 500;

    // What only a person can answer; questions that share another's answer are left out. The index is named because the planner would rather sort them all.
    private const string Waiting = "question INDEXED BY question_inbox WHERE status = 'AwaitingHuman' AND same_as IS NULL";

    public InboxView Read()
    {
        var now = time.GetUtcNow();
        return store.Read(reader =>
        {
            var (plan, history) = Plan(reader, now);
            var items = plan.Select(turn => ToItem(reader, turn)).ToList();
            return new InboxView([.. items.Where(item => item.Until is null)], [.. items.Where(item => item.Until is not null)], history.ShownToday, settings.Questions.Human.QuestionsPerDay);
        });
    }

    /// <summary>Records as shown what has its turn now, and returns it.</summary>
    public IReadOnlyList<Question> MarkShown(IStoreTransaction transaction)
    {
        var now = time.GetUtcNow();
        var plan = Plan(transaction, now).Plan;
        var shown = plan.Where(turn => turn.IsNow && turn.Question.ShownAt is null).Select(turn => QuestionStore.Find(transaction, turn.Question.Id)!).ToList();
        foreach (var question in shown)
            transaction.Execute("UPDATE question SET shown_at = @At WHERE id = @Id", new { Id = question.Id.Value, At = now.ToUnixTimeMilliseconds() });
        return shown;
    }

    /// <summary>Whether a question has its turn now, and when the next one has: a look that costs no transaction.</summary>
    public (bool IsDue, DateTimeOffset? NextTurn) Look()
    {
        if (!store.Read(HasNew))
            return (false, null);
        var plan = store.Read(reader => Plan(reader, time.GetUtcNow())).Plan;
        return (plan.Any(turn => turn.IsNow && turn.Question.ShownAt is null), plan.Select(turn => turn.Until).Min());
    }

    private static bool HasNew(IStoreReader reader) =>
        reader.First<long>($"SELECT EXISTS (SELECT 1 FROM {Waiting} AND (shown_at IS NULL) = 1)") != 0;

    private (IReadOnlyList<AttentionTurn> Plan, AttentionHistory History) Plan(IStoreReader reader, DateTimeOffset now)
    {
        var zone = time.LocalTimeZone;
        var midnight = AttentionPlanner.StartOfDay(now, zone).ToUnixTimeMilliseconds();
        var history = new AttentionHistory(
            (int)reader.First<long>("SELECT count(*) FROM question WHERE shown_at >= @Midnight", new { Midnight = midnight }),
            reader.First<long?>("SELECT max(shown_at) FROM question WHERE shown_at IS NOT NULL") is { } last ? DateTimeOffset.FromUnixTimeMilliseconds(last) : null);
        var awaited = QuestionStore.Serving(reader, waiters.Awaited(MaxItems)).ToHashSet();
        IReadOnlyList<WaitingQuestion> waiting =
            [.. reader.Query<WaitingRow>(
                $"SELECT id, priority, revision IS NOT NULL AS IsBlocking, shown_at AS ShownAt FROM {Waiting} ORDER BY shown_at IS NULL, revision IS NULL, priority DESC, id LIMIT {MaxItems}")
                .Select(row => row.ToWaiting(awaited))];
        return (AttentionPlanner.Plan(waiting, history, settings.Questions.Human, now, zone), history);
    }

    private static InboxItem ToItem(IStoreReader reader, AttentionTurn turn) => new(
        QuestionView.Of(reader, QuestionStore.Find(reader, turn.Question.Id)!),
        QuestionStore.FollowersOf(reader, turn.Question.Id).Count(follower => !follower.HasEnded),
        turn.Until,
        turn.Reason);

    private sealed class WaitingRow
    {
        public string Id { get; init; } = "";

        public long Priority { get; init; }

        public long IsBlocking { get; init; }

        public long? ShownAt { get; init; }

        public WaitingQuestion ToWaiting(HashSet<QuestionId> awaited)
        {
            var id = QuestionId.Parse(Id);
            return new WaitingQuestion(id, (int)Priority, IsBlocking != 0, awaited.Contains(id), ShownAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
        }
    }
}
