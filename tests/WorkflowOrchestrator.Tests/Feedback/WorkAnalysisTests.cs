using System.Collections;
using System.Text;
using System.Text.Json;
using Workflow.Feedback.Analyses;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Tests.Feedback;

public sealed class WorkAnalysisTests
{
    private const long Start = 1_760_000_000_000;

    private readonly EventDigest _digest = new(["improve-questions"]);
    private long _lastId;

    [Fact]
    public void Analyze_Stages_MeasuresTimeUntilTheyAreLeft()
    {
        Stage("a", "Reviewing", 0);
        Stage("a", "Drafting", 4);
        Stage("b", "Reviewing", 10);
        Stage("b", "Drafting", 16);
        Stage("c", "Reviewing", 20);

        var reviewing = Assert.Single(Report().Stages);

        Assert.Equal(("Reviewing", 2, 6.0), (reviewing.Stage, reviewing.Left, reviewing.MaximumSeconds));
        Assert.InRange(reviewing.MedianSeconds, 3.6, 4.4);
    }

    [Fact]
    public void Analyze_ClockSetBack_CountsNoNegativeTimeAndSaysSo()
    {
        Stage("a", "Reviewing", 100);
        Stage("a", "Drafting", 50);

        Assert.Equal(0, Assert.Single(Report().Stages).MaximumSeconds);
        Assert.Contains(Report().Notes, note => note.Contains("set back 1 times"));
    }

    [Fact]
    public void Analyze_ClockJumpsOn_MedianIsNotMoved()
    {
        for (var i = 0; i < 30; i++)
        {
            Stage($"c{i}", "Reviewing", i * 10);
            Stage($"c{i}", "Drafting", (i * 10) + (i == 15 ? 400_000_000 : 2));
        }

        Assert.InRange(Report().Stages.Single(stage => stage.Stage == "Reviewing").MedianSeconds, 1.8, 2.2);
    }

    [Fact]
    public void Analyze_Routes_CountsTriesAndAnswers()
    {
        Route("librarian", "Answered");
        Route("librarian", "DoesNotKnow");
        Route("human", "Answered");

        Assert.Equal([new RouteRecord("human", 1, 1), new RouteRecord("librarian", 2, 1)], Report().Routes);
    }

