using Workflow.Hosting;

namespace Workflow.Questions.Human;

/// <summary>A question that only a person can answer.</summary>
/// <param name="Id">Sorts by the time of asking.</param>
/// <param name="Priority">Greater goes first within its class.</param>
/// <param name="IsBlocking">Whether a change cannot be finished without it.</param>
/// <param name="IsAwaited">Whether a caller waits for the answer right now.</param>
/// <param name="ShownAt">When it was put before the person; null: not yet.</param>
internal sealed record WaitingQuestion(QuestionId Id, int Priority, bool IsBlocking, bool IsAwaited, DateTimeOffset? ShownAt);

/// <summary>What has been put before the person already.</summary>
/// <param name="ShownToday">Questions since midnight, local time, answered ones included.</param>
/// <param name="LastShownAt">When the last batch went out.</param>
internal sealed record AttentionHistory(int ShownToday, DateTimeOffset? LastShownAt);

/// <summary>When a question has its turn.</summary>
/// <param name="Question">The question.</param>
/// <param name="Until">Until when it waits; null: it is shown now.</param>
/// <param name="Reason">Why it waits, for people.</param>
internal sealed record AttentionTurn(WaitingQuestion Question, DateTimeOffset? Until, string? Reason)
{
    public bool IsNow => Until is null;
}

/// <summary>
/// Spends a person's attention: which questions are put before the person now, which wait and until when. What was shown stays shown. New ones come
/// with the most urgent first, never in quiet hours, no more a day than the budget, and advice in batches. Pure.
/// </summary>
internal static class AttentionPlanner
{
    private const string Quiet = "quiet hours";

    /// <param name="waiting">All questions that only a person can answer.</param>
    /// <param name="history">What was shown already.</param>
    /// <param name="budget">The person's limits.</param>
    /// <param name="now">The present.</param>
    /// <param name="zone">The person's time zone.</param>
    /// <summary>Every question once: those shown now first, then those that wait, in the order of their turns.</summary>
    public static IReadOnlyList<AttentionTurn> Plan(IReadOnlyList<WaitingQuestion> waiting, AttentionHistory history, HumanSettings budget, DateTimeOffset now, TimeZoneInfo zone)
    {
        var ordered = waiting
            .OrderByDescending(question => question.ShownAt is not null)
            .ThenByDescending(question => question.IsAwaited)
            .ThenByDescending(question => question.IsBlocking)
            .ThenByDescending(question => question.Priority)
            .ThenBy(question => question.Id.Value, StringComparer.Ordinal)
            .ToList();
        var turns = ordered.TakeWhile(question => question.ShownAt is not null).Select(question => new AttentionTurn(question, null, null)).ToList();
        var fresh = ordered.Skip(turns.Count).ToList();
        var (earliest, why) = Earliest(fresh, history, budget, now, zone);
        var left = budget.QuestionsPerDay == 0 ? int.MaxValue : Math.Max(0, budget.QuestionsPerDay - history.ShownToday);
        for (var i = 0; i < fresh.Count; i++)
        {
            // The budget of later days is spent in the same order.
            var days = i < left ? 0 : 1 + ((i - left) / budget.QuestionsPerDay);
            turns.Add(days == 0
                ? new AttentionTurn(fresh[i], earliest, why)
                : new AttentionTurn(fresh[i], AfterQuiet(StartOfDay(now, zone, days), budget.QuietHours, zone), $"today's {budget.QuestionsPerDay} questions are used up"));
        }

        return turns;
    }

    /// <summary>Midnight, local time, so many days after today's.</summary>
    public static DateTimeOffset StartOfDay(DateTimeOffset now, TimeZoneInfo zone, int days = 0) => At(TimeZoneInfo.ConvertTime(now, zone).Date.AddDays(days), zone);

    // Quiet hours hold for everybody; the interval between batches only for a batch of nothing but advice. One interruption takes all along.
    private static (DateTimeOffset? Until, string? Reason) Earliest(List<WaitingQuestion> fresh, AttentionHistory history, HumanSettings budget, DateTimeOffset now, TimeZoneInfo zone)
    {
        var afterQuiet = AfterQuiet(now, budget.QuietHours, zone);
        if (afterQuiet > now)
            return (afterQuiet, Quiet);
        if (fresh.Exists(question => question.IsBlocking || question.IsAwaited) || history.LastShownAt is not { } last || last + budget.BatchInterval <= now)
            return (null, null);
        return (AfterQuiet(last + budget.BatchInterval, budget.QuietHours, zone), "comes with the next batch");
    }

    private static DateTimeOffset AfterQuiet(DateTimeOffset moment, QuietHours? quiet, TimeZoneInfo zone)
    {
        if (quiet is null)
            return moment;
        var local = TimeZoneInfo.ConvertTime(moment, zone);
        var time = TimeOnly.FromDateTime(local.DateTime);
        if (!quiet.Contains(time))
            return moment;
        var end = local.Date + quiet.To.ToTimeSpan();
        var after = At(end > local.DateTime ? end : end.AddDays(1), zone);
        return after > moment ? after : moment;
    }

    // A time that a change to summer time leaves out is read as the first one after it.
    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }
}
