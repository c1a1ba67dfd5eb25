using FsCheck;
using FsCheck.Fluent;
using Workflow.Feedback.Statistics;
using Workflow.Hosting.Tunables;

namespace Workflow.Tests.Feedback.Statistics;

public sealed class StatisticsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void BettingTest_NoOutcome_SaysNothing() => Assert.Equal(1, BettingTest.Start.Evidence, 12);

    [Fact]
    public void BettingTest_MissingOutcome_IsRefused() => Assert.Throws<ArgumentException>(() => BettingTest.Start.Add(double.NaN));

    [Fact]
    public void BettingTest_Outlier_CountsOnce() => Assert.Equal(BettingTest.Start.Add(1).Evidence, BettingTest.Start.Add(double.PositiveInfinity).Evidence);

    [Fact]
    public void BettingTest_ConstantZero_NeverBecomesEvidence()
    {
        var test = BettingTest.Start;
        for (var i = 0; i < 10_000; i++)
            test = test.Add(0);
        Assert.Equal(1, test.Evidence, 9);
    }

    [Fact]
    public void BettingTest_AnyOutcomes_StaysFiniteAndPositive() =>
        Prop.ForAll<double[]>(values =>
        {
            var test = values.Where(value => !double.IsNaN(value)).Aggregate(BettingTest.Start, (seen, value) => seen.Add(value));
            return double.IsFinite(test.Evidence) && test.Evidence > 0 && Math.Abs(test.Mean) <= 1;
        }).QuickCheckThrowOnFailure();

    // The bet is fair: over all equally likely outcomes its expected wealth is 1.
    [Fact]
    public void BettingTest_FairCoin_ExpectedWealthIsOne()
    {
        var total = 0.0;
        for (var bits = 0; bits < 1024; bits++)
        {
            var test = BettingTest.Start;
            for (var i = 0; i < 10; i++)
                test = test.Add((bits >> i & 1) == 0 ? -1 : 1);
            total += test.Evidence;
        }

        Assert.Equal(1, total / 1024, 9);
    }

    [Fact]
    public void AlphaSpending_AnyNumberOfCandidates_SpendsAtMostAlpha() =>
        Assert.InRange(Enumerable.Range(1, 100_000).Sum(k => 1 / AlphaSpending.EvidenceNeeded(k)), 0, AlphaSpending.Alpha);

    [Fact]
    public void HoldOut_SameItem_IsAlwaysInTheSameHalf()
    {
        var folds = Enumerable.Range(0, 10_000).Select(i => HoldOut.FoldOf($"item-{i}")).ToArray();

        Assert.Equal(folds, Enumerable.Range(0, 10_000).Select(i => HoldOut.FoldOf($"item-{i}")));
        Assert.InRange(folds.Count(fold => fold == ItemFold.Tune), 4_800, 5_200);
    }

    [Fact]
    public void PairedTrial_TooFewItems_IsUndecidedHoweverGood()
    {
        var trial = PairedTrial.Start(1);
        for (var i = 0; i < PairedTrial.MinItems - 1; i++)
            trial = trial.Add(new PairedItem($"{i}", 0, 1));
        Assert.IsType<TrialVerdict.GoOn>(trial.Verdict());
    }

    [Fact]
    public void PairedTrial_MissingMeasurement_IsLeftOut() => Assert.Equal(0, PairedTrial.Start(1).Add(new PairedItem("a", double.NaN, 1)).Items);

    [Fact]
    public void PairedTrial_AllEqual_IsDroppedAtTheCap()
    {
        var trial = PairedTrial.Start(1);
        for (var i = 0; i < PairedTrial.Cap; i++)
            trial = trial.Add(new PairedItem($"{i}", 0.5, 0.5));
        Assert.IsType<TrialVerdict.MustDrop>(trial.Verdict());
    }

    [Fact]
    public void BlockTrial_Order_IsAbba() =>
        Assert.Equal([TrialArm.Current, TrialArm.Candidate, TrialArm.Candidate, TrialArm.Current, TrialArm.Current, TrialArm.Candidate], Enumerable.Range(0, 6).Select(BlockTrial.ArmOf));

    [Fact]
    public void BlockTrial_OneEnormousOutlier_DecidesNothing()
    {
        var trial = BlockTrial.Start(1, 0.05, 0.2).Add(new RateBlock(1, 0, 1), new RateBlock(1e12, 0, 1));
        for (var i = 0; i < 7; i++)
            trial = trial.Add(new RateBlock(100, 0, 10), new RateBlock(100, 0, 10));
        Assert.IsType<TrialVerdict.GoOn>(trial.Verdict());
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 0)]
    [InlineData(double.NaN, 10)]
    public void BlockTrial_BlockWithoutMeasurement_IsLeftOut(double current, double candidate) =>
        Assert.Equal(0, BlockTrial.Start(1, 0.05, 0.2).Add(new RateBlock(current, 0, 0), new RateBlock(candidate, 0, 0)).Pairs);

    [Fact]
    public void BlockTrial_FasterButFailing_IsDropped()
    {
        var trial = BlockTrial.Start(1, 0.05, 0.2);
        for (var i = 0; i < 8; i++)
            trial = trial.Add(new RateBlock(10, 0, 10), new RateBlock(40, 2, 10));
        Assert.True(trial.Verdict() is TrialVerdict.MustDrop { IsHarm: true });
    }

    [Fact]
    public void Rollout_EverythingFails_IsRolledBackInTheCanary()
    {
        var rollout = Rollout.Start(0.05);
        while (rollout.Phase == RolloutPhase.Canary)
            rollout = rollout.Add(failed: true);
        Assert.Equal(RolloutPhase.RolledBack, rollout.Phase);
        Assert.InRange(rollout.Guard.Items, 1, 5);
    }

    [Fact]
    public void CanaryShare_TakesOneItemInFive() => Assert.InRange(Enumerable.Range(0, 10_000).Count(item => CanaryShare.Takes($"change {item}")), 1_800, 2_200);

    [Fact]
    public void Quarantine_ValueTakenBack_WaitsThenIsFreeThenNeverAgain()
    {
        Assert.True(Quarantine.IsFree([], s_now));
        Assert.False(Quarantine.IsFree([s_now.AddDays(-13)], s_now));
        Assert.True(Quarantine.IsFree([s_now.AddDays(-14)], s_now));
        Assert.False(Quarantine.IsFree([s_now.AddDays(-60), s_now.AddDays(-30)], s_now));
    }

    [Fact]
    public void Quarantine_TwoRollbacksInADay_AreTrouble()
    {
        Assert.False(Quarantine.IsTrouble([s_now.AddHours(-1), s_now.AddHours(-25)], s_now));
        Assert.True(Quarantine.IsTrouble([s_now.AddHours(-1), s_now.AddHours(-23)], s_now));
    }

    [Fact]
    public void TuningEnvironment_AnyPartChanged_HasAnotherFingerprint()
    {
        var environment = new TuningEnvironment("built-in", "", 0, "p", "s");
        TuningEnvironment[] others = [environment with { Reviewer = "m" }, environment with { Server = "1" }, environment with { ContextTokens = 1 }, environment with { Prompt = "q" }, environment with { Schema = "t" }];

        Assert.Equal(6, others.Append(environment).Select(other => other.Fingerprint).Distinct().Count());
    }
}
