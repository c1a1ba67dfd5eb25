using Workflow.Agents;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Tests.Questions;

/// <summary>Several agents' words about one question, and what is learnt from how they did.</summary>
public sealed class SeveralAgentsTests
{
    private static readonly NewQuestion s_question = new("Which limit applies to uploads?", "someone");

    [Fact]
    public async Task Route_HalfSureAnswerConfirmedByAnother_IsAcceptedWithMoreConfidence()
    {
        await using var room = Room(("librarian", "10 MB", 0.7), ("helper", "Uploads are limited to 10 MB.", 0.65));
        var view = await RouteAsync(room);
        Assert.Equal("10 MB", view.Answer?.Text);
        Assert.InRange(view.Answer!.Confidence, 0.75, 0.9);
        Assert.Equal(2, room.Agents.Requests.Count);
        Assert.All(room.Store.Read(AgentRecordStore.All), record => Assert.Equal(1, Math.Round(record.Successes, 3)));
    }

    [Fact]
    public async Task Route_SureAnswer_NeedsNoSecondAgent()
    {
        await using var room = Room(("librarian", "10 MB", 0.9), ("helper", "20 MB", 0.9));
        Assert.Equal("10 MB", (await RouteAsync(room)).Answer?.Text);
        Assert.Single(room.Agents.Requests);
    }

    [Fact]
    public async Task Route_HalfSureAnswerAndNobodyKnowsMore_IsAccepted()
    {
        await using var room = Room(("librarian", "10 MB", 0.7), ("helper", null, 0));
        var view = await RouteAsync(room);
        Assert.Equal(("10 MB", QuestionStatus.Answered), (view.Answer?.Text, view.Question.Status));
        Assert.Empty(view.Alternatives); // what was kept for the second opinion has become the answer
    }

    [Fact]
    public async Task Route_AgentsContradictEachOther_TheHumanDecidesAndSeesBoth()
    {
        await using var room = Room(("librarian", "10 MB", 0.7), ("helper", "20 MB", 0.8));
        var view = await RouteAsync(room);
        Assert.Equal(QuestionStatus.AwaitingHuman, view.Question.Status);
        Assert.Equal(["10 MB", "20 MB"], view.Alternatives.Select(answer => answer.Text).Order());
        Assert.Equal("contradiction", (await room.UntilAsync(EventTypes.QuestionAwaitingHuman, view.Question.Id)).Data.GetProperty("reason").GetString());

        await room.Desk.SubmitAnswerAsync(view.Question.Id, QuestionRoom.FromHuman("20 MB"));
        var records = room.Store.Read(AgentRecordStore.All).ToDictionary(record => record.AgentId);
        var right = view.Alternatives.Single(answer => answer.Text == "20 MB").AnsweredBy;
        var wrong = view.Alternatives.Single(answer => answer.Text == "10 MB").AnsweredBy;
        Assert.Equal((1, 0), (Math.Round(records[right].Successes, 3), Math.Round(records[right].Failures, 3)));
        Assert.Equal((0, 1), (Math.Round(records[wrong].Successes, 3), Math.Round(records[wrong].Failures, 3)));
        Assert.Equal(1, Assert.Single(room.Store.Read(reader => AgentRecordStore.CalibrationOf(reader, wrong))).Wrong);
    }

    [Fact]
    public async Task Route_TimeOfTheQuestionIsUsedUp_GoesToTheHumanWithoutTheRest()
    {
        var time = new Testing.FakeTime();
        var agents = new ScriptedAgents().With(Enumerable.Range(0, 4).Select(index => new AgentInfo($"slow-{index}", "", [], "ready", 0)).ToArray());
        agents.Reply = (request, _) =>
        {
            time.Advance(TimeSpan.FromSeconds(70));
            return Task.FromResult<AgentReply>(new AgentReply.DoesNotKnow(request.AgentId));
        };
        await using var room = new QuestionRoom(time, agents);
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        Assert.Equal(2, agents.Requests.Count); // 120 seconds in all
        Assert.Equal(QuestionStatus.AwaitingHuman, room.View(asked.Id).Question.Status);
    }

    [Fact]
    public async Task Route_AgentOftenPutRight_IsNoLongerBelievedAfterARestart()
    {
        var agents = new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("10 MB", 0.8);
        var before = new QuestionRoom(agents: agents);
        for (var i = 0; i < 20; i++)
        {
            var asked = await before.Desk.AskQuestionAsync(new NewQuestion($"Which limit applies to uploads of case {i}?", "someone"));
            await before.Routing.RouteAsync(asked.Id, CancellationToken.None);
            await before.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("20 MB"));
        }

        await before.EndAsync();
        await using var after = new QuestionRoom(agents: agents, folder: before.Folder);
        Assert.True(Assert.Single(after.Store.Read(AgentRecordStore.All)).Failures > 19);
        var view = await RouteAsync(after);
        Assert.Equal(QuestionStatus.AwaitingHuman, view.Question.Status);
        var answer = Assert.Single(view.Alternatives);
        Assert.Equal(0.8, answer.Stated);
        Assert.InRange(answer.Confidence, 0.2, 0.4);
    }

    [Fact]
    public async Task Route_ConversationGoesOnAfterARestartWithAnotherClient_TellsTheAgentTheTurnsSoFar()
    {
        var before = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("10 MB"));
        var first = await before.Desk.AskQuestionAsync(s_question);
        await before.Routing.RouteAsync(first.Id, CancellationToken.None);
        await before.EndAsync();
        await using var after = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("5 MB"), folder: before.Folder);
        var second = await after.Desk.AskQuestionAsync(new NewQuestion("And for guests?", "another client") { ConversationId = first.ConversationId });
        await after.Routing.RouteAsync(second.Id, CancellationToken.None);
        var third = await after.Desk.AskQuestionAsync(new NewQuestion("Why so little?", "a third") { ConversationId = first.ConversationId });
        await after.Routing.RouteAsync(third.Id, CancellationToken.None);
        Assert.Equal(
            "Earlier question: Which limit applies to uploads?\nAnswer: 10 MB\n\nEarlier question: And for guests?\nAnswer: 5 MB",
            after.Agents.Requests.Last().Context);
    }

    private static QuestionRoom Room(params (string Agent, string? Answer, double Confidence)[] agents)
    {
        var scripted = new ScriptedAgents().With([.. agents.Select(agent => agent.Agent == "librarian" ? ScriptedAgents.Librarian : new AgentInfo(agent.Agent, "", [], "ready", 0))]);
        scripted.Reply = (request, _) =>
        {
            var (_, answer, confidence) = agents.Single(agent => agent.Agent == request.AgentId);
            return Task.FromResult<AgentReply>(answer is null ? new AgentReply.DoesNotKnow(request.AgentId) : new AgentReply.Answered(answer, confidence, [], request.AgentId));
        };
        return new QuestionRoom(agents: scripted);
    }

    private static async Task<QuestionView> RouteAsync(QuestionRoom room)
    {
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        return room.View(asked.Id);
    }
}