    [Fact]
    public void Analyze_NothingHappened_IsEmptyAndSaysThatItIsTooLittle()
    {
        var report = Report();

        Assert.Equal(0, report.Events);
        Assert.Empty(report.Insights);
        Assert.Equal(2, report.Notes.Count(note => note.StartsWith("Too little data", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // as the daemon tells it: the answer, then the try that brought it
    public void Analyze_OneQuestionAtATimeWhileOthersWait_FindsTheLimitWithItsNumbers(bool answerFirst)
    {
        Questions(count: 40, together: 1, serviceMs: 500, answerFirst);

        var insight = Assert.Single(Report(limit: 1).Insights, insight => insight.Analysis == AnalysisNames.Bottlenecks);

        Assert.Equal(Tunable.MaxConcurrentQuestions.Name, insight.Subject);
        Assert.Equal((1.0, 2.0), (insight.Step!.From, insight.Step.To));
        Assert.InRange(insight.Step.ExpectedGain, 0.9, 1.0);
        Assert.InRange(insight.Evidence.Single(fact => fact.Name == "in flight, mean").Value, 0.9, 1.0);
    }

    [Fact]
    public void Analyze_RoomForMore_FindsNoLimit()
    {
        Questions(count: 40, together: 1, serviceMs: 500);

        Assert.DoesNotContain(Report(limit: 10).Insights, insight => insight.Analysis == AnalysisNames.Bottlenecks);
    }

    [Fact]
    public void Analyze_EventsOfItsOwnChanges_AreNotCounted()
    {
        Stage("improve-questions", "Reviewing", 0);
        Stage("improve-questions", "Drafting", 4);

        var report = Report();

        Assert.Equal(0, report.Events);
        Assert.Contains(report.Notes, note => note.StartsWith("2 events are about the daemon's own changes", StringComparison.Ordinal));
    }

    [Fact]
    public void Analyze_SameErrorWithOtherNumbers_IsOnePattern()
    {
        for (var i = 0; i < 5; i++)
            Add(EventTypes.UpdateSuperseded, "a", $"u{i}", i * 3600, new { why = $"'doc {i}.md' has been changed since the plan was made" });

        var insight = Assert.Single(Report().Insights, insight => insight.Analysis == AnalysisNames.Errors);

        Assert.Equal(5, insight.Evidence[0].Value);
        Assert.Contains("edits the same documents", insight.Summary);
    }

    [Fact]
    public void Analyze_RouteThatNeverAnswers_IsNamed()
    {
        for (var i = 0; i < 25; i++)
            Route("agents", "DoesNotKnow");

        Assert.Contains(Report().Insights, insight => insight.Kind == "tried_in_vain" && insight.Subject == "agents");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"to\":")]
    [InlineData("[]")]
    [InlineData("{\"to\":5,\"delay_ms\":\"x\",\"a\":{\"to\":\"Done\"}}")]
    public void Analyze_DamagedData_CountsTheEvent(string data)
    {
        _digest.Add(new EventBytes { Id = 1, At = Start, Type = "revision.stage"u8, Change = "a"u8, Data = Encoding.UTF8.GetBytes(data) });

        Assert.Equal(1, Report().Events);
        Assert.Empty(Report().Stages);
    }

    [Fact]
    public void Analyze_ConstantMetrics_ProposesNothing()
    {
        for (var i = 0; i < 100; i++)
        {
            Stage($"c{i}", "Reviewing", i * 10);
            Stage($"c{i}", "Done", (i * 10) + 2);
            Route("librarian", "Answered");
        }

        Assert.DoesNotContain(Report().Insights, insight => insight.Step is not null);
    }

    [Fact]
    public void Analyze_ReviewsOvertakenByTheNextSave_SuggestsALongerQuietTime()
    {
        for (var i = 0; i < 30; i++)
        {
            Stage($"c{i}", "Reviewing", i * 10);
            Stage($"c{i}", i % 2 == 0 ? "Superseded" : "Done", (i * 10) + 2);
        }

        var insight = Assert.Single(Report().Insights, insight => insight.Kind == "overtaken");

        Assert.Equal((Tunable.SettleMilliseconds.Name, 300.0, 600.0), (insight.Step!.Tunable, insight.Step.From, insight.Step.To));
        Assert.InRange(insight.Step.ExpectedGain, 0.4, 0.6);
    }

    [Fact]
    public void Analyze_AnswersThatAreOnlyTooOld_SuggestsALongerTime()
    {
        for (var i = 0; i < 15; i++)
            Route("answered_before", "Expired");
        for (var i = 0; i < 10; i++)
            Route("answered_before", "Answered");

        var insight = Assert.Single(Report().Insights, insight => insight.Kind == "expired");

        Assert.Equal((Tunable.CacheTimeout.Name, 3600.0, 7200.0, 0.75), (insight.Step!.Tunable, insight.Step.From, insight.Step.To, insight.Step.ExpectedGain));
    }

    [Theory]
    [InlineData(4, false)] // the server has no more slots than are used
    [InlineData(8, true)]
    public void Analyze_CallsWaitForTheirTurn_SuggestsMoreWhereTheServerHasSlots(int slots, bool suggests)
    {
        for (var i = 0; i < 30; i++)
            Add(EventTypes.ReviewCompleted, $"c{i}", null, i, new { call_ms = 1000, wait_ms = 2000 });

        var insight = Report(slots: slots).Insights.SingleOrDefault(insight => insight.Subject == Tunable.MaxConcurrentCalls.Name);

        Assert.Equal(suggests, insight is not null);
        if (suggests)
            Assert.Equal((4.0, 8.0), (insight!.Step!.From, insight.Step.To));
    }

    private WorkReport Report(int limit = 10, int slots = 0)
    {
        var settings = ((SettingsOutcome.Valid)SettingsLoader.Load(Path.GetTempPath(), null, new Hashtable(), new Dictionary<string, string?> { ["question_routing.max_concurrent_questions"] = $"{limit}" })).Settings;
        return WorkAnalysis.Analyze(_digest, new TunableBoard(settings), slots);
    }

    // All asked at once, answered some at a time.
    private void Questions(int count, int together, int serviceMs, bool answerFirst = false)
    {
        for (var i = 0; i < count; i++)
            Add(EventTypes.QuestionAsked, null, $"q{i}", 0, new { asked_by = "built-in" });
        for (var i = 0; i < count; i++)
        {
            var end = (i / together + 1) * serviceMs / 1000.0;
            if (answerFirst)
                Add(EventTypes.QuestionAnswered, null, $"q{i}", end, new { route = "agents" });
            Add(EventTypes.RouteTried, null, $"q{i}", end, new { route = "agents", outcome = "Answered", delay_ms = serviceMs });
            if (!answerFirst)
                Add(EventTypes.QuestionAnswered, null, $"q{i}", end, new { route = "agents" });
        }
    }

    private void Stage(string change, string stage, double second) => Add(EventTypes.RevisionStage, change, null, second, new { to = stage });

    private void Route(string route, string outcome) => Add(EventTypes.RouteTried, null, "q", 0, new { route, outcome, delay_ms = 5 });

    private void Add(string type, string? change, string? subject, double second, object data) => _digest.Add(new EventBytes
    {
        Id = ++_lastId,
        At = Start + (long)(second * 1000),
        Type = Encoding.UTF8.GetBytes(type),
        Change = change is null ? [] : Encoding.UTF8.GetBytes(change),
        Revision = change is null ? [] : "r"u8,
        Subject = subject is null ? [] : Encoding.UTF8.GetBytes(subject),
        Data = JsonSerializer.SerializeToUtf8Bytes(data),
    });
}
