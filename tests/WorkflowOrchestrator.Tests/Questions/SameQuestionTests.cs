using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Tests.Questions;

/// <summary>Questions that mean the same in other words: one is routed, its answer serves all.</summary>
public sealed class SameQuestionTests
{
    private static readonly NewQuestion s_first = new("What is the maximum upload size?", "one");
    private static readonly NewQuestion s_second = new("What is the max size of an upload?", "two");

    [Fact]
    public async Task Ask_SameMeaning_IsAQuestionOfItsOwnThatSharesTheAnswer()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("10 MB"));
        var (first, second) = (await room.Desk.AskQuestionAsync(s_first), await room.Desk.AskQuestionAsync(s_second));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(first.Id, second.SameAs);
        await room.Router.StartAsync(CancellationToken.None);
        await room.UntilAsync(EventTypes.QuestionAnswered, second.Id);
        Assert.Equal("10 MB", room.View(first.Id).Answer?.Text);
        Assert.Equal("10 MB", room.View(second.Id).Answer?.Text);
        Assert.Single(room.Agents.Requests);
    }

    [Theory]
    [InlineData("What is the maximum upload size for 2 users?")]
    [InlineData("What is not the maximum upload size?")]
    [InlineData("What is the maximum \"upload\" size?")]
    [InlineData("What is the minimum upload size?")]
    public async Task Ask_OneDecidingWordDiffers_IsAnotherQuestion(string text)
    {
        await using var room = new QuestionRoom();
        await room.Desk.AskQuestionAsync(s_first);
        Assert.Null((await room.Desk.AskQuestionAsync(s_second with { Text = text })).SameAs);
    }

    [Fact]
    public async Task Ask_OtherChangeContextAgentOptionsOrConversation_IsAnotherQuestion()
    {
        await using var room = new QuestionRoom();
        var first = await room.Desk.AskQuestionAsync(s_first);
        NewQuestion[] others =
        [
            s_second with { ChangeId = QuestionRoom.Change }, s_second with { Context = "Avatars." }, s_second with { AgentId = "librarian" }, s_second with { Options = ["1 MB", "2 MB"] },
            s_second with { ConversationId = (await room.Desk.AskQuestionAsync(new NewQuestion("Which kinds of avatar exist?", "three"))).ConversationId },
        ];
        foreach (var other in others)
            Assert.Null((await room.Desk.AskQuestionAsync(other)).SameAs);
        Assert.Equal(first.Id, (await room.Desk.AskQuestionAsync(s_second)).SameAs);
    }

    [Fact]
    public async Task Ask_SameTextAgain_IsTheSameQuestionOnlyWithTheSameAgentAndOptions()
    {
        for (var i = 0; i < 20; i++) // questions of one millisecond are in no order
        {
            await using var room = new QuestionRoom();
            var withOptions = await room.Desk.AskQuestionAsync(s_first with { Options = ["1 MB", "2 MB"] });
            var forLibrarian = await room.Desk.AskQuestionAsync(s_first with { AgentId = "librarian" });
            var plain = await room.Desk.AskQuestionAsync(s_first);
            Assert.Equal(3, new[] { withOptions.Id, forLibrarian.Id, plain.Id }.Distinct().Count());
            Assert.Equal(plain.Id, (await room.Desk.AskQuestionAsync(s_first)).Id);
            Assert.Equal(forLibrarian.Id, (await room.Desk.AskQuestionAsync(s_first with { AgentId = "librarian" })).Id);
            Assert.Equal(withOptions.Id, (await room.Desk.AskQuestionAsync(s_first with { Options = ["2 MB", "1 MB"] })).Id);
        }
    }

    [Fact]
    public async Task Submit_ToTheOneThatShares_AnswersBoth()
    {
        await using var room = new QuestionRoom();
        var (first, second) = (await room.Desk.AskQuestionAsync(s_first), await room.Desk.AskQuestionAsync(s_second));
        await room.Routing.RouteAsync(first.Id, CancellationToken.None);
        Assert.Equal(QuestionStatus.AwaitingHuman, room.View(second.Id).Question.Status);
        Assert.Equal(first.Id, Assert.Single(room.Inbox.Read().Now).View.Question.Id);
        Assert.IsType<AnswerOutcome.Accepted>(await room.Desk.SubmitAnswerAsync(second.Id, QuestionRoom.FromHuman("10 MB")));
        Assert.Equal("10 MB", room.View(first.Id).Answer?.Text);
        Assert.Equal("10 MB", room.View(second.Id).Answer?.Text);
        Assert.True(room.View(first.Id).Answer?.IsHumansOwn);
    }

    [Fact]
    public async Task Withdraw_TheOneThatWasRouted_TheNextTakesItsPlace()
    {
        await using var room = new QuestionRoom();
        var first = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1, "Which upload size does the service refuse?") with { Context = "" });
        var second = await room.Desk.AskQuestionAsync(new NewQuestion("Which sizes of upload does the service refuse?", "two") { ChangeId = QuestionRoom.Change });
        var third = await room.Desk.AskQuestionAsync(new NewQuestion("Please tell me which upload size the service refuses", "three") { ChangeId = QuestionRoom.Change });
        Assert.Equal((first.Id, first.Id), (second.SameAs, third.SameAs));
        await room.Store.WriteAsync(transaction => room.Desk.WithdrawFor(transaction, QuestionRoom.Change, null));
        Assert.Null(room.View(second.Id).Question.SameAs);
        Assert.Equal(second.Id, room.View(third.Id).Question.SameAs);
        await room.Routing.RouteAsync(second.Id, CancellationToken.None);
        await room.Desk.SubmitAnswerAsync(second.Id, QuestionRoom.FromHuman("5 MB"));
        Assert.Equal("5 MB", room.View(third.Id).Answer?.Text);
        Assert.Null(room.View(first.Id).Answer);
    }

    [Fact]
    public async Task Dismiss_EndsBothAndANewerRevisionDoesNotAskAgain()
    {
        await using var room = new QuestionRoom();
        var first = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        var second = await room.Desk.AskQuestionAsync(new NewQuestion("Which limits apply to uploads of the service?", "two") { ChangeId = QuestionRoom.Change });
        await room.Routing.RouteAsync(first.Id, CancellationToken.None);
        Assert.IsType<AnswerOutcome.Invalid>(await room.Desk.DismissAsync(first.Id, "me", " "));
        Assert.IsType<AnswerOutcome.Dismissed>(await room.Desk.DismissAsync(first.Id, "me", "not worth it"));
        Assert.Equal(("not worth it", "me"), (room.View(first.Id).Question.EndReason, room.View(first.Id).Question.DismissedBy));
        await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(2));
        Assert.Equal(QuestionStatus.Withdrawn, room.View(first.Id).Question.Status);
        Assert.Equal(second.SameAs is null ? QuestionStatus.Open : QuestionStatus.Withdrawn, room.View(second.Id).Question.Status);
        Assert.IsType<AnswerOutcome.Accepted>(await room.Desk.SubmitAnswerAsync(first.Id, QuestionRoom.FromHuman("10 MB after all")));
    }

    [Fact]
    public async Task Reject_AgentsAnswer_GoesToTheHumanAndIsNotTakenAgain()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian).Answering("10 MB"));
        var (first, second) = (await room.Desk.AskQuestionAsync(s_first), await room.Desk.AskQuestionAsync(s_second));
        await room.Routing.RouteAsync(first.Id, CancellationToken.None);
        Assert.IsType<AnswerOutcome.Rejected>(await room.Desk.RejectAnswerAsync(first.Id));
        Assert.Equal((QuestionStatus.AwaitingHuman, QuestionStatus.AwaitingHuman), (room.View(first.Id).Question.Status, room.View(second.Id).Question.Status));
        Assert.True(Assert.Single(room.View(first.Id).Alternatives).IsRejected);
        Assert.IsType<AnswerOutcome.AlreadyGiven>(await room.Desk.SubmitAnswerAsync(first.Id, QuestionRoom.FromAgent("10 MB", 0.99)));
        Assert.IsType<AnswerOutcome.Accepted>(await room.Desk.SubmitAnswerAsync(first.Id, QuestionRoom.FromHuman("20 MB")));
        Assert.Equal("20 MB", room.View(second.Id).Answer?.Text);
        var record = Assert.Single(room.Store.Read(AgentRecordStore.All));
        Assert.Equal((0, 1), (Math.Round(record.Successes, 3), Math.Round(record.Failures, 3))); // they fade by the second
    }

    [Fact]
    public async Task Route_SameMeaningAnsweredLately_IsReusedWithoutAnyAgent()
    {
        await using var room = new QuestionRoom(agents: new ScriptedAgents().With(ScriptedAgents.Librarian));
        var first = await room.Desk.AskQuestionAsync(s_first);
        await room.Desk.SubmitAnswerAsync(first.Id, QuestionRoom.FromHuman("10 MB"));
        var second = await room.Desk.AskQuestionAsync(s_second);
        Assert.Null(second.SameAs); // the other does not wait any more
        await room.Routing.RouteAsync(second.Id, CancellationToken.None);
        Assert.Equal((RouteNames.AnsweredBefore, "10 MB"), (room.View(second.Id).Answer?.Route, room.View(second.Id).Answer?.Text));
        Assert.Empty(room.Agents.Requests);
    }
}
