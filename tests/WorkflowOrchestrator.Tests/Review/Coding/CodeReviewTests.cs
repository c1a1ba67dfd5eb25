using FsCheck;
using FsCheck.Fluent;
using Workflow.Changes;
using Workflow.Review;
using Workflow.Review.Coding;
using Workflow.Review.Prompts;
using Workflow.Tests.Review.Models;

namespace Workflow.Tests.Review.Coding;

public sealed class CodeReviewTests
{
    private const string Diff = """
        diff --git a/src/session.py b/src/session.py
        index 1..2 100644
        --- a/src/session.py
        +++ b/src/session.py
        @@ -10,3 +10,4 @@ class Session:
         def expire(session):
        -    IDLE_SECONDS = 3600
        +    IDLE_SECONDS = 900
        +    end_session_after_inactivity(session)
             return session
        diff --git a/tests/test_session.py b/tests/test_session.py
        new file mode 100644
        --- /dev/null
        +++ b/tests/test_session.py
        @@ -0,0 +1,2 @@
        +def test_idle_session_ends_after_inactivity():
        +    assert ended(session)
        diff --git a/openspec/changes/x/tasks.md b/openspec/changes/x/tasks.md
        --- a/openspec/changes/x/tasks.md
        +++ b/openspec/changes/x/tasks.md
        @@ -1 +1 @@
        -- [ ] 1.1 sessions
        +- [x] 1.1 sessions
        """;

    private static readonly Specimen Change = new()
    {
        Delta = "## ADDED Requirements\n\n### Requirement: Session end\nThe system SHALL end a session after 30 minutes of inactivity.\n\n#### Scenario: Idle session\n- **WHEN** inactivity of the session lasts 30 minutes\n- **THEN** the session ends\n"
            + "\n### Requirement: Invoice export\nThe system SHALL write invoices as spreadsheet.\n\n#### Scenario: Spreadsheet\n- **WHEN** an accountant exports invoices\n- **THEN** a spreadsheet is downloaded\n",
    };

    [Fact]
    public void Parse_Diff_GivesFilesWithTheLinesOfTheNewFile()
    {
        var files = GitDiff.Parse(Diff);
        Assert.Equal(["src/session.py", "tests/test_session.py", "openspec/changes/x/tasks.md"], files.Select(file => file.Path));
        Assert.Equal([(10, ' '), (11, '-'), (11, '+'), (12, '+'), (13, ' ')], files[0].Hunks[0].Lines.Select(line => (line.Number, line.Kind)));
        Assert.Equal([false, true], files.Take(2).Select(file => file.IsTest));
    }

    [Fact]
    public void Parse_AnyText_NeverThrows() => Prop.ForAll(
        Gen.Elements("diff --git a/x b/x\n", "--- a/x\n", "+++ b/x\n", "+++ /dev/null\n", "@@ -1,2 +3,4 @@\n", "@@ -9999999999 +1 @@\n", "@@ -1 +1 @@\n", "+a\n", "-b\n", " c\n", "\\ No newline\n", "\r\n", "Binary files\n", "@@ \n").ArrayOf().Select(string.Concat).ToArbitrary(),
        text => Assert.All(GitDiff.Parse(text), file => Assert.NotEmpty(file.Hunks))).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Review_WithoutAModel_SaysWhatNoChangedCodeAndNoTestNamesAndWhoSaysSo()
    {
        await using var room = new ModelRoom(new ScriptedModel(_ => "") { IsReady = false });
        var review = await ReviewAsync(room);
        Assert.Equal(2, review.Files);
        Assert.Equal([CodeVerdict.Mentioned, CodeVerdict.Missed], review.Requirements.Select(check => check.Verdict));
        Assert.Equal([true, false], review.Requirements.Select(check => check.Tested));
        Assert.Equal(["src/session.py:11", "tests/test_session.py:1"], review.Requirements[0].Evidence);
        Assert.Equal(["Spreadsheet"], review.Requirements[1].UntestedScenarios);
        Assert.All(review.Requirements, check => Assert.Equal("built-in", check.Reviewer));
        Assert.Equal("no model is ready", review.Fallback);
        Assert.True(review.HasFaults);
    }

    [Fact]
    public async Task Review_WithAModel_ContradictionStandsOnFileAndLine()
    {
        await using var room = new ModelRoom(new ScriptedModel(_ => """
            {"reason":"900 seconds are 15 minutes.","verdict":"contradicted","tested":"yes","findings":[
            {"reason":"30 minutes are required.","file":"src/session.py","line":99,"quote":"IDLE_SECONDS = 900","severity":"error"},
            {"reason":"not there","file":"src/session.py","line":11,"quote":"IDLE_SECONDS = 3600","severity":"error"},
            {"reason":"elsewhere","file":"../../etc/passwd","line":1,"quote":"root","severity":"error"}]}
            """));
        var review = await ReviewAsync(room);
        var check = review.Requirements[0];
        Assert.Equal((CodeVerdict.Contradicted, true, "scripted-7b"), (check.Verdict, check.Tested, check.Reviewer));
        var finding = Assert.Single(check.Findings);
        Assert.Equal(("src/session.py", 11, "IDLE_SECONDS = 900", FindingSeverity.Error), (finding.Path, finding.Line, finding.Quote, finding.Severity));
        Assert.Equal(2, review.Ungrounded);
        Assert.Single(room.Model.Requests); // nothing in the diff is about the other requirement
        Assert.DoesNotContain("1.1 sessions", room.Model.Requests[0].User);
        await ReviewAsync(room);
        Assert.Single(room.Model.Requests);
    }

    private static Task<CodeReview> ReviewAsync(ModelRoom room) =>
        new CodeReviewer(room.Caller, new PromptLibrary(ModelRoom.Settings()), room.Fence).ReviewAsync(ChangeId.Parse(Specimen.ChangeName), Change.Project(), Diff, CancellationToken.None);
}
