using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>No scenario of the requirement says what happens when something goes wrong or is at its edge.</summary>
/// <remarks>Advice: measured, seven of twenty-two hits missed anything that can go wrong. A model that confirms one makes it a warning with its question. Source: EARS "unwanted behaviour" (Mavin 2009). English texts only; not reported where the scenarios are those of the main spec.</remarks>
internal sealed class NoFailureScenarioRule : RequirementRule
{
    // Stems: a word counts when it begins with one of these.
    private static readonly string[] Stems =
    [
        "fail", "error", "invalid", "missing", "empt", "timeout", "conflict", "exceed", "cancel", "abort", "reject", "refus", "denie", "deny", "duplicate",
        "unavailable", "unreachable", "unknown", "unsupported", "unauthor", "forbid", "corrupt", "malformed", "expire", "wrong", "warn", "skip", "interrupt",
        "lost", "stale", "broken", "block", "prevent", "absent", "lack", "unable", "impossible", "overflow", "unset", "undefined", "null", "exception", "crash",
        "offline", "disconnect", "fallback", "default", "ignore", "omit", "unchanged", "disable", "incomplete", "inaccessible", "unreadable",
    ];

    private static readonly FrozenSet<string> Words =
        new[] { "no", "not", "none", "never", "without", "cannot", "can't", "doesn't", "isn't", "don't", "already", "zero", "only", "too", "beyond", "otherwise", "except", "unless", "least", "most" }
            .ToFrozenSet();

    private static readonly QuestionTemplate Question = new(QuestionCause.Failure, "What should happen in '{name}' when this fails or cannot be done: \"{trigger}\"?")
    {
        Options =
        [
            "It stops with an error message, and nothing is changed",
            "It is tried again, then reported as an error",
            "It cannot fail: no further scenario is needed",
        ],
    };

    public override string Id => "no-failure-scenario";

    public override int Number => 5;

    public override string Title => "No scenario for failure or edge cases";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    protected override IEnumerable<RuleHit> Check(ReviewedRequirement requirement)
    {
        if (requirement.Scenarios.Count == 0 || !requirement.Document.IsEnglish || requirement.Scenarios.All(scenario => scenario.IsUnchanged))
            yield break;
        if (requirement.All.Any(sentence => sentence.Words.Any(word => IsUnwanted(word.Lower))) || requirement.Scenarios.Any(NameIsUnwanted))
            yield break;
        var trigger = requirement.Scenarios.SelectMany(scenario => scenario.Steps)
            .FirstOrDefault(step => step.Keyword == StepKeyword.When && step.Sentences.Count > 0)?.Sentences[0].ToString();
        yield return RuleHit.On(requirement.Document, requirement.Header, Severity, "No scenario says what happens when something fails, is missing or is at its limit.") with
        {
            Suggestion = "Add a scenario for the likeliest failure: what triggers it, and what can then be observed.",
            Question = trigger is null ? null : Question.Fill(("name", Short(requirement.Name)), ("trigger", Short(trigger))),
        };
    }

    private static bool NameIsUnwanted(ReviewedScenario scenario) =>
        scenario.Name.ToLowerInvariant().Split([' ', '-', '/', '('], StringSplitOptions.RemoveEmptyEntries).Any(IsUnwanted);

    private static bool IsUnwanted(string word)
    {
        if (Words.Contains(word))
            return true;
        foreach (var stem in Stems)
        {
            if (word.StartsWith(stem, StringComparison.Ordinal))
                return true;
        }

        // "non-numeric", "non-existent"
        return word.StartsWith("non-", StringComparison.Ordinal);
    }
}
