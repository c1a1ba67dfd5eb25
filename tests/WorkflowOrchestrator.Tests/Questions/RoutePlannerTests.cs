using FsCheck;
using FsCheck.Fluent;
using Testing;
using Workflow.Agents;
using Workflow.Questions;
using Workflow.Questions.Choosing;

namespace Workflow.Tests.Questions;

public sealed class RoutePlannerTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Plan_NoOrchestrator_IsCacheThenHuman() =>
        Assert.Equal([new(RouteNames.AnsweredBefore), new(RouteNames.Human)], Plan(Ask(), null));

    [Fact]
    public void Plan_AnyAgents_StartsWithWhatIsKnownThenTheLibrarianAndEndsAtTheHuman() => Prop.ForAll<NonEmptyString[], int>((ids, load) =>
    {
        var agents = ids.Select(id => id.Get).Distinct().Select(id => Agent(id, load)).Append(Agent("finder", capability: "Search")).DistinctBy(agent => agent.Id).ToArray();
        var plan = Plan(Ask(), agents);
        return plan[0].Route == RouteNames.AnsweredBefore && plan[^1].Route == RouteNames.Human && plan[1] == new RouteStep(RouteNames.Librarian, "finder")
            && plan.Count == 2 + Math.Min(agents.Length, RoutePlanner.MaxAgents)
            && plan.Select(step => step.AgentId).OfType<string>().Distinct().Count() == plan.Count - 2;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_SameQuestion_IsTheSameAgain()
    {
        var question = Ask();
        AgentInfo[] agents = [Agent("a"), Agent("b"), Agent("c")];
        Assert.Equal(Plan(question, agents), Plan(question, [.. agents.Reverse()]));
    }

    [Fact]
    public void Plan_AgentNamed_OnlyThatOne()
    {
        var plan = Plan(Ask() with { AgentId = "idle" }, [Agent("finder", capability: "search"), Agent("idle")]);
        Assert.Equal([new(RouteNames.AnsweredBefore), new(RouteNames.Agent, "idle"), new(RouteNames.Human)], plan);
    }

    [Fact]
    public void Plan_AgentsDownOrFailing_AreLeftOutOrLast()
    {
        for (var i = 0; i < 50; i++)
            Assert.Equal(["well", "ill"], Plan(Ask(), [Agent("ended", status: "down"), Agent("ill", status: "failing"), Agent("well", load: 9)]).Select(step => step.AgentId).OfType<string>());
    }

    [Fact]
    public void Plan_CapableAgent_GoesBeforeOthersWhateverTheirRecord()
    {
        AgentRecord[] records = [new("poet", "quantity", 500, 0, 0, s_now), new("network", "quantity", 0, 3, 0, s_now)];
        var question = Ask() with { Text = "How long is the HTTP API's timeout?" };
        Assert.Equal("network", Plan(question, [Agent("poet", capability: "poetry"), Agent("network", capability: "http-api")], records)[1].AgentId);
    }

    [Fact]
    public void Plan_ManyQuestions_AsksTheBetterAgentFirstMostOfTheTimeAndEveryAgentSometimes()
    {
        AgentRecord[] records = [new("good", "whether", 40, 2, 0, s_now), new("bad", "whether", 2, 40, 0, s_now), new("mute", "whether", 0, 0, 80, s_now)];
        AgentInfo[] agents = [Agent("good"), Agent("bad"), Agent("mute")];
        var firsts = Enumerable.Range(0, 2000).Select(_ => Plan(Ask(), agents, records)[1].AgentId!).CountBy(id => id).ToDictionary();
        Assert.InRange(firsts["good"], 1600, 1950);
        Assert.InRange(firsts["bad"], 2000 * AgentBandit.FloorShare / 2, 400);
        Assert.InRange(firsts["mute"], 2000 * AgentBandit.FloorShare / 2, 400);
    }

    private static IReadOnlyList<RouteStep> Plan(Question question, IReadOnlyList<AgentInfo>? agents, IReadOnlyList<AgentRecord>? records = null) =>
        RoutePlanner.Plan(question, agents, records ?? [], s_now);

    private static AgentInfo Agent(string id, double load = 0, string status = "ready", string capability = "chat") => new(id, "", [capability], status, load);

    private static Question Ask() => new(
        QuestionId.New(new FakeTime(s_now)), null, null, null, "text", "", [], null, "f", QuestionStatus.Open, "someone", null, "c", 0, false, s_now, null);
}
