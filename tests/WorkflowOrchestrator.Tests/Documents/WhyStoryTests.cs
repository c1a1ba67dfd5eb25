using OpenSpec.Editing;
using Workflow.Documents;
using Workflow.Documents.Drafting;
using Workflow.Documents.History;
using Workflow.Questions;

namespace Workflow.Tests.Documents;

/// <summary>A story of answers, later edits by people, further updates and an undo: each line is explained by the right question and evidence.</summary>
public sealed class WhyStoryTests
{
    [Fact]
    public async Task Explain_StoryWithEditsAndUndo_NamesTheRightQuestionAndEvidenceForEachLine()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        var format = await AnswerAsync(room, "Which format has the file?", "CSV with a header line", new Evidence("openspec/specs/files/spec.md", 7, "Files are CSV.", "h1"));
        var size = await AnswerAsync(room, "How many orders fit into one file?", "At most 50,000 orders", new Evidence("openspec/specs/limits/spec.md", 3, "50,000 rows.", "h2"));

        // Two answers are written together; people then edit the title and put a line above everything.
        var first = await ClarifyAsync(room, [format, size], "model-a");
        room.Write("proposal.md", "<!-- draft -->\n" + room.Text("proposal.md").Replace("# Add export", "# Add order export"));

        // A further answer, then a person edits the bullet of the first one.
        var retention = await AnswerAsync(room, "How long is a file kept?", "Thirty days after it was made", new Evidence("docs/retention.md", 12, "30 days.", "h3"));
        var second = await ClarifyAsync(room, [format, size, retention], "model-b");
        room.Write("proposal.md", room.Text("proposal.md").Replace("CSV with a header line", "CSV with a header line and a BOM"));

        Assert.Equal([size.Value], QuestionsOf(Explain(room, "At most 50,000")));
        Assert.Equal("openspec/specs/limits/spec.md", Evidence(Explain(room, "At most 50,000")));
        Assert.Equal(first, UpdateOf(Explain(room, "At most 50,000")));
        Assert.Equal([retention.Value], QuestionsOf(Explain(room, "Thirty days")));
        Assert.Equal(second, UpdateOf(Explain(room, "Thirty days")));
        Assert.Equal("docs/retention.md", Evidence(Explain(room, "Thirty days")));
        Assert.Equal("model-b", Assert.IsType<LineOrigin.ByUpdate>(Explain(room, "Thirty days").Origins[0]).By.Model);

        var edited = Explain(room, "and a BOM");
        Assert.Equal(second, Assert.IsType<LineOrigin.ByHuman>(edited.Origins[0]).After!.Id);
        var under = Assert.IsType<LineOrigin.ByUpdate>(edited.Origins[1]);
        Assert.Equal(first, under.By.Id);
        Assert.Equal(format.Value, Assert.Single(under.Questions).Question.Id.Value);

        Assert.Equal(first, Assert.IsType<LineOrigin.ByHuman>(Explain(room, "# Add order export").Origins[0]).After!.Id);
        Assert.Null(Assert.IsType<LineOrigin.ByHuman>(Explain(room, "Buyers ask").Origins.Single()).After);
        Assert.Equal(first, UpdateOf(Explain(room, "## Clarifications")));
    }

    [Fact]
    public async Task Explain_LineBroughtBackByAnUndo_GoesOnToItsFirstWriter()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false, settings: new() { ["document_updates.breaker_rate"] = "1" });
        var text = room.Text("proposal.md");
        var at = text.IndexOf("- Export of orders", StringComparison.Ordinal);
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with
        {
            Files = [new FileEdit.Patch(DocumentPath.Proposal, room.HashOf("proposal.md"), [new TextEdit(at, "- Export of orders", "- Something wholly different here")])],
        };
        await room.ApplyAsync(plan);
        var undo = Assert.IsType<UpdateDecision.Done>(await room.Documents.UndoAsync(plan.Id, "ann", CancellationToken.None)).Update.Id;
        await room.RunAsync(undo);

        var explained = Explain(room, "- Export of orders");

        var back = Assert.IsType<LineOrigin.ByUpdate>(explained.Origins[0]);
        Assert.True(back.IsRestored);
        Assert.Equal(undo, back.By.Id);
        Assert.IsType<LineOrigin.ByHuman>(explained.Origins[1]);
    }

    [Fact]
    public async Task History_UpdatesAndEditsBetween_TellsBothInOrder()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));
        room.Write("proposal.md", room.Text("proposal.md") + "mine\nalso mine\n");
        await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- two\n"));
        room.Write("proposal.md", room.Text("proposal.md") + "last\n");

        var entries = room.History.Of(DocumentRoom.Change, DocumentPath.Proposal);

        Assert.Equal(["human", "update", "human", "update", "human"], entries.Select(entry => entry is HistoryEntry.ByUpdate ? "update" : "human"));
        Assert.Equal(2, entries[2].LinesAdded);
        Assert.Equal(1, entries[4].LinesAdded);
        Assert.Null(entries[4].At is null ? null : ((HistoryEntry.ByHuman)entries[4]).Before);
    }

    private static LineExplanation Explain(DocumentRoom room, string part)
    {
        var line = room.Text("proposal.md").Split('\n').ToList().FindIndex(text => text.Contains(part, StringComparison.Ordinal)) + 1;
        Assert.True(line > 0, $"no line has '{part}'");
        return room.History.Explain(DocumentRoom.Change, DocumentPath.Proposal, line)!;
    }

    private static IEnumerable<string> QuestionsOf(LineExplanation explained) => Assert.IsType<LineOrigin.ByUpdate>(explained.Origins[0]).Questions.Select(view => view.Question.Id.Value);

    private static string Evidence(LineExplanation explained) => Assert.IsType<LineOrigin.ByUpdate>(explained.Origins[0]).Questions.Single().Answer!.Evidence.Single().Path;

    private static UpdateId UpdateOf(LineExplanation explained) => Assert.IsType<LineOrigin.ByUpdate>(explained.Origins[0]).By.Id;

    private static async Task<QuestionId> AnswerAsync(DocumentRoom room, string text, string answer, Evidence evidence)
    {
        var question = await room.Questions.AskQuestionAsync(new NewQuestion(text, "reviewer") { ChangeId = DocumentRoom.Change });
        Assert.IsType<AnswerOutcome.Accepted>(await room.Questions.SubmitAnswerAsync(question.Id, new NewAnswer(answer, "librarian", RouteNames.Librarian, 0.9, [evidence])));
        return question.Id;
    }

    // As the drafter does it: the bullets of all answers that are not written yet.
    private static async Task<UpdateId> ClarifyAsync(DocumentRoom room, QuestionId[] answered, string model)
    {
        var text = room.Text("proposal.md");
        var views = answered.Select(id => room.Questions.Find(id)!).ToList();
        var plan = (await room.AppendPlanAsync("proposal.md", "", UpdateKinds.Clarification)) with
        {
            Files = [new FileEdit.Patch(DocumentPath.Proposal, room.HashOf("proposal.md"), Clarifications.Draft(text, views))],
            QuestionIds = [.. answered.Select(id => id.Value)],
            Model = model,
        };
        Assert.Equal(UpdateState.Applied, (await room.ApplyAsync(plan)).State);
        return plan.Id;
    }
}
