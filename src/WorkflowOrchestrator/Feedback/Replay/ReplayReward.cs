using Workflow.Review;

namespace Workflow.Feedback.Replay;

/// <summary>What a review of an item is worth.</summary>
/// <param name="Value">0 to 1.</param>
/// <param name="Passes">It passed every gate: each answer was valid, none was missing, and everything quoted is in the text.</param>
internal sealed record ReplayReward(double Value, bool Passes)
{
    // Each false alarm costs a person a look.
    private const double FalseAlarm = 0.25;

    /// <summary>Judges a review. Advice does not count: it asks nothing of anybody. A review that says nothing earns nothing on an item with a defect. Pure.</summary>
    public static ReplayReward Of(ReplayItem item, ChangeReview review)
    {
        var lines = item.Delta.Split('\n');
        var said = review.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning && finding.Path.EndsWith("spec.md", StringComparison.Ordinal)).ToArray();
        var hits = item.Defect is null ? [] : said.Where(finding => item.Defect.Length == 0 || IsAt(finding, lines, item.Defect)).ToArray();
        var found = item.Defect is null || hits.Length > 0 ? 1.0 : 0;
        var alarms = item.Defect?.Length == 0 ? 0 : said.Length - hits.Length;
        return new ReplayReward(Math.Max(0, found - (FalseAlarm * alarms)), review.Facts is { Unanswered: 0, Fallback: null } && review.Ungrounded == 0);
    }

    private static bool IsAt(Finding finding, string[] lines, string defect) =>
        finding.Line is { } line && line <= lines.Length && lines[line - 1].Contains(defect, StringComparison.Ordinal);
}
