namespace Workflow.Review;

/// <summary>How much a finding weighs: errors block, warnings count, advice folds.</summary>
internal enum FindingSeverity
{
    /// <summary>Worth a look; often fine.</summary>
    Advice,

    /// <summary>Likely a defect of the text.</summary>
    Warning,

    /// <summary>The change cannot go on like this: it is not valid, cannot be archived, or says nothing where something must be said.</summary>
    Error,
}

/// <summary>What became of a finding.</summary>
internal enum FindingStatus
{
    /// <summary>The quoted text still stands.</summary>
    Open,

    /// <summary>A later revision no longer has it.</summary>
    Fixed,

    /// <summary>A person said that it is fine as it is; stays so while the same text stands.</summary>
    Dismissed,
}

/// <summary>A question that would settle a finding.</summary>
/// <param name="Text">The question in one sentence, understandable without the document at hand.</param>
/// <param name="Options">Two to four likely answers; empty when only free text makes sense.</param>
/// <param name="Default">The option that is taken when nobody answers; null when there is no safe one.</param>
internal sealed record FindingQuestion(string Text, IReadOnlyList<string> Options, string? Default = null)
{
    /// <summary>What the question is about: one question is enough for a requirement and a cause.</summary>
    public QuestionCause Cause { get; init; }
}

/// <summary>What a question is about.</summary>
internal enum QuestionCause
{
    /// <summary>A decision that has not been written down.</summary>
    Value,

    /// <summary>What can be observed at the end of a scenario.</summary>
    Outcome,

    /// <summary>What sets off a scenario.</summary>
    Trigger,

    /// <summary>A number, its unit, and what happens beyond it.</summary>
    Limit,

    /// <summary>How it is decided whether a quality is there.</summary>
    Criterion,

    /// <summary>When a sentence binds.</summary>
    Condition,

    /// <summary>What happens when something goes wrong.</summary>
    Failure,

    /// <summary>What belongs to it and what does not.</summary>
    Scope,
}

/// <summary>Something that a reviewer has to say about one place of a change.</summary>
internal sealed record Finding
{
    /// <summary>
    /// Stable across revisions while the quoted text stands: 16 hexadecimal digits of the SHA-256 of rule, path, quote and the number of the
    /// occurrence of that quote among the findings of that rule in that file.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>A rule of <c>BuiltInRules</c>, or <c>openspec-…</c> for what OpenSpec validation reports.</summary>
    public required string RuleId { get; init; }

    /// <summary>Whether findings of a rule say that a text is aimed at the model: then the model's word about that text counts for less.</summary>
    public static bool IsAimedAtReviewer(string ruleId) => ruleId is "aimed-at-reviewer" or "hidden-characters";

    public required FindingSeverity Severity { get; init; }

    /// <summary>File, relative to the change folder, with '/'. Empty when the finding is about the change as a whole.</summary>
    public required string Path { get; init; }

    /// <summary>1-based line of the quote; null when the finding has no place.</summary>
    public int? Line { get; init; }

    /// <summary>
    /// The anchor: text of one line, verbatim as it stands in the file. Empty when the finding is about something that is missing from the
    /// file or the change as a whole.
    /// </summary>
    public required string Quote { get; init; }

    /// <summary>What is wrong, for a person.</summary>
    public required string Message { get; init; }

    /// <summary>How it can be mended; null when the reviewer has no advice.</summary>
    public string? Suggestion { get; init; }

    /// <summary>Capability path of the delta spec that it is about, such as <c>identity/user-auth</c>.</summary>
    public string? Capability { get; init; }

    /// <summary>Name of the requirement that it is about.</summary>
    public string? Requirement { get; init; }

    /// <summary>The question that would settle it; null when the remedy needs no answer.</summary>
    public FindingQuestion? Question { get; init; }
}

/// <summary>A finding and what became of it.</summary>
internal sealed record TrackedFinding(Finding Finding, FindingStatus Status);
