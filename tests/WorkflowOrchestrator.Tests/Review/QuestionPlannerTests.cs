using Workflow.Review;

namespace Workflow.Tests.Review;

public sealed class QuestionPlannerTests
{
    private static readonly HashSet<string> None = [];

    [Fact]
    public void Plan_ManyFindings_TakesTheMostUrgent()
    {
        Finding[] findings =
        [
            Finding("a", FindingSeverity.Warning, QuestionCause.Failure, "A"),
            Finding("b", FindingSeverity.Warning, QuestionCause.Limit, "B"),
            Finding("c", FindingSeverity.Error, QuestionCause.Outcome, "C"),
            Finding("d", FindingSeverity.Warning, QuestionCause.Scope, "D"),
        ];
        Assert.Equal(["c", "b"], QuestionPlanner.Plan(findings, 2, None).Select(question => question.FindingId));
    }

    [Fact]
    public void Plan_SameRequirementAndCause_IsAskedOnce()
    {
        Finding[] findings =
        [
            Finding("a", FindingSeverity.Warning, QuestionCause.Limit, "A"),
            Finding("b", FindingSeverity.Warning, QuestionCause.Limit, "A"),
            Finding("c", FindingSeverity.Warning, QuestionCause.Limit, "B"),
        ];
        Assert.Equal(["a", "c"], QuestionPlanner.Plan(findings, 3, None).Select(question => question.FindingId));
    }

    [Fact]
    public void Plan_SettledFinding_SettlesItsRequirementAndCause()
    {
        Finding[] findings = [Finding("a", FindingSeverity.Warning, QuestionCause.Limit, "A"), Finding("b", FindingSeverity.Warning, QuestionCause.Limit, "A")];
        Assert.Empty(QuestionPlanner.Plan(findings, 3, new HashSet<string> { "a" }));
    }

    [Fact]
    public void Plan_SeveralQuestionsOfASoftCause_OneForTheChange()
    {
        foreach (var cause in new[] { QuestionCause.Failure, QuestionCause.Criterion })
            Assert.Single(QuestionPlanner.Plan([Finding("a", FindingSeverity.Warning, cause, "A"), Finding("b", FindingSeverity.Warning, cause, "B")], 3, None));
    }

    [Fact]
    public void Plan_Advice_IsNotAsked() => Assert.Empty(QuestionPlanner.Plan([Finding("a", FindingSeverity.Advice, QuestionCause.Limit, "A")], 3, None));

    [Fact]
    public void Plan_Question_NamesPlaceAndQuote()
    {
        var question = Assert.Single(QuestionPlanner.Plan([Finding("a", FindingSeverity.Warning, QuestionCause.Limit, "A")], 3, None));
        Assert.Equal("Requirement 'A' of capability 'search': \"the quote\" (specs/search/spec.md:7). message", question.Context);
    }

    [Fact]
    public void Plan_OtherChangeSameRequirement_HasTheSameFingerprint()
    {
        var first = QuestionPlanner.Plan([Finding("a", FindingSeverity.Warning, QuestionCause.Limit, "A")], 3, None)[0];
        var second = QuestionPlanner.Plan([Finding("b", FindingSeverity.Warning, QuestionCause.Limit, "A") with { Line = 99 }], 3, None)[0];
        var other = QuestionPlanner.Plan([Finding("b", FindingSeverity.Warning, QuestionCause.Limit, "B")], 3, None)[0];
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.NotEqual(first.Fingerprint, other.Fingerprint);
    }

    private static Finding Finding(string id, FindingSeverity severity, QuestionCause cause, string requirement) => new()
    {
        Id = id,
        RuleId = "rule",
        Severity = severity,
        Path = "specs/search/spec.md",
        Line = 7,
        Quote = "the quote",
        Message = "message",
        Capability = "search",
        Requirement = requirement,
        Question = new FindingQuestion("What is the limit?", []) { Cause = cause },
    };
}
