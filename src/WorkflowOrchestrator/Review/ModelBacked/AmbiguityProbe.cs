using Workflow.Review.Prompts;

namespace Workflow.Review.ModelBacked;

/// <summary>Which requirements are restated several times, how, and what comes of it. Pure.</summary>
internal static class AmbiguityProbe
{
    // Each costs several calls.
    private const int MostRequirements = 4;
    private const float Temperature = 0.7f;
    private const int MaxOutputTokens = 256;
    private const string RuleId = SectionFindings.RulePrefix + "ambiguity";

    // Hits that say that words may have several readings.
    private static readonly string[] Signs =
        ["vague-word", "vague-time", "escape-clause", "open-list", "comparative", "unquantified-quality", "dangling-reference", "pronoun", "combinator", "outcome-unobservable", RuleId];

    /// <summary>The requirements with signs of ambiguity, those with the most first. What has a question about its words already needs no probe.</summary>
    public static IReadOnlyList<ReviewSection> Candidates(IEnumerable<ReviewSection> answered, IReadOnlyList<FindingDraft> drafts) =>
        [.. answered
            .Where(section => section.Requirement is not null && !section.IsPiece) // half a requirement restated says nothing
            .Select(section => (Section: section, Signs: drafts.Count(draft => draft.Severity > FindingSeverity.Advice && section.Holds(draft) && Signs.Contains(draft.RuleId, StringComparer.Ordinal))))
            .Where(candidate => candidate.Signs > 0)
            .OrderByDescending(candidate => candidate.Signs)
            .Take(MostRequirements)
            .Select(candidate => candidate.Section)];

    public static ModelCall Call(Prompt prompt, TextFence fence, ReviewSection section, int sample) =>
        new(prompt, section.Text, $"Requirement\n{fence.Around("requirement", section.Text)}\nAnswer")
        {
            Schema = Restatement.Schema,
            Temperature = Temperature,
            MaxOutputTokens = MaxOutputTokens,
            Sample = sample,
        };

    /// <summary>A finding with the readings as options; null when they agree.</summary>
    public static FindingDraft? Finding(ReviewSection section, IReadOnlyList<Restatement> readings)
    {
        if (ReadingComparison.Compare(readings) is not { } difference)
            return null;
        var subject = difference.Cause switch { QuestionCause.Limit => "limit", QuestionCause.Trigger => "trigger", _ => "outcome" };
        var name = StrictJson.Line(section.Requirement!.Name, 100);
        return new FindingDraft(RuleId, FindingSeverity.Warning, section.Path, section.Requirement.Header.In(section.Source.Text).Trim(), $"Read several times, this requirement is understood with a different {subject} each time.")
        {
            Line = section.FirstLine,
            Suggestion = $"Say the {subject} so that only one reading is left.",
            Capability = section.Requirement.Capability,
            Requirement = section.Requirement.Name,
            Question = new FindingQuestion($"Which {subject} is meant in '{name}'?", [.. difference.Readings.Select(reading => StrictJson.Line(reading, 160))]) { Cause = difference.Cause },
        };
    }
}
