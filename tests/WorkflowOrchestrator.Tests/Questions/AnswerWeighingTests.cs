using FsCheck;
using FsCheck.Fluent;
using Workflow.Questions;

namespace Workflow.Tests.Questions;

public sealed class AnswerWeighingTests
{
    private const double Min = 0.6;
    private const double Sure = 0.75;

    // Answers as "text:confidence", whether others can be asked, and what comes of it: the confidence that is accepted, '?' another, '!' contradiction, '-' nothing.
    [Theory]
    [InlineData("10 MB:0.9", true, "0.90")]
    [InlineData("10 MB:0.7", true, "?")]
    [InlineData("10 MB:0.7", false, "0.70")]
    [InlineData("10 MB:0.5", true, "?")]
    [InlineData("10 MB:0.5", false, "?")]
    [InlineData("10 MB:0.7|Limited to 10 MB:0.6", true, "0.79")]
    [InlineData("10 MB:0.55|10 MB:0.5", true, "0.66")]
    [InlineData("10 MB:0.7|20 MB:0.6", true, "!")]
    [InlineData("10 MB:0.7|20 MB:0.2", false, "0.70")]
    [InlineData("10 MB:0.5|20 MB:0.5", false, "!")]
    [InlineData("10 MB:0.5|20 MB:0.5", true, "?")]
    public void Weigh_Table(string answers, bool moreAgents, string expected)
    {
        var found = answers.Split('|').Select((answer, index) => Answer(answer.Split(':')[0], double.Parse(answer.Split(':')[1]), $"agent-{index}")).ToList();
        var weighed = AnswerWeighing.Weigh(found, [], Min, Sure, moreAgents);
        Assert.Equal(expected, weighed switch
        {
            WeighedAnswers.Sufficient sufficient => sufficient.Answer.Confidence.ToString("0.00"),
            WeighedAnswers.Contradiction => "!",
            _ => "?",
        });
    }

    [Fact]
    public void Weigh_OneAgentTwice_IsOneVoice() =>
        Assert.IsType<WeighedAnswers.NotYet>(AnswerWeighing.Weigh([Answer("10 MB", 0.62, "a"), Answer("10 MB", 0.62, "a")], [], Min, sureConfidence: 0.95, moreAgents: true));

    [Fact]
    public void Merge_AnyAgreeing_NeverLowersConfidenceNorLosesEvidence() => Prop.ForAll<NonEmptyArray<byte>>(confidences =>
    {
        var answers = confidences.Get.Select((value, index) => Answer("10 MB", value / 255.0, $"agent-{index}", new Evidence($"{index % 5}.md", 1, "q", $"h{index % 5}"))).ToList();
        var merged = AnswerWeighing.Merge(answers);
        return merged.Confidence >= answers.Max(answer => answer.Confidence) - 1e-9 && merged.Confidence <= 1
            && merged.Evidence.Count == Math.Min(answers.Count, 5) && answers.Exists(answer => answer.AnsweredBy == merged.AnsweredBy);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Weigh_AnyAnswers_AcceptsOnlyWhatIsConfidentEnough() => Prop.ForAll<byte[], bool>((confidences, moreAgents) =>
    {
        var answers = (confidences ?? []).Select((value, index) => Answer(index % 3 == 0 ? "10 MB" : "20 MB", value / 255.0, $"agent-{index}")).ToList();
        return AnswerWeighing.Weigh(answers, [], Min, Sure, moreAgents) is not WeighedAnswers.Sufficient sufficient || sufficient.Answer.Confidence >= Min;
    }).QuickCheckThrowOnFailure();

    private static NewAnswer Answer(string text, double confidence, string agent, params Evidence[] evidence) => new(text, agent, RouteNames.Agent, confidence, evidence);
}
