using System.Globalization;

namespace Workflow.Feedback.Statistics;

/// <summary>Which setting is in force.</summary>
internal enum TrialArm
{
    /// <summary>The setting as it was.</summary>
    Current,

    /// <summary>The setting that is tried.</summary>
    Candidate,
}

/// <summary>The rate measured in one block under one setting.</summary>
/// <param name="Rate">Items in a unit of time; more is better.</param>
/// <param name="Failures">Items that went wrong.</param>
/// <param name="Items">Items in all.</param>
internal sealed record RateBlock(double Rate, int Failures, int Items);

/// <summary>
/// A performance experiment by interleaved blocks in the order ABBA, which cancels a steady drift. Each pair of blocks gives the logarithm of the ratio of
/// their rates, cut at ±<see cref="Cut"/> so that one outlier cannot decide, which feeds the sequential test. Pure, immutable.
/// </summary>
internal sealed record BlockTrial
{
    /// <summary>Pairs before a candidate may be kept.</summary>
    public const int MinPairs = 8;

    /// <summary>Pairs after which an undecided candidate is dropped.</summary>
    public const int Cap = 60;

    /// <summary>Greatest absolute log ratio of a pair that counts.</summary>
    public const double Cut = 0.5;

    private const double HarmEvidence = 10;
    private const double MaxFailureLoss = 0.02;

    private readonly double _needed;
    private readonly double _minGain;
    private readonly double _hope;
    private readonly BettingTest _better = BettingTest.Start;
    private readonly BettingTest _worse = BettingTest.Start;
    private readonly BettingTest _hopeless = BettingTest.Start;
    private readonly double _sum;
    private readonly int[] _failures = [0, 0];
    private readonly int[] _items = [0, 0];

    private BlockTrial(double needed, double minGain, double hope) => (_needed, _minGain, _hope) = (needed, minGain, hope);

    private BlockTrial(BlockTrial before, double logRatio, RateBlock current, RateBlock candidate)
        : this(before._needed, before._minGain, before._hope)
    {
        _better = before._better.Add(logRatio / Cut);
        _worse = before._worse.Add(-logRatio / Cut);
        _hopeless = before._hopeless.Add((_hope - logRatio) / Cut);
        _sum = before._sum + logRatio;
        _failures = [before._failures[0] + current.Failures, before._failures[1] + candidate.Failures];
        _items = [before._items[0] + current.Items, before._items[1] + candidate.Items];
    }

    /// <summary>Pairs of blocks seen.</summary>
    public int Pairs => _better.Count;

    /// <summary>E-value for "faster".</summary>
    public double Evidence => _better.Evidence;

    /// <summary>Gain of the geometric mean, as a share; 0.2 = 20 % more in the same time.</summary>
    public double Gain => Pairs == 0 ? 0 : Math.Exp(_sum / Pairs) - 1;

    /// <summary>A trial without blocks.</summary>
    /// <param name="candidate">Number of the candidate within the period, from 1 (<see cref="AlphaSpending"/>).</param>
    /// <param name="minGain">Least gain worth keeping, as a share.</param>
    /// <param name="expectedGain">The gain that was promised: a candidate that shows less than a third of it (as a logarithm) is given up.</param>
    public static BlockTrial Start(int candidate, double minGain, double expectedGain) =>
        new(AlphaSpending.EvidenceNeeded(candidate), minGain, Math.Max(Math.Log(1 + minGain), Math.Log(1 + Math.Max(0, expectedGain)) / 3));

    /// <summary>The setting of a block: A B B A, A B B A, …</summary>
    public static TrialArm ArmOf(int block) => (block & 3) is 1 or 2 ? TrialArm.Candidate : TrialArm.Current;

    /// <summary>The trial after a pair of blocks. A pair without a measurement (nothing to do, clock trouble) changes nothing.</summary>
    public BlockTrial Add(RateBlock current, RateBlock candidate)
    {
        var ratio = Math.Log(candidate.Rate / current.Rate);
        return double.IsFinite(ratio) ? new BlockTrial(this, ratio, current, candidate) : this;
    }

    /// <summary>What follows from the blocks so far.</summary>
    public TrialVerdict Verdict()
    {
        if (Share(1) - Share(0) > MaxFailureLoss && _failures[1] > _failures[0] + 1)
            return new TrialVerdict.MustDrop(Text($"{_failures[1]} of {_items[1]} items failed under it, {_failures[0]} of {_items[0]} before"), IsHarm: true);
        if (_worse.Evidence >= HarmEvidence)
            return new TrialVerdict.MustDrop(Text($"it is slower: {Gain:+0.0%;-0.0%;0.0%} over {Pairs} pairs of blocks, e-value {_worse.Evidence:0.#}"), IsHarm: true);
        if (Pairs >= MinPairs && _better.Evidence >= _needed && Gain >= _minGain)
            return new TrialVerdict.MayKeep(Text($"{Gain:+0.0%;-0.0%;0.0%} over {Pairs} pairs of blocks, e-value {_better.Evidence:0.#} (needed {_needed:0})"));
        if (Pairs >= MinPairs && _hopeless.Evidence >= HarmEvidence)
            return new TrialVerdict.MustDrop(Text($"it does not do what was expected: {Gain:+0.0%;-0.0%;0.0%} over {Pairs} pairs of blocks"), IsHarm: false);
        return Pairs >= Cap
            ? new TrialVerdict.MustDrop(Text($"undecided after {Pairs} pairs of blocks: {Gain:+0.0%;-0.0%;0.0%}, e-value {_better.Evidence:0.#} (needed {_needed:0})"), IsHarm: false)
            : TrialVerdict.Undecided;
    }

    /// <summary>Share of the items under a setting that went wrong.</summary>
    public double FailureShare(TrialArm arm) => Share((int)arm);

    private double Share(int arm) => _items[arm] == 0 ? 0 : (double)_failures[arm] / _items[arm];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
