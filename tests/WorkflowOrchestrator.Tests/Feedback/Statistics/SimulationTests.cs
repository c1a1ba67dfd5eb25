using System.Globalization;
using Workflow.Feedback.Statistics;
using Xunit.Abstractions;

namespace Workflow.Tests.Feedback.Statistics;

/// <summary>
/// What the rules of experiments promise, measured on simulated items with planted truths. Seeded: the same figures every time; they are printed.
/// WO_TEST_SIMULATION=full makes ten times as many runs.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private static readonly int s_runs = Environment.GetEnvironmentVariable("WO_TEST_SIMULATION") == "full" ? 10_000 : 1_000;

    [Fact]
    public void Paired_UselessCandidate_IsKeptInAtMostFivePercent()
    {
        var kept = Count(seed => Paired(seed, win: 0.15, loss: 0.15, candidate: 1).Verdict is TrialVerdict.MayKeep);

        Report($"A/A, paired: kept {kept:0.0%} of {s_runs} (limit 5 %)");
        Assert.True(kept <= 0.05);
    }

    [Fact]
    public void Paired_TwentyUselessCandidatesAPeriod_OneIsKeptInAtMostFivePercent()
    {
        var runs = s_runs / 5;
        var kept = Enumerable.Range(0, runs).Count(run => Enumerable.Range(1, 20).Any(candidate => Paired((run * 100) + candidate, 0.15, 0.15, candidate).Verdict is TrialVerdict.MayKeep)) / (double)runs;

        Report($"A/A, paired, 20 candidates a period: any kept in {kept:0.0%} of {runs} periods (limit 5 %)");
        Assert.True(kept <= 0.05);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void Paired_BetterCandidate_IsKeptWithinTheCap(int candidate)
    {
        var items = new List<int>();
        var kept = Count(seed => Kept(Paired(seed, win: 0.25, loss: 0.05, candidate), items));

        Report($"better (25/5), candidate {candidate}: kept {kept:0.0%} of {s_runs} (limit 90 %), median {Median(items)} items of {PairedTrial.Cap}");
        Assert.True(kept >= 0.9);
    }

    [Fact]
    public void Paired_HarmfulCandidate_IsDroppedOrRolledBack()
    {
        var items = new List<int>();
        var stopped = Count(seed =>
        {
            var (verdict, seen) = Paired(seed, win: 0.05, loss: 0.25, candidate: 1);
            items.Add(seen);
            return verdict is TrialVerdict.MustDrop;
        });

        Report($"harmful (5/25): dropped {stopped:0.0%} of {s_runs} (limit 99 %), median {Median(items)} items (limit 60)");
        Assert.True(stopped >= 0.99);
        Assert.True(Median(items) <= 60);
    }

    [Fact]
    public void Paired_CandidateThatFailsTheGates_IsDroppedHoweverGoodItsRewards()
    {
        var dropped = Count(seed =>
        {
            var random = new Random(seed);
            var trial = PairedTrial.Start(1);
            for (var i = 0; i < PairedTrial.Cap && trial.Verdict() is TrialVerdict.GoOn; i++)
                trial = trial.Add(new PairedItem(Id(seed, i), 0.5, 1, CandidatePasses: random.NextDouble() > 0.15));
            return trial.Verdict() is TrialVerdict.MustDrop { IsHarm: true };
        });

        Report($"wins always, fails 15 % of the gates: dropped {dropped:0.0%} of {s_runs} (limit 95 %)");
        Assert.True(dropped >= 0.95);
    }

    [Fact]
    public void Blocks_UselessCandidate_IsKeptInAtMostFivePercent()
    {
        var kept = Count(seed => Blocks(seed, gain: 0).Verdict is TrialVerdict.MayKeep);

        Report($"A/A, blocks: kept {kept:0.0%} of {s_runs} (limit 5 %)");
        Assert.True(kept <= 0.05);
    }

    [Fact]
    public void Blocks_UselessCandidateUnderDrift_IsKeptInAtMostFivePercent()
    {
        var kept = Count(seed => Blocks(seed, gain: 0, driftPerBlock: 0.01).Verdict is TrialVerdict.MayKeep);

        Report($"A/A, blocks, 1 % drift a block: kept {kept:0.0%} of {s_runs} (limit 5 %)");
        Assert.True(kept <= 0.05);
    }

    [Fact]
    public void Blocks_BetterCandidate_IsKeptWithinTheCap()
    {
        var pairs = new List<int>();
        var kept = Count(seed => Kept(Blocks(seed, gain: 0.2), pairs));

        Report($"20 % faster: kept {kept:0.0%} of {s_runs} (limit 90 %), median {Median(pairs)} pairs of {BlockTrial.Cap}");
        Assert.True(kept >= 0.9);
    }

    [Fact]
    public void Blocks_HarmfulCandidate_IsDropped()
    {
        var pairs = new List<int>();
        var dropped = Count(seed =>
        {
            var (verdict, seen) = Blocks(seed, gain: -0.2);
            pairs.Add(seen);
            return verdict is TrialVerdict.MustDrop;
        });

        Report($"20 % slower: dropped {dropped:0.0%} of {s_runs} (limit 99 %), median {Median(pairs)} pairs (limit 60)");
        Assert.True(dropped >= 0.99);
        Assert.True(Median(pairs) <= 60);
    }

    [Fact]
    public void Rollout_Regression_IsRolledBack()
    {
        var items = new List<int>();
        var back = Count(seed =>
        {
            var random = new Random(seed);
            var rollout = Rollout.Start(0.05);
            for (var i = 0; rollout.Phase is RolloutPhase.Canary or RolloutPhase.Full; i++)
                rollout = rollout.Add(random.NextDouble() < (i < 100 ? 0.05 : 0.25)); // turns bad after item 100
            if (rollout.Guard.Items > 100)
                items.Add(rollout.Guard.Items - 100);
            return rollout.Phase == RolloutPhase.RolledBack;
        });

        Report($"failures 5 % -> 25 % after roll-out: rolled back {back:0.0%} of {s_runs} (limit 99 %), median {Median(items)} items (limit 60)");
        Assert.True(back >= 0.99);
        Assert.True(Median(items) <= 60);
    }

    [Fact]
    public void Rollout_NothingChanged_IsRarelyRolledBack()
    {
        var back = Count(seed =>
        {
            var random = new Random(seed);
            var rollout = Rollout.Start(0.05);
            while (rollout.Phase is RolloutPhase.Canary or RolloutPhase.Full)
                rollout = rollout.Add(random.NextDouble() < 0.05);
            return rollout.Phase == RolloutPhase.RolledBack;
        });

        Report($"failures stay at 5 %: rolled back {back:0.0%} of {s_runs} (limit 12 %)");
        Assert.True(back <= 0.12);
    }

    private static double Count(Func<int, bool> run) => Enumerable.Range(1, s_runs).Count(run) / (double)s_runs;

    private static bool Kept((TrialVerdict Verdict, int Seen) result, List<int> seen)
    {
        if (result.Verdict is not TrialVerdict.MayKeep)
            return false;
        seen.Add(result.Seen);
        return true;
    }

    private static (TrialVerdict Verdict, int Items) Paired(int seed, double win, double loss, int candidate)
    {
        var random = new Random(seed);
        var trial = PairedTrial.Start(candidate);
        for (var i = 0; trial.Verdict() is TrialVerdict.GoOn; i++)
        {
            var draw = random.NextDouble();
            trial = trial.Add(new PairedItem(Id(seed, i), 0.5, draw < win ? 0.7 : draw < win + loss ? 0.3 : 0.5));
        }

        return (trial.Verdict(), trial.Items);
    }

    private static (TrialVerdict Verdict, int Pairs) Blocks(int seed, double gain, double driftPerBlock = 0)
    {
        var random = new Random(seed);
        var trial = BlockTrial.Start(1, 0.05, 0.2);
        for (var block = 0; trial.Verdict() is TrialVerdict.GoOn; block += 2)
        {
            var rates = new Dictionary<TrialArm, RateBlock>();
            for (var i = block; i < block + 2; i++)
            {
                var arm = BlockTrial.ArmOf(i);
                var rate = 100 * (arm == TrialArm.Candidate ? 1 + gain : 1) * Math.Exp(0.18 * Normal(random)) * Math.Pow(1 - driftPerBlock, i);
                rates[arm] = new RateBlock(rate, 0, 10);
            }

            trial = trial.Add(rates[TrialArm.Current], rates[TrialArm.Candidate]);
        }

        return (trial.Verdict(), trial.Pairs);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static string Id(int seed, int item) => string.Create(CultureInfo.InvariantCulture, $"{seed}/{item}");

    private static int Median(List<int> values)
    {
        values.Sort();
        return values.Count == 0 ? 0 : values[values.Count / 2];
    }

    private void Report(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
