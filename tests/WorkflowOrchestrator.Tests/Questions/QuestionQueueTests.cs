using FsCheck;
using FsCheck.Fluent;
using Testing;
using Workflow.Questions;

namespace Workflow.Tests.Questions;

public sealed class QuestionQueueTests
{
    private static readonly FakeTime s_time = new();

    [Fact]
    public void Next_Nothing_IsNothing() => Assert.Null(Next([]));

    [Fact]
    public void Next_WaitingCallerBeforeBlockingBeforeAdvice()
    {
        var (advice, blocking, awaited) = (Queued("a", priority: 900), Queued("b", blocking: true), Queued("c"));
        Assert.Equal(awaited, Next([advice, blocking, awaited], awaited: [awaited.Id]));
        Assert.Equal(blocking, Next([advice, blocking, awaited]));
    }

    [Fact]
    public void Next_WithinAClass_TheChangeWithLeastInFlightThenTheLongestNotServedThenPriorityThenAge()
    {
        var (busy, idle) = (Queued("busy", priority: 9), Queued("idle"));
        Assert.Equal(idle, Next([busy, idle], inFlight: ["busy"]));
        Assert.Equal(idle, Next([busy, idle], lastServed: new() { ["busy"] = 2, ["idle"] = 1 }));
        var (older, newer, urgent) = (Queued("x"), Queued("x"), Queued("x", priority: 1));
        Assert.Equal(urgent, Next([newer, older, urgent]));
        Assert.Equal(new[] { older, newer }.MinBy(question => question.Id.Value), Next([newer, older]));
    }

    // However many questions one change asks, the others get their turn: served one after another, no change gets two before each has got one.
    [Fact]
    public void Next_AnyLoad_ServesChangesInTurn() => Prop.ForAll(Gen.Choose(1, 6).ToArbitrary(), Gen.Choose(1, 30).ToArbitrary(), (changes, flood) =>
    {
        var waiting = Enumerable.Range(0, changes).SelectMany(change => Enumerable.Range(0, change == 0 ? flood : 1).Select(_ => Queued($"c{change}"))).ToList();
        var served = new List<string>();
        var lastServed = new Dictionary<string, long>();
        while (Next(waiting, lastServed: lastServed) is { } next)
        {
            waiting.Remove(next);
            served.Add(next.Scope);
            lastServed[next.Scope] = served.Count;
        }

        return served.Take(changes).Distinct().Count() == changes && served.Count == changes - 1 + flood;
    }).QuickCheckThrowOnFailure();

    private static QuestionId New()
    {
        s_time.Advance(TimeSpan.FromMilliseconds(1));
        return QuestionId.New(s_time);
    }

    private static QueuedQuestion Queued(string scope, int priority = 0, bool blocking = false) => new(New(), scope, priority, blocking);

    private static QueuedQuestion? Next(
        IReadOnlyList<QueuedQuestion> waiting, IReadOnlyList<string>? inFlight = null, Dictionary<string, long>? lastServed = null, IReadOnlyList<QuestionId>? awaited = null) =>
        QuestionQueue.Next(waiting, inFlight ?? [], lastServed ?? [], (awaited ?? []).ToHashSet());
}
