using FsCheck;
using FsCheck.Fluent;
using Platform.Models;
using Platform.Models.Admission;
using Testing;

namespace Workflow.Tests.Models;

/// <summary>Who is let in, and when.</summary>
public sealed class AdmissionTests
{
    [Fact]
    public void Next_HumanWaits_GoesBeforeReviewAndBackground() =>
        Assert.Equal(2, AdmissionPlanner.Next([Waiting(ModelLane.Background), Waiting(ModelLane.Review), Waiting(ModelLane.Human)], 1000, []));

    [Fact]
    public void Next_WarmPrefix_GoesBeforeAnEarlierCall() =>
        Assert.Equal(1, AdmissionPlanner.Next([Waiting(prefix: "a"), Waiting(prefix: "b")], 1000, ["b"]));

    [Fact]
    public void Next_OvertakenTooOften_HoldsAllOthersBack()
    {
        var large = Waiting(tokens: 900) with { Overtaken = AdmissionPlanner.Patience };
        Assert.Null(AdmissionPlanner.Next([large, Waiting(tokens: 10)], 500, []));
        Assert.Equal(0, AdmissionPlanner.Next([large, Waiting(tokens: 10)], 900, []));
    }

    [Fact]
    public void Next_AnyQueue_LetsInWhatFitsAndNothingElse() => Prop.ForAll(Gen.ListOf(Calls()).ToArbitrary(), ArbMap.Default.ArbFor<NonNegativeInt>(), (waiting, free) =>
    {
        var next = AdmissionPlanner.Next([.. waiting], free.Get, ["p1"]);
        var patient = waiting.Any(call => call.Overtaken >= AdmissionPlanner.Patience);
        return next is { } index
            ? waiting[index].Tokens <= free.Get && (patient || !waiting.Any(call => call.Lane < waiting[index].Lane && call.Tokens <= free.Get))
            : patient || waiting.All(call => call.Tokens > free.Get);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Gate_RandomCalls_NeverExceedsSlotsAndTokensAndLetsEverybodyIn()
    {
        var gate = new ModelGate(TimeProvider.System);
        gate.Configure(3, 1000);
        var random = new Random(7);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            int tokens;
            ModelLane lane;
            lock (random)
                (tokens, lane) = (random.Next(1, 800), (ModelLane)random.Next(3));
            var admission = await gate.EnterAsync(lane, tokens, tokens % 2 == 0 ? "p" : null, CancellationToken.None);
            var (busy, inFlight, waiting) = gate.Load;
            Assert.InRange(busy, 1, 3);
            Assert.InRange(inFlight, tokens, 900);
            Assert.InRange(waiting, 0, 200);
            await Task.Yield();
            admission.Release(TimeSpan.Zero);
        }));
        Assert.Equal((0, 0L, 0), gate.Load);
    }

    [Fact]
    public async Task Gate_CancelledWhileWaiting_LeavesNothingBehind()
    {
        var gate = new ModelGate(TimeProvider.System);
        gate.Configure(1, 1000);
        var first = await gate.EnterAsync(ModelLane.Review, 10, null, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var second = gate.EnterAsync(ModelLane.Review, 10, null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Release(TimeSpan.Zero);
        first.Release(TimeSpan.Zero); // a second time changes nothing
        Assert.Equal((0, 0L, 0), gate.Load);
    }

    [Fact]
    public async Task Gate_AbandonedCall_KeepsItsPlaceForTheGrace()
    {
        var time = new FakeTime();
        var gate = new ModelGate(time);
        gate.Configure(1, 1000);
        (await gate.EnterAsync(ModelLane.Review, 10, null, CancellationToken.None)).Release(TimeSpan.FromSeconds(5));
        var next = gate.EnterAsync(ModelLane.Review, 10, null, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        (await next).Release(TimeSpan.Zero);
    }

    [Fact]
    public async Task Gate_ContextShrinks_RefusesWhatCanNeverFit()
    {
        var gate = new ModelGate(TimeProvider.System);
        gate.Configure(1, 1000);
        var first = await gate.EnterAsync(ModelLane.Review, 800, null, CancellationToken.None);
        var second = gate.EnterAsync(ModelLane.Review, 800, null, CancellationToken.None);
        gate.Configure(1, 500);
        var error = await Assert.ThrowsAsync<ModelCallException>(() => second);
        Assert.Equal(ModelFailureKind.PromptTooLong, error.Failure.Kind);
        first.Release(TimeSpan.Zero);
    }

    [Fact]
    public void Estimator_LearnsFromCounts_ComesCloserForEachModelAlone()
    {
        var estimator = new TokenEstimator();
        for (var i = 0; i < 30; i++)
            estimator.Observe("dense", 1000, 1500);
        Assert.InRange(estimator.For("dense", 1000), 1490, 1510);
        Assert.Equal(1000, estimator.For("other", 1000));
    }

    private static WaitingCall Waiting(ModelLane lane = ModelLane.Review, long tokens = 100, string? prefix = null) => new(lane, tokens, prefix, 0);

    private static Gen<WaitingCall> Calls() =>
        from lane in Gen.Elements(ModelLane.Human, ModelLane.Review, ModelLane.Background)
        from tokens in Gen.Choose(1, 200)
        from prefix in Gen.Elements("p1", "p2", null)
        from overtaken in Gen.Choose(0, AdmissionPlanner.Patience)
        select new WaitingCall(lane, tokens, prefix, overtaken);
}
