using OpenSpec;
using OpenSpec.Editing;
using Workflow.Feedback.Analyses;
using Workflow.Feedback.Improvements;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Tests.Feedback.Tuning;

namespace Workflow.Tests.Feedback.Improvements;

public sealed class ImprovementPlannerTests
{
    private const string Environment = "0123456789abcdef";
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly FeedbackSettings s_settings = TunableTests.Settings().Feedback;

    [Fact]
    public void Plan_InsightWithAStep_BecomesAnImprovementWithItsNumbers()
    {
        var improvement = Assert.Single(Plan([Insight()]).Ideas).Improvement;

        Assert.Equal(("improve-max-concurrent-questions-to-2", ImprovementState.Proposed, 1.0, 2.0, 1.0), (improvement.Id, improvement.State, improvement.From, improvement.To, improvement.ExpectedGain));
        Assert.True(improvement.TryValue(out _));
    }

    [Theory]
    [MemberData(nameof(TunableTests.NeverTunable), MemberType = typeof(TunableTests))]
    public void Plan_StepOfAnythingElse_IsRefused(string key) => Assert.Equal("it is not tunable", Refusal([Insight(key)]));

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void Plan_StepOutOfBounds_IsRefused(double to) => Assert.StartsWith(Tunable.MaxConcurrentQuestions.Name, Refusal([Insight(to: to)]));

    [Fact]
    public void Plan_GainBelowTheThreshold_IsNotProposed() => Assert.Contains("improvement_threshold", Refusal([Insight(gain: 0.09)]));

    [Theory]
    [InlineData(nameof(ImprovementState.Trying), 0, "is open")]
    [InlineData(nameof(ImprovementState.Rejected), 400, "a person rejected it")]
    [InlineData(nameof(ImprovementState.Dropped), 13, "tried and taken back")]
    [InlineData(nameof(ImprovementState.Reverted), 13, "tried and taken back")]
    public void Plan_KnownIdea_IsNotProposedAgain(string state, int daysAgo, string why) =>
        Assert.Contains(why, Refusal([Insight()], Known(Enum.Parse<ImprovementState>(state), daysAgo)));

    [Fact]
    public void Plan_TakenBackLongAgo_IsTriedOnceMoreUnderAnotherName() =>
        Assert.Equal("improve-max-concurrent-questions-to-2-2", Assert.Single(Plan([Insight()], Known(ImprovementState.Dropped, daysAgo: 15)).Ideas).Improvement.Id);

    [Fact]
    public void Plan_TakenBackInAnotherEnvironment_IsTried() =>
        Assert.Single(Plan([Insight()], Known(ImprovementState.Dropped, daysAgo: 1) with { Environment = "another" }).Ideas);

    [Fact]
    public void Plan_TakenBackTwice_IsNeverTriedAgain() =>
        Assert.Contains("taken back", Refusal([Insight()], Known(ImprovementState.Dropped, 300), Known(ImprovementState.Reverted, 200) with { Id = "improve-b" }));

    [Fact]
    public void Plan_TwoRollbacksInADay_ProposesNothing() =>
        Assert.Contains("within a day", Refusal([Insight()], Other(ImprovementState.Reverted, 1), Other(ImprovementState.Reverted, 2)));

    [Fact]
    public void Plan_TooManyOpen_ProposesNothing() =>
        Assert.Equal("max_open_improvements are open", Refusal([Insight()], Other(ImprovementState.Waiting, 1), Other(ImprovementState.Waiting, 2), Other(ImprovementState.Waiting, 3)));

    [Fact]
    public void Plan_TooManyToday_ProposesNothing() =>
        Assert.Equal("max_improvements_per_day were proposed", Refusal([Insight()], Other(ImprovementState.Kept, 1), Other(ImprovementState.Kept, 2), Other(ImprovementState.Kept, 3)));

    [Fact]
    public void Draft_OfATunable_IsStrictValidArchivesAndIsMarked()
    {
        var idea = Assert.Single(Plan([Insight()]).Ideas);
        var change = ImprovementDraft.ForTunable(idea, Tunable.MaxConcurrentQuestions, 1, new DateOnly(2026, 11, 20));

        var written = Assert.IsType<NewChangeOutcome.Written>(ChangeWriter.Write(new MemoryFiles([]), change)).Files;

        Assert.Contains("workflow_origin: feedback-loop", written[$"changes/{idea.Improvement.Id}/.openspec.yaml"]);
        var proposal = written[$"changes/{idea.Improvement.Id}/proposal.md"];
        Assert.All(["## Evidence", "expected gain 100%", "e-value of 40", "## Undo", "in flight, mean: 1"], part => Assert.Contains(part, proposal));
    }

    private static ImprovementPlan Plan(Insight[] insights, params Improvement[] known) => ImprovementPlanner.Plan(insights, known, s_settings, Environment, s_now);

    private static string Refusal(Insight[] insights, params Improvement[] known)
    {
        var plan = Plan(insights, known);
        Assert.Empty(plan.Ideas);
        var refusal = Assert.Single(plan.NotProposed);
        return refusal[(refusal.IndexOf(": ", StringComparison.Ordinal) + 2)..];
    }

    private static Insight Insight(string? tunable = null, double to = 2, double gain = 1) =>
        new(AnalysisNames.Bottlenecks, "saturated", "x", "One of one question was in flight while others waited.", [new Fact("in flight, mean", 1, "")]) { Step = new TuningStep(tunable ?? Tunable.MaxConcurrentQuestions.Name, 1, to, gain) };

    private static Improvement Known(ImprovementState state, int daysAgo) =>
        Assert.Single(Plan([Insight()]).Ideas).Improvement with { State = state, CreatedAt = s_now.AddDays(-daysAgo - 1), StateAt = s_now.AddDays(-daysAgo) };

    private static Improvement Other(ImprovementState state, int number) =>
        new($"improve-{number}", $"f{number}", "glossary", "t", state, 0, Environment, s_now.AddHours(-number), s_now.AddHours(-number));
}
