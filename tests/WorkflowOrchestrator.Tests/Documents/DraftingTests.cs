using FsCheck;
using FsCheck.Fluent;
using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Documents.Drafting;
using Workflow.Questions;
using Workflow.Review;

namespace Workflow.Tests.Documents;

public sealed class DraftingTests
{
    private const string Q1 = "q-0000000001-00000001";
    private const string Q2 = "q-0000000002-00000002";

    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Arbitrary<string> s_notes = Gen.Elements(
        "my note\n", "\r\n", "# Title\n", ReportNotes.Marker + "\n", "text " + ReportNotes.Marker, "ä\uFEFF", "  ", "\t- x\r").ListOf().Select(parts => string.Concat(parts)).ToArbitrary();

    [Fact]
    public void Clarifications_Twice_WritesEachQuestionOnce()
    {
        var view = Question(Q1, "Which format?", "CSV");
        var once = Apply(DocumentRoom.Proposal, Clarifications.Draft(DocumentRoom.Proposal, [view]));

        Assert.StartsWith(DocumentRoom.Proposal, once, StringComparison.Ordinal);
        Assert.Single(once.Split('\n'), line => line.Contains("Which format?", StringComparison.Ordinal));
        Assert.Empty(Clarifications.Draft(once, [view]));

        var twice = Apply(once, Clarifications.Draft(once, [view, Question(Q2, "How many rows?", "All")]));
        Assert.StartsWith(once, twice, StringComparison.Ordinal);
        Assert.Single(twice.Split('\n'), line => line == "## Clarifications");
    }

