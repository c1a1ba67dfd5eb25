using OpenSpec;
using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Hosting;

namespace Workflow.Tests.Documents;

public sealed class UpdatePolicyTests
{
    private const string Text = "# Title\n\n## One\n\ntext of one\n\n## Two\n\n- [ ] 1.1 first task\n- [ ] 1.2 second task\nlast line\n";

    [Theory]
    [InlineData("## Two", "## Three", nameof(UpdateKinds.Rename))]
    [InlineData("## Two\n", "", nameof(UpdateKinds.Removal))]
    [InlineData("- [ ] 1.2 second task\n", "", nameof(UpdateKinds.Removal))]
    [InlineData("text of one\n", "", nameof(UpdateKinds.Removal))]
    public void Decide_SensitiveEdit_IsHeldWhateverThePlanSays(string old, string now, string kind)
    {
        var hold = Assert.IsType<UpdateVerdict.Hold>(Decide(Text, Text.Replace(old, now)));
        Assert.True(hold.Kinds.HasFlag(Enum.Parse<UpdateKinds>(kind)), $"{hold.Kinds}: {hold.Why}");
    }

    [Theory]
    [InlineData("## Two", "### Two")]
    [InlineData("## Two", "## Two ##")]
    [InlineData("1.2 second", "1.3 second")]
    [InlineData("[ ] 1.1", "[x] 1.1")]
    [InlineData("text of one", "text of one, made better")]
    [InlineData("last line\n", "last line\n\n## Three\nmore\n")]
    public void Decide_HarmlessEdit_IsApplied(string old, string now) =>
        Assert.IsType<UpdateVerdict.MayApply>(Decide(Text, Text.Replace(old, now)));

    [Fact]
    public void Decide_MostLinesReplaced_IsHeldAsARewrite()
    {
        var hold = Assert.IsType<UpdateVerdict.Hold>(Decide("# T\n1\n2\n3\n4\n5\n", "# T\na\nb\nc\nd\n5\n"));
        Assert.True(hold.Kinds.HasFlag(UpdateKinds.Rewrite));
    }

    [Fact]
    public void Decide_EveryMechanicalRepair_IsApplied()
    {
        string[] faulty =
        [
            "## Added Requirement:\n### Requirement: A\nThe system SHALL a.\n\n### Scenario: B\n- **WHEN** x\n- **THEN** y\n",
            "## ADDED Requirements\n###Requirement: A\nThe system SHALL a.\n\n####Scenario: B\n- **WHEN** x\n- **THEN** y",
            "## ADDED Requirements\n### Requirement : A\nThe system SHALL a.\n\n- **Scenario: B**\n- **WHEN** x\n- **THEN** y\n",
            "### ADDED Requirements ###\n  ### **Requirement: A**\nThe system SHALL a.\n\n##### Scenario: B\n- **WHEN** x\n- **THEN** y\n",
        ];
        foreach (var text in faulty)
        {
            var files = MemoryFiles.FromText([new("changes/c/specs/x/spec.md", text), new("changes/c/proposal.md", "# C\n")]);
            var repairs = MechanicalRepairs.For(files, "c").Where(repair => repair.Path.EndsWith("specs/x/spec.md", StringComparison.Ordinal)).ToArray();
            Assert.NotEmpty(repairs);
            var mended = ((EditOutcome.Edited)TextEdits.Apply(text, repairs.SelectMany(repair => repair.Edits))).Text;
            var verdict = Decide(text, mended, kinds: UpdateKinds.MechanicalRepair, path: "specs/x/spec.md");
            Assert.True(verdict is UpdateVerdict.MayApply, $"{verdict}\n{mended}");
        }
    }

    [Fact]
    public void Decide_TooManyLinesOrFiles_IsHeld()
    {
        var many = string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\n"));
        Assert.IsType<UpdateVerdict.Hold>(Decide(Text, Text + many, maxLines: 49));
        Assert.IsType<UpdateVerdict.MayApply>(Decide(Text, Text + many, maxLines: 50));
        Assert.IsType<UpdateVerdict.Hold>(Decide(Text, Text + "x\n", maxFiles: 0));
    }

    [Fact]
    public void Decide_NotesOfAPersonInTheReport_MayNotChangeEvenWhenApproved()
    {
        const string before = "# Review\n\n<!-- workflow-orchestrator: notes below this line are kept -->\nmy note\n";
        Assert.IsType<UpdateVerdict.Refuse>(Decide(before, before.Replace("my note", "my"), path: "review.md", approvedBy: "ann"));
        Assert.IsType<UpdateVerdict.MayApply>(Decide(before, before.Replace("# Review", "# Review of x"), path: "review.md"));
        Assert.IsType<UpdateVerdict.Refuse>(Decide("a person's own file\n", "# Review\n", path: "review.md"));
    }

    [Fact]
    public void Decide_Modes_HoldOrRecordEverythingThatNobodyApproved()
    {
        Assert.IsType<UpdateVerdict.Hold>(Decide(Text, Text + "x\n", mode: UpdateMode.Review));
        Assert.IsType<UpdateVerdict.OnlyRecord>(Decide(Text, Text + "x\n", mode: UpdateMode.Shadow));
        Assert.IsType<UpdateVerdict.MayApply>(Decide(Text, Text + "x\n", mode: UpdateMode.Review, approvedBy: "ann"));
    }

    private static UpdateVerdict Decide(
        string before, string after, UpdateKinds kinds = UpdateKinds.TextEdit, string path = "design.md", UpdateMode mode = UpdateMode.Auto, int maxFiles = 10, int maxLines = 1000, string? approvedBy = null)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(before);
        var document = DocumentPath.Parse(path);
        var plan = new UpdatePlan(UpdateId.New(TimeProvider.System), DocumentRoom.Change, new RevisionHash("r"), [new FileEdit.Whole(document, RevisionHasher.HashDocument(bytes), after)], kinds, "r") { ApprovedBy = approvedBy };
        var ready = (Preparation.Complete)UpdatePreparer.Prepare(plan, new Dictionary<DocumentPath, byte[]?> { [document] = bytes });
        return UpdatePolicy.Decide(plan, ready.Update, new PolicyFacts(mode, maxFiles, maxLines, new Dictionary<string, int>()));
    }
}
