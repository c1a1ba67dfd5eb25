using System.Text.Json;
using Workflow.Feedback;
using Workflow.Storage;

namespace WorkflowOrchestrator.Tests.Feedback;

public sealed class WorkAnalysisTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private long _lastId;

    [Fact]
    public void Analyze_Stages_MeasuresTimeUntilTheyAreLeft()
    {
        var report = WorkAnalysis.Analyze(
        [
            Stage("a", "reviewing", 0), Stage("a", "drafting", 4),
            Stage("b", "reviewing", 10), Stage("b", "drafting", 16),
            Stage("c", "reviewing", 20),
        ]);

        var reviewing = Assert.Single(report.Stages);
        Assert.Equal(new StageTimes("reviewing", 2, 5, 6), reviewing);
    }

    [Fact]
    public void Analyze_ClockSetBack_CountsNoNegativeTime() =>
        Assert.Equal(0, Assert.Single(WorkAnalysis.Analyze([Stage("a", "reviewing", 100), Stage("a", "done", 50)]).Stages).MaximumSeconds);

    [Fact]
    public void Analyze_Routes_CountsTriesAndAnswers()
    {
        var report = WorkAnalysis.Analyze([Route("librarian", "answered"), Route("librarian", "does_not_know"), Route("human", "answered")]);

        Assert.Equal([new RouteRecord("human", 1, 1), new RouteRecord("librarian", 2, 1)], report.Routes);
    }

    [Fact]
    public void Analyze_NothingHappened_IsEmpty() => Assert.Equal(0, WorkAnalysis.Analyze([]).Events);

    private WorkflowEvent Stage(string change, string stage, int second) =>
        new(++_lastId, Start.AddSeconds(second), EventTypes.RevisionStage, change, "r", null, JsonSerializer.SerializeToElement(new { to = stage }));

    private WorkflowEvent Route(string route, string outcome) =>
        new(++_lastId, Start, EventTypes.RouteTried, null, null, "q", JsonSerializer.SerializeToElement(new { route, outcome }));
}
