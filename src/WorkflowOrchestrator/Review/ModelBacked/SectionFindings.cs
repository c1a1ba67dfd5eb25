namespace Workflow.Review.ModelBacked;

/// <summary>What the model's answer makes of a section. Pure.</summary>
/// <param name="Drafts">The rules' hits as they stand after the model's verdicts, and the model's own findings that stand on the text.</param>
/// <param name="Ungrounded">Findings whose quote is not in the section.</param>
/// <param name="Dismissed">Hints that the model found harmless.</param>
internal sealed record SectionFindings(IReadOnlyList<FindingDraft> Drafts, int Ungrounded, int Dismissed)
{
    /// <summary>Rule ids of the model's own findings begin with this.</summary>
    public const string RulePrefix = "model-";

    public static bool IsModels(string ruleId) => ruleId.StartsWith(RulePrefix, StringComparison.Ordinal);

    /// <summary>Whether the model may be asked about a hit at all: not about errors, and not about what is aimed at the model itself.</summary>
    public static bool IsHint(FindingDraft draft) =>
        draft.Severity < FindingSeverity.Error && !Finding.IsAimedAtReviewer(draft.RuleId) && !draft.RuleId.StartsWith("openspec-", StringComparison.Ordinal);

    /// <summary>Applies an answer.</summary>
    /// <param name="section">The section.</param>
    /// <param name="hints">Its hits as the model has seen them, in that order.</param>
    /// <param name="reply">What the model says.</param>
    /// <param name="mayDismiss">False when the section holds text that is aimed at the model: then its verdicts do not count.</param>
    public static SectionFindings Of(ReviewSection section, IReadOnlyList<FindingDraft> hints, SectionReply reply, bool mayDismiss)
    {
        var drafts = new List<FindingDraft>();
        var dismissed = 0;
        for (var i = 0; i < hints.Count; i++)
        {
            var isDismissed = mayDismiss && reply.Dismissed.ContainsKey(i + 1);
            dismissed += isDismissed ? 1 : 0;
            if (Weigh(hints[i], isDismissed ? reply.Dismissed[i + 1] : null, reply.Confirmed.Contains(i + 1)) is { } kept)
                drafts.Add(kept);
        }

        var lines = section.Text.Split('\n');
        var ungrounded = 0;
        foreach (var finding in reply.Findings)
        {
            if (QuoteFinder.Find(lines, finding.Quote, finding.Line) is not { } place)
                ungrounded++;
            else if (!IsKnown(drafts, section, place, finding))
                drafts.Add(Draft(section, place, finding));
        }

        return new SectionFindings(drafts, ungrounded, dismissed);
    }

    // A dismissed warning stays as advice without a question, dismissed advice goes: a text that talks the model into dismissing hides no warning.
    // Confirmed advice that has a question to ask is a warning: two agree.
    private static FindingDraft? Weigh(FindingDraft hint, string? dismissal, bool isConfirmed)
    {
        if (dismissal is null)
            return isConfirmed && hint.Question is not null && hint.Severity == FindingSeverity.Advice ? hint with { Severity = FindingSeverity.Warning } : hint;
        return hint.Severity == FindingSeverity.Advice
            ? null
            : hint with { Severity = FindingSeverity.Advice, Question = null, Message = $"{hint.Message} (The model finds it harmless: {dismissal})" };
    }

    // A word that a rule has named already, and no new question: once is enough.
    private static bool IsKnown(List<FindingDraft> drafts, ReviewSection section, (string Quote, int Line) place, ModelFinding finding) =>
        finding.Category is "ambiguity" or "untestable" or "inconsistent-term" && drafts.Exists(draft => draft.Line == section.FirstLine + place.Line - 1
            && !IsModels(draft.RuleId)
            && (finding.Question is null || draft.Question is not null)
            && (draft.Quote.Contains(place.Quote, StringComparison.Ordinal) || place.Quote.Contains(draft.Quote, StringComparison.Ordinal)));

    private static FindingDraft Draft(ReviewSection section, (string Quote, int Line) place, ModelFinding finding) =>
        new(RulePrefix + finding.Category, finding.Severity, section.Path, Cut(place.Quote), finding.Reason)
        {
            Line = section.FirstLine + place.Line - 1,
            Suggestion = finding.Suggestion.Length == 0 ? null : finding.Suggestion,
            Capability = section.Requirement?.Capability,
            Requirement = section.Requirement?.Name,
            Question = finding.Question,
        };

    private static string Cut(string quote)
    {
        if (quote.Length <= QuoteAnchor.LongestQuote)
            return quote;
        var end = char.IsHighSurrogate(quote[QuoteAnchor.LongestQuote - 1]) ? QuoteAnchor.LongestQuote - 1 : QuoteAnchor.LongestQuote;
        return quote[..end].TrimEnd();
    }
}
