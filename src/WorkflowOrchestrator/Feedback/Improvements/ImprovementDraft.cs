using System.Globalization;
using OpenSpec.Editing;
using Workflow.Feedback.Replay;
using Workflow.Feedback.Statistics;
using Workflow.Hosting.Tunables;

namespace Workflow.Feedback.Improvements;

/// <summary>
/// The OpenSpec change of an improvement: why, evidence, how it is measured, what guards it, how it is undone, all written down before it is tried. Pure.
/// </summary>
internal static class ImprovementDraft
{
    /// <summary>Key in <c>.openspec.yaml</c> that marks a change as the daemon's own.</summary>
    public const string OriginKey = "workflow_origin";

    public const string Origin = "feedback-loop";

    private const int MaxWhy = 900;

    /// <summary>The change that moves a tunable.</summary>
    public static NewChange ForTunable(ImprovementIdea idea, Tunable tunable, int candidate, DateOnly today)
    {
        var (improvement, insight) = idea;
        return new NewChange(
            improvement.Id,
            today,
            improvement.Title,
            Cut($"{insight.Summary} The daemon measured this in its own work; it changes nothing that the documents of this repository require."),
            [Text($"The daemon's own setting `{tunable.Name}` goes from {improvement.From:0.###} to {improvement.To:0.###}; it may lie between {tunable.Minimum:0.###} and {tunable.Maximum:0.###}.")],
            [],
            [
                new NewTaskGroup("Try", [tunable.Class == TunableClass.Quality
                    ? Text($"Review the recorded items under both values and compare `{tunable.Metric}`; verified by at least {PairedTrial.MinItems} items in the verdict")
                    : Text($"Measure `{tunable.Metric}` in interleaved blocks under both values; verified by at least {BlockTrial.MinPairs} pairs of blocks in the verdict")]),
                new NewTaskGroup("Decide", ["Keep the value or take it back by the rules below; verified by `wo improvements`", "Write the verdict with its numbers into this proposal; verified by the section Verdict"]),
            ])
        {
            MoreSections =
            [
                ("Evidence", string.Join('\n', insight.Evidence.Select(fact => Text($"- {fact.Name}: {fact.Value:0.###} {fact.Unit}").TrimEnd()))),
                ("Measurement", Measurement(improvement, tunable, candidate)),
                ("Undo", Text($"`wo improvement revert {improvement.Id}` puts {improvement.From:0.###} back. `feedback_loop.enabled: false` puts every setting back. When the daemon ends by force while the value is new, it starts with the value before.")),
            ],
            Metadata = [(OriginKey, Origin), ("workflow_improvement", improvement.Id)],
        };
    }

    private static string Measurement(Improvement improvement, Tunable tunable, int candidate) => string.Join('\n', [
        Text($"- Metric: `{tunable.Metric}`, expected gain {improvement.ExpectedGain:0%}."),
        tunable.Class == TunableClass.Quality
            ? Text($"- Sample: the same recorded items under both values, {PairedTrial.MinItems} to {ReplayItems.All.Count}, while nothing else is to be done; half of them are held out and looked at only when the other half decides.")
            : Text($"- Sample: blocks in the order ABBA, {BlockTrial.MinPairs} to {BlockTrial.Cap} pairs, only while there is enough work for both values."),
        Text($"- Kept when the sequential test reaches an e-value of {AlphaSpending.EvidenceNeeded(candidate):0} (candidate {candidate} of the period, {AlphaSpending.Alpha:0%} false keeps over all candidates) and the gain is worth it."),
        "- Guards: more failures than before, or worse: dropped at once. After the roll-out a CUSUM guard takes the value back when failures grow.",
        Text($"- After it was taken back it is not tried again for {Quarantine.Duration.TotalDays:0} days, and after {Quarantine.Strikes} times never."),
    ]);

    /// <summary>The section that ends a proposal.</summary>
    public static string Verdict(Improvement improvement, DateTimeOffset at) => Text(
        $"\n## Verdict\n\n- Outcome: {improvement.State.ToString().ToLowerInvariant()}\n- Reason: {OneLine(improvement.Reason ?? "none given")}\n- Expected gain: {improvement.ExpectedGain:0.0%}\n- Measured gain: {(improvement.MeasuredGain is { } gain ? Text($"{gain:0.0%}") : "not measured")}\n- Decided: {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC\n");

    private static string Cut(string text) => text.Length <= MaxWhy ? text : text[..MaxWhy];

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
