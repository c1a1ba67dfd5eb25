using Workflow.Changes;
using Workflow.Dashboard.Reading;

namespace Workflow.Tests.Dashboard;

/// <summary>Where a change is shown on its way.</summary>
public sealed class PipelineTests
{
    [Theory]
    [InlineData("Detected", false, 0, 0, 0, 0, 0, "Passed Ahead Ahead Ahead Ahead Ahead", "Detected")]
    [InlineData("Reviewing", true, 0, 0, 0, 0, 0, "Passed Working Ahead Ahead Ahead Ahead", "Detected")]
    [InlineData("AwaitingAnswers", true, 2, 1, 0, 0, 0, "Passed Passed Passed Working Ahead Ahead", "Questions")]
    [InlineData("AwaitingAnswers", true, 2, 1, 1, 1, 0, "Passed Passed Passed Waiting Ahead Ahead", "Answered")]
    [InlineData("Drafting", true, 2, 2, 0, 0, 0, "Passed Passed Passed Passed Working Ahead", "Answered")]
    [InlineData("AwaitingReview", true, 0, 0, 0, 0, 1, "Passed Passed Skipped Skipped Waiting Ahead", "Updated")]
    [InlineData("Applying", true, 0, 0, 0, 0, 0, "Passed Passed Skipped Skipped Working Ahead", "Reviewed")]
    [InlineData("Done", true, 0, 0, 0, 0, 0, "Passed Passed Skipped Skipped Skipped Passed", "Done")]
    [InlineData("Done", true, 1, 1, 0, 2, 0, "Passed Passed Passed Passed Passed Passed", "Done")]
    [InlineData("Done", true, 1, 0, 1, 2, 0, "Passed Passed Passed Waiting Passed Passed", "Answered")]
    [InlineData("Parked", false, 0, 0, 0, 0, 0, "Blocked Ahead Ahead Ahead Ahead Ahead", "Detected")]
    [InlineData("Parked", true, 1, 1, 0, 0, 0, "Passed Passed Passed Passed Blocked Ahead", "Updated")]
    public void Of_FactsOfAChange_ShowsItsWay(string stage, bool reviewed, int asked, int answered, int forHuman, int written, int held, string states, string place)
    {
        var parts = Pipeline.Of(new PipelineFacts(Enum.Parse<ChangeStage>(stage), reviewed, asked, answered, forHuman, written, held));
        Assert.Equal(states, string.Join(' ', parts.Select(part => part.State)));
        Assert.Equal(place, Pipeline.Place(parts).ToString());
    }
}
