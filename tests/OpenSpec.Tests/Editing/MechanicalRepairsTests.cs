using OpenSpec.Editing;
using OpenSpec.Merging;
using OpenSpec.Tests.Generators;
using FsCheck;
using FsCheck.Fluent;

namespace OpenSpec.Tests.Editing;

public sealed class MechanicalRepairsTests
{
    private const string Good = "## ADDED Requirements\n\n### Requirement: New\nThe system SHALL do it.\n\n#### Scenario: works\n- **WHEN** a\n- **THEN** b\n";

    [Theory]
    [InlineData("#### Scenario: works", "### Scenario: works")]
    [InlineData("#### Scenario: works", "##### Scenario: works")]
    [InlineData("#### Scenario: works", "####Scenario: works")]
    [InlineData("#### Scenario: works", "  #### Scenario: works")]
    [InlineData("#### Scenario: works", "## Scenario: works")]
    [InlineData("#### Scenario: works", "**Scenario: works**")]
    [InlineData("#### Scenario: works", "- **Scenario:** works")]
    [InlineData("### Requirement: New", "#### Requirement: New")]
    [InlineData("### Requirement: New", "## Requirement: New")]
    [InlineData("### Requirement: New", " ### Requirement: New")]
    [InlineData("### Requirement: New", "### Requirement : New")]
    [InlineData("### Requirement: New", "### **Requirement: New**")]
    [InlineData("## ADDED Requirements", "## ADDED Requirement")]
    [InlineData("## ADDED Requirements", "## Added requirements:")]
    [InlineData("## ADDED Requirements", "## ADDED Requirements ##")]
    [InlineData("## ADDED Requirements", "##ADDED Requirements")]
    [InlineData("## ADDED Requirements", "### ADDED Requirements")]
    [InlineData("## ADDED Requirements", "## ADDED  Requirements")]
    public void For_MisspeltHeading_RestoresIt(string proper, string misspelt)
    {
        foreach (var end in new[] { "\n", "\r\n" })
        {
            var good = Good.Replace("\n", end);
            Assert.Equal(good, Repair(Change(good.Replace(proper, misspelt)), "specs/cap/spec.md", out var repairs));
            Assert.Single(repairs);
        }
    }

    [Theory]
    [InlineData("### Requirement: New", "### Requirement New")]
    [InlineData("### Requirement: New", "### New")]
    [InlineData("## ADDED Requirements", "## ADDED")]
    [InlineData("## ADDED Requirements", "## New Requirements")]
    [InlineData("#### Scenario: works", "### works")]
    [InlineData("#### Scenario: works", "**works**")]
    public void For_HeadingThatCouldMeanSomethingElse_LeavesIt(string proper, string misspelt) =>
        Assert.Empty(MechanicalRepairs.For(Change(Good.Replace(proper, misspelt)), "chg"));

    [Fact]
    public void For_DeeperHeadingBelowAProperScenario_LeavesIt() =>
        Assert.Empty(MechanicalRepairs.For(Change(Good + "\n##### Scenario: detail\n- **WHEN** c\n"), "chg"));

    [Fact]
    public void For_SeveralFaultsInOneBlock_RepairsThemTogether()
    {
        var bad = Good.Replace("## ADDED Requirements", "# Added Requirements").Replace("### Req", "#### Req").Replace("#### Scen", "##### Scen");
        Assert.Equal(Good, Repair(Change(bad), "specs/cap/spec.md", out var repairs));
        Assert.Equal(3, repairs.Count);
    }

    [Fact]
    public void For_FencedHeading_LeavesIt() =>
        Assert.Empty(MechanicalRepairs.For(Change(Good + "\n```\n### Scenario: example\n```\n"), "chg"));

    [Fact]
    public void For_NoLastLineEnd_AddsTheOneThatTheFileUses()
    {
        var repairs = MechanicalRepairs.For(Change(Good.Replace("\n", "\r\n").TrimEnd()), "chg");
        Assert.Equal("\r\n", Assert.Single(Assert.Single(repairs).Edits).NewText);
    }

    [Fact]
    public void For_TaskNumbers_ChangesOnlyTheFaultyOnes()
    {
        const string Tasks = "# Tasks\n\n## 1. One\n- [ ] 1.1 a\n- [x] 1.1 b\n- [ ] 1.2 c\n\n## 2. Two\n- [ ] 1.1 d\n- [ ] 2.2 e\n";
        const string Expected = "# Tasks\n\n## 1. One\n- [ ] 1.1 a\n- [x] 1.3 b\n- [ ] 1.2 c\n\n## 2. Two\n- [ ] 2.1 d\n- [ ] 2.2 e\n";
        Assert.Equal(Expected, Repair(Change(Good, Tasks), "tasks.md", out var repairs));
        Assert.Equal(["T3", "T2"], repairs.Select(r => r.Rule));
    }

    [Fact]
    public void For_InvalidUtf8_ProposesNothing()
    {
        var files = new MemoryFiles([KeyValuePair.Create("changes/chg/tasks.md", new ReadOnlyMemory<byte>([0xff, (byte)'x']))]);
        Assert.Empty(MechanicalRepairs.For(files, "chg"));
    }

    [Fact]
    public void For_AnyDelta_IsNeverWorseAndDoneAtOnce() =>
        Prop.ForAll(Texts.Delta.Arbitrary(), Texts.Document.Arbitrary(), (delta, tasks) =>
        {
            var files = Change(delta, tasks);
            var repairs = MechanicalRepairs.For(files, "chg");
            var repaired = Apply(files, repairs);
            var (before, after) = (new OpenSpecProject(files), new OpenSpecProject(repaired));
            var (was, now) = (before.ValidateChange("chg"), after.ValidateChange("chg"));
            var isNotWorse = (!was.Valid || now.Valid) && (!was.StrictValid || now.StrictValid)
                && now.Issues.Count(i => i.Level == OpenSpec.Validation.IssueLevel.Error) <= was.Issues.Count(i => i.Level == OpenSpec.Validation.IssueLevel.Error);
            var archives = before.DryRunArchive("chg") is ArchiveOutcome.Refused || after.DryRunArchive("chg") is ArchiveOutcome.Clean;
            var again = MechanicalRepairs.For(repaired, "chg");
            return isNotWorse.Label("worse").And(archives.Label("archive")).And((again.Count == 0).Label("again: " + string.Join("; ", again.Select(a => a.Reason))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static MemoryFiles Change(string delta, string tasks = "- [ ] 1.1 x\n") => MemoryFiles.FromText(new Dictionary<string, string>
    {
        ["changes/chg/proposal.md"] = "## Why\nBecause.\n",
        ["changes/chg/tasks.md"] = tasks,
        ["changes/chg/specs/cap/spec.md"] = delta,
    });

    private static string Repair(MemoryFiles files, string path, out IReadOnlyList<MechanicalRepair> repairs)
    {
        repairs = MechanicalRepairs.For(files, "chg");
        return System.Text.Encoding.UTF8.GetString(Apply(files, repairs).Read("changes/chg/" + path)!.Value.Span);
    }

    private static OverlayFiles Apply(IOpenSpecFiles files, IReadOnlyList<MechanicalRepair> repairs)
    {
        var texts = MechanicalRepairs.Apply(new OpenSpecProject(files).ReadChange("chg"), repairs);
        Assert.Equal(repairs.Select(r => r.Path).Distinct().Order(), texts.Keys.Order());
        return new(files, texts.ToDictionary(t => t.Key, t => (ReadOnlyMemory<byte>?)System.Text.Encoding.UTF8.GetBytes(t.Value)));
    }
}
