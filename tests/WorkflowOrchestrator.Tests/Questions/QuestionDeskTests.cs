using Testing;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Tests.Questions;

public sealed class QuestionDeskTests
{
    [Fact]
    public async Task Ask_SameRevisionAndWordsTwice_IsOneQuestionAndOneEvent()
    {
        await using var room = new QuestionRoom();
        var first = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        var second = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1, "which limit applies  to uploads"));
        Assert.Equal(first.Id, second.Id);
        Assert.Single(room.SeenTypes, EventTypes.QuestionAsked);
    }

    [Fact]
    public async Task Ask_TransactionFailsLater_LeavesNothing()
    {
        await using var room = new QuestionRoom();
        await Assert.ThrowsAsync<InvalidOperationException>(() => room.Store.WriteAsync(transaction =>
        {
            room.Desk.Ask(transaction, QuestionRoom.OfRevision(1));
            throw new InvalidOperationException("the findings could not be stored");
        }));
        Assert.Empty(room.Desk.QuestionsOf(QuestionRoom.Change, QuestionRoom.Revision(1)));
        Assert.Empty(room.SeenTypes);
    }

    [Fact]
    public async Task Ask_NewRevisionAsksWhatAHumanAnswered_MovesWithIdAndAnswer()
    {
        await using var room = new QuestionRoom();
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("10 MB"));
        var again = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(2));
        Assert.Equal(asked.Id, again.Id);
        Assert.Equal(QuestionStatus.Answered, again.Status);
        var view = Assert.Single(room.Desk.QuestionsOf(QuestionRoom.Change, QuestionRoom.Revision(2)));
        Assert.Equal("10 MB", view.Answer?.Text);
        Assert.Equal("f2", view.Question.FindingId);
        Assert.Empty(room.Desk.QuestionsOf(QuestionRoom.Change, QuestionRoom.Revision(1)));
        Assert.True(room.Desk.AllSettled(QuestionRoom.Change, QuestionRoom.Revision(2)));
    }

    [Fact]
    public async Task Ask_NewRevisionAsksWhatWaitsForTheHuman_GoesOnWaitingUnderTheSameId()
    {
        await using var room = new QuestionRoom();
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        Assert.Equal(QuestionStatus.AwaitingHuman, room.View(asked.Id).Question.Status);
        var withdrawn = await room.Store.WriteAsync(transaction => room.Desk.WithdrawFor(transaction, QuestionRoom.Change, QuestionRoom.Revision(2)));
        Assert.Equal(1, withdrawn);
        Assert.Equal(QuestionStatus.Withdrawn, room.View(asked.Id).Question.Status);
        var again = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(2));
        Assert.Equal(asked.Id, again.Id);
        Assert.Equal(QuestionStatus.Open, again.Status); // no agent has seen it yet
        await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("10 MB"));
        Assert.Equal("10 MB", Assert.Single(room.Desk.QuestionsOf(QuestionRoom.Change, QuestionRoom.Revision(2))).Answer?.Text);
    }

    [Fact]
    public async Task WithdrawFor_OlderRevision_LeavesItsAnsweredQuestions()
    {
        await using var room = new QuestionRoom();
        var answered = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        var waiting = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1, "Who may upload?"));
        var general = await room.Desk.AskQuestionAsync(new NewQuestion("What is an upload?", "someone") { ChangeId = QuestionRoom.Change });
        await room.Desk.SubmitAnswerAsync(answered.Id, QuestionRoom.FromHuman("10 MB"));
        await room.Store.WriteAsync(transaction => room.Desk.WithdrawFor(transaction, QuestionRoom.Change, QuestionRoom.Revision(2)));
        Assert.Equal(QuestionStatus.Answered, room.View(answered.Id).Question.Status);
        Assert.Equal(QuestionStatus.Withdrawn, room.View(waiting.Id).Question.Status);
        Assert.Equal(QuestionStatus.Open, room.View(general.Id).Question.Status);
    }

    [Fact]
    public async Task SubmitAnswer_HumanAfterAgent_BeatsItAndKeepsItAsAlternative()
    {
        await using var room = new QuestionRoom();
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromAgent("5 MB"));
        Assert.IsType<AnswerOutcome.Accepted>(await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("10 MB")));
        Assert.IsType<AnswerOutcome.KeptAsAlternative>(await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromAgent("7 MB")));
        var view = room.View(asked.Id);
        Assert.Equal("10 MB", view.Answer?.Text);
        Assert.Equal(["5 MB", "7 MB"], view.Alternatives.Select(answer => answer.Text));
    }

    [Fact]
    public async Task SubmitAnswer_SecondHuman_IsKeptUnlessItReplaces()
    {
        await using var room = new QuestionRoom();
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("10 MB"));
        Assert.IsType<AnswerOutcome.AlreadyGiven>(await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("10 MB")));
        Assert.IsType<AnswerOutcome.KeptAsAlternative>(await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("11 MB")));
        Assert.Equal("10 MB", room.View(asked.Id).Answer?.Text);
        Assert.IsType<AnswerOutcome.Accepted>(await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("11 MB"), replace: true));
        Assert.Equal("11 MB", room.View(asked.Id).Answer?.Text);
    }

    [Fact]
    public async Task SubmitAnswer_AfterWithdrawal_IsKeptAndServesTheNextRevision()
    {
        await using var room = new QuestionRoom();
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await room.Store.WriteAsync(transaction => room.Desk.WithdrawFor(transaction, QuestionRoom.Change, null));
        Assert.IsType<AnswerOutcome.Accepted>(await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("10 MB")));
        var again = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(2));
        Assert.Equal(QuestionStatus.Answered, again.Status);
        Assert.Equal("10 MB", room.View(again.Id).Answer?.Text);
    }

    [Fact]
    public async Task SubmitAnswer_ManyAtOnce_ExactlyOneCountsAndNoneIsLost()
    {
        await using var room = new QuestionRoom();
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman($"{i} MB")))));
        Assert.Single(outcomes.OfType<AnswerOutcome.Accepted>());
        var view = room.View(asked.Id);
        Assert.Equal(outcomes.OfType<AnswerOutcome.Accepted>().Single().Answer.Text, view.Answer?.Text);
        Assert.Equal(39, view.Alternatives.Count);
        Assert.Single(room.SeenTypes, EventTypes.QuestionAnswered);
    }

    [Fact]
    public async Task Ask_ManyAtOnceTheSame_IsOneQuestion()
    {
        await using var room = new QuestionRoom();
        var asked = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => room.Desk.AskQuestionAsync(new NewQuestion("Which limit?", "someone")))));
        Assert.Single(asked.Select(question => question.Id).Distinct());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("a\0b")]
    public async Task SubmitAnswer_NoText_IsRefusedInWords(string text)
    {
        await using var room = new QuestionRoom();
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        Assert.IsType<AnswerOutcome.Invalid>(await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman(text)));
        Assert.Null(room.View(asked.Id).Answer);
    }

    [Fact]
    public async Task SubmitAnswer_UnknownQuestion_IsSaid()
    {
        await using var room = new QuestionRoom();
        Assert.IsType<AnswerOutcome.UnknownQuestion>(await room.Desk.SubmitAnswerAsync(QuestionId.New(room.Time), QuestionRoom.FromHuman("10 MB")));
    }

    [Fact]
    public async Task WaitForAnswer_AnswerComes_ReturnsAtOnce()
    {
        var time = new FakeTime(); // never moves: only the answer can end the wait
        await using var room = new QuestionRoom(time);
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        var wait = room.Desk.WaitForAnswerAsync(asked.Id, TimeSpan.FromHours(1));
        Assert.False(wait.IsCompleted);
        await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("10 MB"));
        var view = await wait.WaitAsync(QuestionRoom.Patience);
        Assert.Equal("10 MB", view?.Answer?.Text);
        Assert.Equal(0, room.Waiters.Count);
    }

    [Fact]
    public async Task WaitForAnswer_TimeIsUp_ReturnsHowItStandsAndLaterAnswerIsThere()
    {
        var time = new FakeTime();
        await using var room = new QuestionRoom(time);
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        var wait = room.Desk.WaitForAnswerAsync(asked.Id, TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null((await wait.WaitAsync(QuestionRoom.Patience))?.Answer);
        await room.Desk.SubmitAnswerAsync(asked.Id, QuestionRoom.FromHuman("10 MB"));
        Assert.Equal("10 MB", (await room.Desk.WaitForAnswerAsync(asked.Id, TimeSpan.Zero))?.Answer?.Text);
    }

    [Fact]
    public async Task WaitForAnswer_CallerGivesUp_ForgetsTheWaiterNotTheQuestion()
    {
        var time = new FakeTime();
        await using var room = new QuestionRoom(time);
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        using var giveUp = new CancellationTokenSource();
        var wait = room.Desk.WaitForAnswerAsync(asked.Id, TimeSpan.FromHours(1), cancellationToken: giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.Equal(0, room.Waiters.Count);
        Assert.Equal(QuestionStatus.Open, room.View(asked.Id).Question.Status);
    }

    [Fact]
    public async Task List_Pages_GiveEveryQuestionOnceNewestFirst()
    {
        var time = new FakeTime();
        await using var room = new QuestionRoom(time);
        var asked = new List<QuestionId>();
        for (var i = 0; i < 7; i++)
        {
            asked.Insert(0, (await room.Desk.AskQuestionAsync(new NewQuestion($"Question {i}", "someone"))).Id);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var seen = new List<QuestionId>();
        string? cursor = null;
        do
        {
            var page = room.Desk.List(new QuestionFilter([], Cursor: cursor, Limit: 3));
            seen.AddRange(page.Items.Select(view => view.Question.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Assert.Equal(asked, seen);
    }

    [Fact]
    public async Task Resolve_EndingOfAnId_FindsItWhenUnique()
    {
        await using var room = new QuestionRoom();
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        Assert.Equal([asked.Id], room.Desk.Resolve(asked.Id.Value[^6..].ToUpperInvariant()));
        Assert.Equal([asked.Id], room.Desk.Resolve(asked.Id.Value));
        Assert.Empty(room.Desk.Resolve(asked.Id.Value[^3..]));
        Assert.Empty(room.Desk.Resolve(QuestionId.New(room.Time).Value));
    }

    [Fact]
    public async Task Ask_SameWordsInTwoConversations_AreTwoQuestionsAndFollowUpsNeverShareOne()
    {
        await using var room = new QuestionRoom();
        var first = await room.Desk.AskQuestionAsync(new NewQuestion("What is an upload?", "a"));
        var other = await room.Desk.AskQuestionAsync(new NewQuestion("What is a download?", "a"));
        var why = await room.Desk.AskQuestionAsync(new NewQuestion("And why?", "a") { ConversationId = first.ConversationId });
        var otherWhy = await room.Desk.AskQuestionAsync(new NewQuestion("And why?", "a") { ConversationId = other.ConversationId });
        Assert.NotEqual(why.Id, otherWhy.Id);
        Assert.NotEqual(why.Fingerprint, otherWhy.Fingerprint);
        Assert.Equal(first.Id, (await room.Desk.AskQuestionAsync(new NewQuestion("What is an upload", "b"))).Id);
    }
}
