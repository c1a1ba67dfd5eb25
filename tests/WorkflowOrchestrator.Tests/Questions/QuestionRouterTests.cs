using Testing;
using Workflow.Agents;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Tests.Questions;

public sealed class QuestionRouterTests
{
    private static readonly NewQuestion s_question = new("Which limit applies to uploads?", "someone");

    [Fact]
    public async Task Route_LibrarianKnows_AnswersWithVerifiedEvidence()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian));
        var passage = room.WriteDocument("openspec/specs/upload/spec.md", "Uploads SHALL be\tat most 10 MB.\n");
        room.Agents.Answering("10 MB", 0.9, new AgentEvidence(passage.Path, 1, "Uploads SHALL be at most\n10 MB."), new AgentEvidence("invented.md", 1, "nothing"));
        await room.Router.StartAsync(CancellationToken.None);
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.UntilAsync(EventTypes.QuestionAnswered, asked.Id);
        var answer = room.View(asked.Id).Answer;
        Assert.Equal("10 MB", answer?.Text);
        Assert.Equal("librarian", answer?.AnsweredBy);
        Assert.Equal(RouteNames.Librarian, answer?.Route);
        Assert.Equal(passage.Hash, Assert.Single(answer!.Evidence).Hash);
    }

    [Fact]
    public async Task Route_OnlyInventedEvidence_IsNoAnswer()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("10 MB", 0.99, new AgentEvidence("no/such.md", 1, "10 MB")));
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        Assert.Equal(QuestionStatus.AwaitingHuman, room.View(asked.Id).Question.Status);
    }

    [Fact]
    public async Task Route_NobodyKnows_TriesAllTheLibrarianFirstAndEndsAtTheHuman()
    {
        var slow = new AgentInfo("slow", "", [], "ready", 9);
        var fast = new AgentInfo("fast", "", [], "ready", 0);
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(slow, fast, ScriptedAgents.Librarian));
        room.Agents.Reply = (request, _) => request.AgentId == "fast"
            ? Task.FromResult<AgentReply>(new AgentReply.Unavailable("it crashed", WasReached: true))
            : Task.FromResult<AgentReply>(new AgentReply.DoesNotKnow(request.AgentId));
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        Assert.Equal("librarian", room.Agents.Requests.First().AgentId);
        Assert.Equal(["fast", "slow"], room.Agents.Requests.Skip(1).Select(request => request.AgentId).Order()); // their order is a draw: AgentBanditTests
        Assert.Equal(4, room.SeenTypes.Count(type => type == EventTypes.RouteTried)); // answered before, and three agents
        Assert.Equal(QuestionStatus.AwaitingHuman, room.View(asked.Id).Question.Status);
        Assert.True(room.View(asked.Id).Question.AgentsTried);
    }

    [Fact]
    public async Task Route_AnswerOfLittleConfidence_IsKeptForTheHumanToSee()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("perhaps 5 MB", 0.3));
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        var view = room.View(asked.Id);
        Assert.Equal(QuestionStatus.AwaitingHuman, view.Question.Status);
        Assert.Null(view.Answer);
        Assert.Equal("perhaps 5 MB", Assert.Single(view.Alternatives).Text);
    }

    [Fact]
    public async Task Route_SameQuestionAnsweredLately_IsReusedWithoutAnyAgent()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian));
        var first = await room.Desk.AskQuestionAsync(s_question);
        await room.Desk.SubmitAnswerAsync(first.Id, QuestionRoom.FromHuman("10 MB"));
        var second = await room.Desk.AskQuestionAsync(s_question with { Text = "which limit applies to  uploads" });
        await room.Routing.RouteAsync(second.Id, CancellationToken.None);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(RouteNames.AnsweredBefore, room.View(second.Id).Answer?.Route);
        Assert.Equal("10 MB", room.View(second.Id).Answer?.Text);
        Assert.Empty(room.Agents.Requests);
    }

    [Fact]
    public async Task Route_EarlierAnswerTooOld_IsNotReused()
    {
        var time = new FakeTime();
        await using var room = new QuestionRoom(time, new ScriptedAgents().With(ScriptedAgents.Librarian));
        var first = await room.Desk.AskQuestionAsync(s_question);
        await room.Desk.SubmitAnswerAsync(first.Id, QuestionRoom.FromHuman("10 MB"));
        time.Advance(room.Settings.Questions.CacheTimeout);
        var second = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(second.Id, CancellationToken.None);
        Assert.Equal(QuestionStatus.AwaitingHuman, room.View(second.Id).Question.Status);
        Assert.Single(room.Agents.Requests);
    }

    [Fact]
    public async Task Route_PassageOfEarlierAnswerChanged_IsStaleAndNotReused()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian));
        var passage = room.WriteDocument("openspec/specs/upload/spec.md", "Uploads SHALL be at most 10 MB.\n");
        var first = await room.Desk.AskQuestionAsync(s_question);
        await room.Desk.SubmitAnswerAsync(first.Id, QuestionRoom.FromAgent("10 MB", 0.9, passage));
        room.WriteDocument("openspec/specs/upload/spec.md", "Uploads SHALL be at most 20 MB.\n");
        var second = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(second.Id, CancellationToken.None);
        Assert.Null(room.View(second.Id).Answer);
        var tried = await room.UntilAsync(seen => seen.Type == EventTypes.RouteTried && seen.Subject == second.Id.Value);
        Assert.Equal(nameof(RouteOutcome.Stale), tried.Data.GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData(false, QuestionStatus.Answered)]
    [InlineData(true, QuestionStatus.AwaitingHuman)]
    public async Task Route_AgentsAnswerTakenOverByNewRevision_HoldsOnlyWhileItsPassageStands(bool passageChanges, object expected)
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian));
        var passage = room.WriteDocument("openspec/specs/upload/spec.md", "Uploads SHALL be at most 10 MB.\n");
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromAgent("10 MB", 0.9, passage));
        if (passageChanges)
            room.WriteDocument("openspec/specs/upload/spec.md", "Uploads SHALL be at most 20 MB.\n");
        var again = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(2));
        Assert.Equal(QuestionStatus.Open, again.Status);
        Assert.False(room.Desk.AllSettled(QuestionRoom.Change, QuestionRoom.Revision(2)));
        await room.Routing.RouteAsync(again.Id, CancellationToken.None);
        var view = room.View(asked.Id);
        Assert.Equal(expected, view.Question.Status);
        Assert.Equal(passageChanges ? null : "10 MB", view.Answer?.Text);
        Assert.Equal(passageChanges ? 1 : 0, view.Alternatives.Count);
    }

    [Fact]
    public async Task Route_AgentsAwayThenBack_AsksThemWhatWaitsForTheHuman()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents { IsAvailable = false }.With(ScriptedAgents.Librarian).Answering("10 MB"));
        await room.Router.StartAsync(CancellationToken.None);
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.UntilAsync(EventTypes.QuestionAwaitingHuman, asked.Id);
        Assert.Empty(room.Agents.Requests);
        room.Agents.ComeBack();
        await room.UntilAsync(EventTypes.QuestionAnswered, asked.Id);
        Assert.Equal("10 MB", room.View(asked.Id).Answer?.Text);
    }

    [Fact]
    public async Task Route_AgentsBackButNoneKnows_StaysWithTheHumanAndIsNotAskedForEver()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents { IsAvailable = false }.With(ScriptedAgents.Librarian));
        await room.Router.StartAsync(CancellationToken.None);
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.UntilAsync(EventTypes.QuestionAwaitingHuman, asked.Id);
        room.Agents.ComeBack();
        await room.UntilAsync(seen => seen.Type == EventTypes.RouteTried && seen.Data.GetProperty("route").GetString() == RouteNames.Librarian);
        Assert.Equal(QuestionStatus.AwaitingHuman, room.View(asked.Id).Question.Status);
        Assert.Equal(0, await room.Store.WriteAsync(QuestionStore.RouteAgainUntried));
        Assert.Single(room.SeenTypes, EventTypes.QuestionAwaitingHuman);
    }

    [Fact]
    public async Task Route_QuestionThatTakesTheOrchestratorDownEachTime_StaysWithTheHumanInTheEnd()
    {
        var agents = new ScriptedAgents().With(ScriptedAgents.Librarian);
        agents.Reply = (_, _) => Task.FromResult<AgentReply>(new AgentReply.Unavailable("the connection was lost", WasReached: false));
        await using var room = new QuestionRoom(agents: agents);
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        while (await room.Store.WriteAsync(QuestionStore.RouteAgainUntried) > 0)
            await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        Assert.Equal(5, agents.Requests.Count);
        Assert.Equal(QuestionStatus.AwaitingHuman, room.View(asked.Id).Question.Status);
    }

    [Fact]
    public async Task Route_ProcessEndsWhileAnAgentThinks_IsRoutedAgainByTheNext()
    {
        var thinking = new TaskCompletionSource();
        var agents = new ScriptedAgents().With(ScriptedAgents.Librarian);
        agents.Reply = async (_, cancellationToken) =>
        {
            thinking.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        };
        var before = new QuestionRoom(agents: agents);
        await before.Router.StartAsync(CancellationToken.None);
        var asked = await before.Desk.AskQuestionAsync(s_question);
        await thinking.Task.WaitAsync(QuestionRoom.Patience);
        await before.EndAsync();

        await using var after = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("10 MB"), folder: before.Folder);
        Assert.Equal(QuestionStatus.Routing, after.View(asked.Id).Question.Status);
        await after.Router.StartAsync(CancellationToken.None);
        await after.UntilAsync(EventTypes.QuestionAnswered, asked.Id);
        Assert.Single(after.SeenTypes, EventTypes.QuestionAnswered);
    }

    [Fact]
    public async Task Route_MoreQuestionsThanSlots_NeverMoreAtOnceAndAllAreAnswered()
    {
        var settings = new Dictionary<string, string?> { ["question_routing.max_concurrent_questions"] = "3" };
        var go = new TaskCompletionSource();
        var agents = new ScriptedAgents().With(ScriptedAgents.Librarian);
        agents.Reply = async (request, _) =>
        {
            await go.Task;
            return new AgentReply.Answered($"about {request.Text}", 0.9, [], request.AgentId);
        };
        await using var room = new QuestionRoom(agents: agents, settings: settings);
        await room.Router.StartAsync(CancellationToken.None);
        var asked = new List<Question>();
        for (var i = 0; i < 20; i++)
            asked.Add(await room.Desk.AskQuestionAsync(new NewQuestion($"Question {i}?", "someone")));
        go.SetResult();
        foreach (var question in asked)
            await room.UntilAsync(EventTypes.QuestionAnswered, question.Id);
        Assert.InRange(agents.MostAtOnce, 1, 3);
        Assert.Null(room.Failure);
    }

    [Fact]
    public async Task Route_QuestionsComeInARush_FewAreRoutedUntilItIsOverAndThenAll()
    {
        const int Questions = 40, Slots = 10, InARush = 2;
        var time = new FakeTime();
        using var turns = new SemaphoreSlim(0);
        var agents = new ScriptedAgents().With(ScriptedAgents.Librarian);
        agents.Reply = async (request, token) =>
        {
            await turns.WaitAsync(token);
            return new AgentReply.Answered($"about {request.Text}", 0.9, [], request.AgentId);
        };
        await using var room = new QuestionRoom(agents: agents, time: time);
        await room.Router.StartAsync(CancellationToken.None);
        var asked = new List<Question>();
        for (var i = 0; i < Questions; i++)
            asked.Add(await room.Desk.AskQuestionAsync(new NewQuestion($"Question {i}?", "someone")));

        // Some were begun before it was known to be a rush.
        await Eventually.HoldsAsync("what was begun is with the agent", () => room.Router.InFlight >= InARush && room.Agents.Requests.Count == room.Router.InFlight);
        turns.Release(room.Agents.Requests.Count);
        await Eventually.HoldsAsync("the next two are routed", () => room.Router.InFlight == InARush);
        await Eventually.HoldsAsync("all slots are used", () =>
        {
            time.Advance(IntakeMeter.Memory); // each time: the router may be about to set its clock
            return room.Router.InFlight == Slots;
        });
        turns.Release(Questions);
        foreach (var question in asked)
            await room.UntilAsync(EventTypes.QuestionAnswered, question.Id);
        Assert.Null(room.Failure);
    }

    [Fact]
    public async Task Route_UrgentQuestionComesLater_GoesFirst()
    {
        var settings = new Dictionary<string, string?> { ["question_routing.max_concurrent_questions"] = "1" };
        var gate = new SemaphoreSlim(0);
        var agents = new ScriptedAgents().With(ScriptedAgents.Librarian);
        var first = new TaskCompletionSource();
        agents.Reply = async (request, _) =>
        {
            first.TrySetResult();
            await gate.WaitAsync();
            return new AgentReply.DoesNotKnow(request.AgentId);
        };
        await using var room = new QuestionRoom(agents: agents, settings: settings);
        await room.Router.StartAsync(CancellationToken.None);
        await room.Desk.AskQuestionAsync(new NewQuestion("first", "someone"));
        await first.Task.WaitAsync(QuestionRoom.Patience);
        await room.Desk.AskQuestionAsync(new NewQuestion("second", "someone"));
        var urgent = await room.Desk.AskQuestionAsync(new NewQuestion("urgent", "someone") { Priority = 5 });
        gate.Release(3);
        await room.UntilAsync(EventTypes.QuestionAwaitingHuman, urgent.Id);
        Assert.Equal(["first", "urgent"], agents.Requests.Take(2).Select(request => request.Text));
    }

    [Fact]
    public async Task Route_HumanAnswersWhileAnAgentThinks_StopsTheAgentAndKeepsTheHumansAnswer()
    {
        var thinking = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        var agents = new ScriptedAgents().With(ScriptedAgents.Librarian);
        agents.Reply = async (_, cancellationToken) =>
        {
            using var told = cancellationToken.Register(() => stopped.TrySetResult());
            thinking.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        };
        await using var room = new QuestionRoom(agents: agents);
        await room.Router.StartAsync(CancellationToken.None);
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await thinking.Task.WaitAsync(QuestionRoom.Patience);
        await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("10 MB"));
        await stopped.Task.WaitAsync(QuestionRoom.Patience);
        Assert.Equal("10 MB", room.View(asked.Id).Answer?.Text);
        Assert.Null(room.Failure);
    }

    [Fact]
    public async Task Route_AgentRouteThrows_GoesOnToTheHuman()
    {
        var agents = new ScriptedAgents().With(ScriptedAgents.Librarian);
        agents.Reply = (_, _) => throw new IOException("the disk is gone");
        await using var room = new QuestionRoom(agents: agents);
        var asked = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        Assert.Equal(QuestionStatus.AwaitingHuman, room.View(asked.Id).Question.Status);
    }

    [Fact]
    public async Task Route_FollowUp_TellsTheAgentTheConversationSoFar()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("10 MB"));
        var first = await room.Desk.AskQuestionAsync(s_question);
        await room.Routing.RouteAsync(first.Id, CancellationToken.None);
        var followUp = await room.Desk.AskQuestionAsync(new NewQuestion("And for guests?", "someone") { ConversationId = first.ConversationId, Context = "Guests are users without account." });
        await room.Routing.RouteAsync(followUp.Id, CancellationToken.None);
        var request = room.Agents.Requests.Last();
        Assert.Equal(first.ConversationId, request.ConversationId);
        Assert.Equal("Guests are users without account.\n\nEarlier question: Which limit applies to uploads?\nAnswer: 10 MB", request.Context);
    }
}
