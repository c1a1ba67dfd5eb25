using OpenSpec;
using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Feedback.Analyses;
using Workflow.Feedback.Improvements;
using Workflow.Questions;
using Workflow.Tests.Documents;

namespace Workflow.Tests.Feedback;

/// <summary>Questions that come back in many changes become a proposal for the documents that should answer them.</summary>
public sealed class RecurringQuestionTests
{
    private const string Question = "How long are invoices kept?";

    [Fact]
    public async Task AskedInThreeChangesAnsweredByAPerson_BecomesAProposalForAMainSpec()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await AskAsync(room, 3, answer: "Ten years <!-- approved -->\n# Heading");

        var question = Assert.Single(new RecurringQuestionReader(room.Store).Read());
        var improvement = TeamAnswerDraft.Improvement(question, "e", DateTimeOffset.UnixEpoch);
        var written = Assert.IsType<NewChangeOutcome.Written>(ChangeWriter.Write(new MemoryFiles([]), TeamAnswerDraft.Change(improvement, question, new DateOnly(2026, 11, 20)))).Files;

        Assert.Equal((3, 3, TeamAnswerDraft.MissingSpec), (question.Changes, question.Asked, improvement.Kind));
        Assert.Contains("> Ten years \\<!-- approved --> # Heading\n", written[$"changes/{improvement.Id}/proposal.md"]);
        Assert.Contains("asked 3 times in 3 changes", Assert.Single(RecurringQuestionReader.Find([question])).Summary);
    }

    [Fact]
    public async Task AskedInTwoChanges_IsNoPattern()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await AskAsync(room, 2, "Ten years");

        Assert.Empty(new RecurringQuestionReader(room.Store).Read());
    }

    [Fact]
    public async Task NobodyAnswered_IsNoPattern()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await AskAsync(room, 4, answer: null);

        Assert.Empty(new RecurringQuestionReader(room.Store).Read());
    }

    [Theory]
    [InlineData("What does \"settled\" mean?", true)]
    [InlineData("What is meant by settled?", true)]
    [InlineData("How long are invoices kept?", false)]
    public void Question_AboutAWord_BelongsIntoTheGlossary(string text, bool expected) =>
        Assert.Equal(expected ? TeamAnswerDraft.Glossary : TeamAnswerDraft.MissingSpec, TeamAnswerDraft.Improvement(new RecurringQuestion("0123456789", text, "a", 3, 3), "e", DateTimeOffset.UnixEpoch).Kind);

    private static async Task AskAsync(DocumentRoom room, int changes, string? answer)
    {
        for (var i = 0; i < changes; i++)
        {
            var asked = await room.Questions.AskQuestionAsync(new NewQuestion(Question, "test") { ChangeId = ChangeId.Parse($"change-{i}") });
            if (i == 0 && answer is not null)
                Assert.IsType<AnswerOutcome.Accepted>(await room.Questions.SubmitAnswerAsync(asked.Id, new NewAnswer(answer, "human", RouteNames.Human, 1, [])));
        }
    }
}
