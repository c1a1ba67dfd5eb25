using FsCheck;
using FsCheck.Fluent;
using Testing;
using Workflow.Changes;
using Workflow.Questions;

namespace Workflow.Tests.Questions;

public sealed class QuestionDecisionsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Evidence s_passage = new("spec.md", 1, "text", PassageHash.Of("text"));

    [Theory]
    [InlineData("Which limit applies?", "which  limit\napplies")]
    [InlineData("WHICH LIMIT APPLIES", "Which limit applies?!")]
    public void Fingerprint_SameWords_AreEqual(string one, string other) =>
        Assert.Equal(QuestionFingerprint.Of(one, "a  b", null), QuestionFingerprint.Of(other, " a\nb ", null));

    [Fact]
    public void Fingerprint_OtherContextConversationOrIdentity_Differs()
    {
        string[] fingerprints =
        [
            QuestionFingerprint.Of("a", "", null), QuestionFingerprint.Of("a", "b", null), QuestionFingerprint.Of("a", "", "c"), QuestionFingerprint.Of("a b", "", null),
            QuestionFingerprint.Of("a"),
        ];
        Assert.Equal(fingerprints.Length, fingerprints.Distinct().Count());
    }

    [Fact]
    public void Collapse_AnyText_IsStableAndHasNoRuns() => Prop.ForAll<string>(text =>
    {
        var collapsed = PassageHash.Collapse(text ?? "");
        return collapsed == PassageHash.Collapse(collapsed) && collapsed.Trim() == collapsed && !collapsed.Contains("  ") && PassageHash.Of(text ?? "") == PassageHash.Of($" {collapsed}\n");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void QuestionId_LaterTime_SortsLaterAndParses() => Prop.ForAll<NonNegativeInt, PositiveInt>((at, later) =>
    {
        var time = new FakeTime(s_now + TimeSpan.FromMilliseconds(at.Get));
        var first = QuestionId.New(time);
        time.Advance(TimeSpan.FromMilliseconds(later.Get));
        var second = QuestionId.New(time);
        return string.CompareOrdinal(first.Value, second.Value) < 0 && QuestionId.TryParse(first.Value, out var parsed) && parsed == first;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void QuestionId_AnyOtherText_IsRefused() => Prop.ForAll<string>(text => !QuestionId.TryParse(text, out _)).QuickCheckThrowOnFailure();

    // What is given ('-' nothing, 'a' agent's, 'h' human's), what comes ('a' sure agent, 'u' unsure agent, 'h' human, 'c' human's from another question), replace, what happens.
    [Theory]
    [InlineData('-', 'a', false, AnswerVerdict.Accept)]
    [InlineData('-', 'u', false, AnswerVerdict.KeepAsAlternative)]
    [InlineData('-', 'h', false, AnswerVerdict.Accept)]
    [InlineData('-', 'c', false, AnswerVerdict.Accept)]
    [InlineData('a', 'a', false, AnswerVerdict.KeepAsAlternative)]
    [InlineData('a', 'u', false, AnswerVerdict.KeepAsAlternative)]
    [InlineData('a', 'h', false, AnswerVerdict.Accept)]
    [InlineData('a', 'c', false, AnswerVerdict.KeepAsAlternative)]
    [InlineData('h', 'a', false, AnswerVerdict.KeepAsAlternative)]
    [InlineData('h', 'a', true, AnswerVerdict.KeepAsAlternative)]
    [InlineData('h', 'h', false, AnswerVerdict.KeepAsAlternative)]
    [InlineData('h', 'h', true, AnswerVerdict.Accept)]
    [InlineData('c', 'h', false, AnswerVerdict.Accept)]
    public void AnswerPolicy_Table(char given, char comes, bool replace, object verdict)
    {
        IReadOnlyList<Answer> earlier = given == '-' ? [] : [Stored(Make(given, "earlier"), accepted: true)];
        var status = given == '-' ? QuestionStatus.AwaitingHuman : QuestionStatus.Answered;
        Assert.Equal(verdict, AnswerPolicy.Decide(status, earlier, Make(comes, "now"), 0.6, replace));
    }

    [Theory]
    [InlineData('a')]
    [InlineData('u')]
    [InlineData('h')]
    public void AnswerPolicy_SameAgain_ChangesNothing(char who)
    {
        var answer = Make(who, "same");
        var isTrusted = who != 'u';
        Assert.Equal(
            AnswerVerdict.AlreadyGiven,
            AnswerPolicy.Decide(isTrusted ? QuestionStatus.Answered : QuestionStatus.AwaitingHuman, [Stored(answer, isTrusted)], answer, 0.6, replace: false));
    }

    [Theory]
    [InlineData(QuestionStatus.Answered, true, false, QuestionStatus.Answered)]
    [InlineData(QuestionStatus.Answered, false, false, QuestionStatus.Open)] // an agent's with evidence: look again
    [InlineData(QuestionStatus.AwaitingHuman, null, true, QuestionStatus.AwaitingHuman)]
    [InlineData(QuestionStatus.Routing, null, false, QuestionStatus.Routing)]
    [InlineData(QuestionStatus.Open, null, false, QuestionStatus.Open)]
    [InlineData(QuestionStatus.Withdrawn, null, true, QuestionStatus.AwaitingHuman)]
    [InlineData(QuestionStatus.Withdrawn, null, false, QuestionStatus.Open)]
    [InlineData(QuestionStatus.Expired, null, true, QuestionStatus.Open)]
    public void TakeOverPolicy_Table(object status, bool? byHuman, bool tried, object expected)
    {
        var accepted = byHuman is { } human ? Stored(human ? QuestionRoom.FromHuman("x") : QuestionRoom.FromAgent("x", 0.9, s_passage), accepted: true) : null;
        Assert.Equal(expected, TakeOverPolicy.StatusFor(Ask() with { Status = (QuestionStatus)status, AgentsTried = tried }, accepted));
    }

    [Theory]
    [InlineData("", "same", false, true)] // the same change
    [InlineData("", "other", false, false)] // an opinion about another change
    [InlineData("", "other", true, true)] // a fact of the repository
    [InlineData("the requirement", "other", false, true)] // the question says all that matters
    public void ReusePolicy_OtherQuestionsAnswer_Table(string context, string change, bool hasEvidence, bool expected)
    {
        var question = Ask() with { ChangeId = ChangeId.Parse("same"), Context = context };
        var asked = Ask() with { ChangeId = ChangeId.Parse(change), Context = context };
        var answer = Stored(hasEvidence ? QuestionRoom.FromAgent("x", 0.9, s_passage) : QuestionRoom.FromHuman("x"), accepted: true);
        Assert.Equal(expected, ReusePolicy.MayReuse(question, asked, answer, s_now, TimeSpan.FromHours(1)));
        Assert.False(ReusePolicy.MayReuse(question, asked, answer, s_now + TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        Assert.True(ReusePolicy.MayReuse(asked, asked, answer, s_now + TimeSpan.FromDays(9), TimeSpan.FromHours(1)));
    }

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData(" \n", "must not be empty")]
    [InlineData("a\0b", "NUL")]
    [InlineData("a\u0007b", "U+0007 at position 1")]
    public void FindProblem_BadText_IsSaidInWords(string text, string expected) => Assert.Contains(expected, QuestionRules.FindProblem(new NewQuestion(text, "x")));

    [Fact]
    public void TakeOverPolicy_Dismissed_StaysDismissed() =>
        Assert.Equal(QuestionStatus.Withdrawn, TakeOverPolicy.StatusFor(Ask() with { Status = QuestionStatus.Withdrawn, DismissedBy = "someone" }, null));

    [Fact]
    public void AnswerPolicy_RejectedByAPerson_IsNotAcceptedAgain()
    {
        var rejected = Stored(Make('a', "same"), accepted: false) with { IsRejected = true };
        Assert.Equal(AnswerVerdict.AlreadyGiven, AnswerPolicy.Decide(QuestionStatus.AwaitingHuman, [rejected], Make('a', "same"), 0.6, replace: false));
        Assert.Equal(AnswerVerdict.Accept, AnswerPolicy.Decide(QuestionStatus.AwaitingHuman, [rejected], Make('a', "other"), 0.6, replace: false));
        Assert.Equal(AnswerVerdict.Accept, AnswerPolicy.Decide(QuestionStatus.AwaitingHuman, [rejected], Make('h', "same"), 0.6, replace: false));
    }

    [Fact]
    public void FindProblem_HalfACharacter_IsSaidInWordsAndAWholeOneIsTaken()
    {
        foreach (var half in new[] { "a\ud800b", "a\udc00b", "a\ud800" }) // no theory: the runner would send half characters through its log
            Assert.Contains("no valid Unicode", QuestionRules.FindProblem(new NewQuestion(half, "x")));
        Assert.Null(QuestionRules.FindProblem(new NewQuestion("plain\ttext\r\n\ud83d\ude00 é", "x")));
    }

    [Fact]
    public void FindProblem_Limits_AreKept()
    {
        Assert.Null(QuestionRules.FindProblem(new NewQuestion(new string('x', QuestionRules.MaxTextLength), "x")));
        Assert.NotNull(QuestionRules.FindProblem(new NewQuestion(new string('x', QuestionRules.MaxTextLength + 1), "x")));
        Assert.NotNull(QuestionRules.FindProblem(new NewQuestion("x", "x") { Context = new string('x', QuestionRules.MaxContextLength + 1) }));
        Assert.NotNull(QuestionRules.FindProblem(new NewQuestion("x", "x") { Options = [""] }));
        Assert.NotNull(QuestionRules.FindProblem(new NewQuestion("x", "x") { AgentId = "a\nb" }));
    }

    [Fact]
    public void ConversationContext_TooLong_DropsTheOldestTurns()
    {
        var turns = Enumerable.Range(0, 10).Select(i => ($"question {i} {new string('x', 7_000)}", (string?)"answer")).ToArray();
        var composed = ConversationContext.Compose(Ask() with { ChangeId = ChangeId.Parse("add-upload"), Context = "context", Options = ["a", "b"] }, turns)!;
        Assert.DoesNotContain("question 5 ", composed);
        Assert.Contains("question 9 ", composed);
        Assert.StartsWith("change: add-upload\n\ncontext\n\nOptions: a | b\n\nEarlier question: question 6 ", composed);
        Assert.Null(ConversationContext.Compose(Ask(), []));
    }

    private static Question Ask() => new(
        QuestionId.New(TimeProvider.System), null, null, null, "text", "", [], null, "f", QuestionStatus.Open, "someone", null, "c", 0, false, s_now, null);

    private static NewAnswer Make(char who, string text) => who switch
    {
        'a' => QuestionRoom.FromAgent(text),
        'u' => QuestionRoom.FromAgent(text, 0.59),
        'h' => QuestionRoom.FromHuman(text),
        _ => QuestionRoom.FromHuman(text) with { Route = RouteNames.AnsweredBefore },
    };

    private static Answer Stored(NewAnswer answer, bool accepted) =>
        new("a", QuestionId.New(TimeProvider.System), answer.Text, answer.AnsweredBy, answer.Route, answer.Confidence, answer.Evidence, s_now, accepted);
}
