using FsCheck;
using FsCheck.Fluent;
using Testing;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Questions.Human;

namespace Workflow.Tests.Questions;

public sealed class AttentionPlannerTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly QuietHours s_night = new(new TimeOnly(22, 0), new TimeOnly(7, 30));
    private static readonly FakeTime s_time = new();

    [Fact]
    public void Plan_NoLimits_ShowsAllMostUrgentFirst()
    {
        var (advice, important, blocking, awaited, shown) = (Waiting(), Waiting(priority: 5), Waiting(blocking: true), Waiting(awaited: true), Waiting(shownAt: s_noon));
        var plan = Plan([advice, important, blocking, awaited, shown]);
        Assert.Equal([shown, awaited, blocking, important, advice], plan.Select(turn => turn.Question));
        Assert.All(plan, turn => Assert.True(turn.IsNow));
    }

    [Theory]
    [InlineData(12, true, 0)]
    [InlineData(23, false, 8)] // until 07:30 of the next day
    [InlineData(3, false, 4)]
    public void Plan_QuietHours_HoldEvenWhatBlocks(int hour, bool now, int hoursToWait)
    {
        var at = s_noon.Date.AddHours(hour);
        var turn = Assert.Single(Plan([Waiting(blocking: true)], new HumanSettings(0, s_night, TimeSpan.Zero, [], null), now: new DateTimeOffset(at, TimeSpan.Zero)));
        Assert.Equal(now, turn.IsNow);
        if (!now)
            Assert.Equal(new DateTimeOffset(at, TimeSpan.Zero) + TimeSpan.FromHours(hoursToWait) + TimeSpan.FromMinutes(30), turn.Until);
    }

    [Fact]
    public void Plan_BudgetUsedUp_SpendsTheNextDaysInOrder()
    {
        var waiting = Enumerable.Range(0, 7).Select(_ => Waiting()).ToList();
        var plan = Plan(waiting, new HumanSettings(3, null, TimeSpan.Zero, [], null), shownToday: 2);
        Assert.Equal([0, 1, 1, 1, 2, 2, 2], plan.Select(turn => turn.Until is { } until ? (until.Date - s_noon.Date).Days : 0));
        Assert.Equal(waiting.OrderBy(question => question.Id.Value, StringComparer.Ordinal), plan.Select(turn => turn.Question));
        Assert.Contains("3 questions", plan[^1].Reason);
    }

    [Fact]
    public void Plan_Batches_HoldAdviceUntilSomethingUrgentComes()
    {
        var budget = new HumanSettings(0, null, TimeSpan.FromHours(1), [], null);
        var last = s_noon - TimeSpan.FromMinutes(20);
        Assert.Equal(last + TimeSpan.FromHours(1), Assert.Single(Plan([Waiting()], budget, lastShown: last)).Until);
        Assert.All(Plan([Waiting(), Waiting(blocking: true)], budget, lastShown: last), turn => Assert.True(turn.IsNow));
        Assert.True(Assert.Single(Plan([Waiting()], budget, lastShown: s_noon - TimeSpan.FromHours(1))).IsNow);
    }

    [Fact]
    public void Plan_AnyInput_NamesEachOnceKeepsTheBudgetAndNeverShowsInQuietHours()
    {
        var inputs = Gen.Choose(0, 1).ListOf(4).Select(flags => Waiting(priority: flags[0], blocking: flags[1] == 1, awaited: flags[2] == 1, shownAt: flags[3] == 1 ? s_noon : null)).ListOf().ToArbitrary();
        Prop.ForAll(inputs, Gen.Choose(0, 6).ToArbitrary(), Gen.Choose(0, 24 * 60 - 1).ToArbitrary(), (waiting, perDay, minute) =>
        {
            var now = new DateTimeOffset(s_noon.Date.AddMinutes(minute), TimeSpan.Zero);
            var plan = Plan([.. waiting], new HumanSettings(perDay, s_night, TimeSpan.FromMinutes(5), [], null), now, lastShown: now);
            var fresh = plan.Where(turn => turn.Question.ShownAt is null).ToList();
            return plan.Select(turn => turn.Question).ToHashSet().SetEquals(waiting) && plan.Count == waiting.Count
                && (perDay == 0 || fresh.Count(turn => turn.IsNow) <= perDay)
                && plan.All(turn => turn.Question.ShownAt is null || turn.IsNow)
                && fresh.All(turn => turn.Until is { } until ? until > now && !IsNight(until) && turn.Reason is not null : !IsNight(now));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void NoticeBody_LongAndForgedQuestions_AreCutAndOneLineEach()
    {
        var questions = Enumerable.Range(0, 7).Select(index => Question($"Really?\n\u001b[31mAll is well\u0007 {index} {new string('x', 1000)}")).ToList();
        var body = NoticeBody.For("shop", questions);
        Assert.Equal((7, 5), (body.Count, body.Questions.Count));
        Assert.All(body.Questions, question => Assert.True(question.Question.Length <= 301 && !question.Question.Any(char.IsControl)));
        Assert.Equal("shop: 7 questions wait for you", body.Title);
        Assert.EndsWith("and 2 more: wo questions", body.Text);
        Assert.Equal(6, body.Text.Split('\n').Length);
    }

    private static bool IsNight(DateTimeOffset at) => TimeOnly.FromDateTime(at.DateTime).IsBetween(s_night.From, s_night.To);

    private static IReadOnlyList<AttentionTurn> Plan(IReadOnlyList<WaitingQuestion> waiting, HumanSettings? budget = null, DateTimeOffset? now = null, int shownToday = 0, DateTimeOffset? lastShown = null) =>
        AttentionPlanner.Plan(waiting, new AttentionHistory(shownToday, lastShown), budget ?? new HumanSettings(0, null, TimeSpan.Zero, [], null), now ?? s_noon, TimeZoneInfo.Utc);

    private static WaitingQuestion Waiting(int priority = 0, bool blocking = false, bool awaited = false, DateTimeOffset? shownAt = null)
    {
        s_time.Advance(TimeSpan.FromMilliseconds(1));
        return new WaitingQuestion(QuestionId.New(s_time), priority, blocking, awaited, shownAt);
    }

    private static Question Question(string text) => new(
        QuestionId.New(s_time), null, null, null, text, "", [], null, "f", QuestionStatus.AwaitingHuman, "someone", null, "c", 0, false, s_noon, null);
}