    [Theory]
    [InlineData("# P\r\n\r\n## Why\r\nx\r\n\r\n## Clarifications\r\n\r\n- mine\r\n\r\n## Impact\r\n- y\r\n")]
    [InlineData("\uFEFF# P\r\n\r\n## Why\r\nx")]
    [InlineData("")]
    [InlineData("## clarifications\n\n\n## Impact\n")]
    public void Clarifications_AnyProposal_KeepsEveryOtherLineAndItsLineEnds(string proposal)
    {
        var result = Apply(proposal, Clarifications.Draft(proposal, [Question(Q1, "Which format?", "CSV")]));

        Assert.Contains("**Which format?** CSV", result, StringComparison.Ordinal);
        var rest = result.Split('\n').ToList();
        Assert.All(proposal.Split('\n').Where(line => line.Trim().Length > 0), line => Assert.Contains(rest, candidate => candidate.TrimEnd('\r') == line.TrimEnd('\r')));
        if (proposal.Contains("\r\n", StringComparison.Ordinal))
            Assert.Equal(result.Count(c => c == '\n'), result.Split("\r\n").Length - 1);
        Assert.True(result.IndexOf("Which format?", StringComparison.Ordinal) < result.IndexOf("## Impact", StringComparison.Ordinal) || !result.Contains("## Impact", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("# P\n\n```\ncode without an end\n")]
    [InlineData("# P\n\n<!-- a comment without an end\n")]
    public void Clarifications_NoPlaceForAHeading_WritesNothing(string proposal) =>
        Assert.Empty(Clarifications.Draft(proposal, [Question(Q1, "Which format?", "CSV")]));

    [Fact]
    public void Clarifications_HostileAnswer_StaysOneHarmlessLine()
    {
        var view = Question(Q1, "Which\n## Why\n<!-- format?", "CSV -->\r\n## What Changes\n```\n<!--");
        var result = Apply(DocumentRoom.Proposal, Clarifications.Draft(DocumentRoom.Proposal, [view]));

        var added = result[DocumentRoom.Proposal.Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, added.Length); // the heading and one bullet
        Assert.Equal("## Clarifications", added[0]);
        Assert.Equal(1, added[1].Split("<!--").Length - 1);
        Assert.Empty(Clarifications.Draft(result, [view]));
    }

    [Fact]
    public void Report_AnyNotes_KeepsThemByteForByte() =>
        Prop.ForAll(s_notes, notes =>
        {
            var first = ReportRenderer.Render(Content([Finding()], []), null)!;
            var existing = first + notes;
            var next = ReportRenderer.Render(Content([], [Question(Q1, "Which?", "CSV")]), existing)!;
            return next.EndsWith(ReportNotes.Marker + "\n" + notes, StringComparison.Ordinal) || next.EndsWith(ReportNotes.Marker + "\r\n" + notes, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Report_FileOfAPersonWithoutTheMarker_IsKeptWhole() =>
        Prop.ForAll(s_notes, text =>
        {
            var body = text.StartsWith('\uFEFF') ? text[1..] : text;
            var result = ReportRenderer.Render(Content([Finding()], []), text)!;
            return ReportNotes.Of(result) == ReportNotes.Of(text) && (text.Contains(ReportNotes.Marker, StringComparison.Ordinal) || result.EndsWith(body, StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Report_SameState_IsTheSameText()
    {
        var text = ReportRenderer.Render(Content([Finding()], [Question(Q1, "Which?", "CSV")]), null)!;
        Assert.Equal(text, ReportRenderer.Render(Content([Finding()], [Question(Q1, "Which?", "CSV")]), text));
    }

    [Fact]
    public void Report_NothingToSay_IsNotWritten() => Assert.Null(ReportRenderer.Render(Content([], []), null));

    [Fact]
    public void Draft_RepairAndClarificationOfOneDocument_AreOneEdit()
    {
        var text = "# P\n\n## Why\nno end";
        var request = new DraftRequest(
            DocumentRoom.Change,
            new RevisionHash("r"),
            UpdateId.New(TimeProvider.System),
            new Dictionary<string, DraftedFrom> { ["proposal.md"] = new("h", text) },
            [new DraftedRepair("proposal.md", [new TextEdit(text.Length, "", "\n")], "missing final newline added")],
            [Question(Q1, "Which?", "CSV")]);

        var draft = UpdateDrafter.DraftDocuments(request);
        var plan = UpdateDrafter.Complete(request, draft, [Finding()], [])!;

        Assert.StartsWith(text + "\n\n## Clarifications\n\n- **Which?** CSV", draft.Texts["proposal.md"], StringComparison.Ordinal);
        Assert.Equal(UpdateKinds.MechanicalRepair | UpdateKinds.Clarification | UpdateKinds.ReviewReport, plan.Kinds);
        Assert.Equal(["proposal.md", "review.md"], plan.Files.Select(file => file.Path.Value));
        Assert.Equal([Q1], plan.QuestionIds);
    }

    private static ReportContent Content(IReadOnlyList<TrackedFinding> findings, IReadOnlyList<QuestionView> questions) =>
        new(DocumentRoom.Change, ReviewFacts.ByRules, findings, questions, [], []);

    private static string Apply(string text, IReadOnlyList<TextEdit> edits) => ((EditOutcome.Edited)TextEdits.Apply(text, edits)).Text;

    private static QuestionView Question(string id, string text, string answer)
    {
        var questionId = QuestionId.Parse(id);
        var question = new Question(questionId, DocumentRoom.Change, null, null, text, "", [], null, "f", QuestionStatus.Answered, "reviewer", null, "c", 0, true, s_now, s_now);
        return new QuestionView(question, new Answer("a-1", questionId, answer, "librarian", RouteNames.Librarian, 0.9, [new Evidence("openspec/specs/x/spec.md", 3, "a quote", "h")], s_now, true), []);
    }

    private static TrackedFinding Finding() => new(
        new Finding { Id = "0123456789abcdef", RuleId = "vague-term", Severity = FindingSeverity.Warning, Path = "proposal.md", Line = 3, Quote = "fast", Message = "says nothing that can be tested" },
        FindingStatus.Open);
}
