using System.Globalization;

namespace Workflow.Feedback.Statistics;

/// <summary>One recorded item, done with the present setting and with the candidate.</summary>
/// <param name="Id">Identity of the item; decides the half (<see cref="HoldOut"/>).</param>
/// <param name="Current">Reward of the present setting, 0 to 1.</param>
/// <param name="Candidate">Reward of the candidate, 0 to 1.</param>
/// <param name="CurrentPasses">The present setting passed every gate (valid, grounded, within budget).</param>
/// <param name="CandidatePasses">The candidate did.</param>
internal sealed record PairedItem(string Id, double Current, double Candidate, bool CurrentPasses = true, bool CandidatePasses = true);

/// <summary>
/// A quality experiment by replay: both settings on the same items. A candidate is kept when the sequential test on the tune half reaches the evidence needed and the
/// hold-out half, looked at only then, confirms it. It is dropped as soon as the evidence of harm, or a sequential probability ratio test on the pairs that differ
/// (A. Wald, "Sequential tests of statistical hypotheses", 1945), says so, and at the cap. Pure, immutable.
/// </summary>
internal sealed record PairedTrial
{
    /// <summary>Items before a candidate may be kept.</summary>
    public const int MinItems = 40;

    /// <summary>Items after which an undecided candidate is dropped.</summary>
    public const int Cap = 500;

    // Hold-out items without which nothing is confirmed.
    private const int MinHoldOut = 10;

    // A gate that the candidate fails this much more often (as a share of the items) ends the trial.
    private const double MaxGateLoss = 0.02;

    // Evidence of harm at level 0.1: a good candidate dropped costs a new try, a harmful one kept costs the user.
    private const double HarmEvidence = 10;

    // SPRT on pairs that differ: "wins 70 %" against "wins 50 %", 5 % of the former given up.
    private static readonly double s_win = Math.Log(0.7 / 0.5);
    private static readonly double s_loss = Math.Log(0.3 / 0.5);
    private static readonly double s_futile = Math.Log(0.05 / 0.95);

    private readonly double _needed;
    private readonly BettingTest _better = BettingTest.Start;
    private readonly BettingTest _worse = BettingTest.Start;
    private readonly BettingTest _holdOut = BettingTest.Start;
    private readonly double _ratio;
    private readonly int _currentFailures;
    private readonly int _candidateFailures;

    private PairedTrial(double needed) => _needed = needed;

    /// <summary>Items seen.</summary>
    public int Items => _better.Count + _holdOut.Count;

    /// <summary>E-value for "better", on the tune half.</summary>
    public double Evidence => _better.Evidence;

    /// <summary>Mean of the signs of the differences on the hold-out half.</summary>
    public double HoldOutMean => _holdOut.Mean;

    private PairedTrial(PairedTrial before, PairedItem item, double sign)
    {
        _needed = before._needed;
        var tunes = HoldOut.FoldOf(item.Id) == ItemFold.Tune;
        _better = tunes ? before._better.Add(sign) : before._better;
        _holdOut = tunes ? before._holdOut : before._holdOut.Add(sign);
        _worse = before._worse.Add(-sign); // harm is looked for everywhere: dropping early cannot make a useless candidate win
        _ratio = before._ratio + (sign > 0 ? s_win : sign < 0 ? s_loss : 0);
        _currentFailures = before._currentFailures + (item.CurrentPasses ? 0 : 1);
        _candidateFailures = before._candidateFailures + (item.CandidatePasses ? 0 : 1);
    }

    /// <summary>A trial without items.</summary>
    /// <param name="candidate">Number of the candidate within the period, from 1 (<see cref="AlphaSpending"/>).</param>
    public static PairedTrial Start(int candidate) => new(AlphaSpending.EvidenceNeeded(candidate));

    /// <summary>The trial after one more item. A failed gate makes the reward 0. An item without a measurement changes nothing.</summary>
    public PairedTrial Add(PairedItem item)
    {
        if (!double.IsFinite(item.Current) || !double.IsFinite(item.Candidate))
            return this;
        var difference = (item.CandidatePasses ? item.Candidate : 0) - (item.CurrentPasses ? item.Current : 0);
        return new PairedTrial(this, item, Math.Sign(Math.Round(difference, 9)));
    }

    /// <summary>What follows from the items so far.</summary>
    public TrialVerdict Verdict()
    {
        if (_candidateFailures - _currentFailures > Math.Max(1, MaxGateLoss * Items))
            return new TrialVerdict.MustDrop(Text($"it failed the gates {_candidateFailures} times in {Items} items, the present setting {_currentFailures} times"), IsHarm: true);
        if (_worse.Evidence >= HarmEvidence)
            return new TrialVerdict.MustDrop(Text($"it is worse: e-value {_worse.Evidence:0.#} after {Items} items"), IsHarm: true);
        if (Items < MinItems)
            return TrialVerdict.Undecided;
        if (_better.Evidence >= _needed && _holdOut.Count >= MinHoldOut)
        {
            return _holdOut.Mean >= 0
                ? new TrialVerdict.MayKeep(Text($"e-value {_better.Evidence:0.#} (needed {_needed:0}) after {Items} items; mean on the {_holdOut.Count} held-out items {_holdOut.Mean:+0.00;-0.00;0.00}"))
                : new TrialVerdict.MustDrop(Text($"the held-out items do not confirm it: mean {_holdOut.Mean:0.00} on {_holdOut.Count}"), IsHarm: false);
        }

        if (_ratio <= s_futile)
            return new TrialVerdict.MustDrop(Text($"a real gain is unlikely after {Items} items"), IsHarm: false);
        return Items >= Cap ? new TrialVerdict.MustDrop(Text($"undecided after {Items} items"), IsHarm: false) : TrialVerdict.Undecided;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
