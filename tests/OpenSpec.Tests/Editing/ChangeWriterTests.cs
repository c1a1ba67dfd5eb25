using FsCheck;
using FsCheck.Fluent;
using OpenSpec.Editing;
using OpenSpec.Merging;
using OpenSpec.Tests.Generators;

namespace OpenSpec.Tests.Editing;

public sealed class ChangeWriterTests
{
    private static readonly string Why = new('w', 60);

    private static readonly NewChange Sample = new(
        "add-search", new(2026, 11, 20), "Add search", Why, ["Readers can search"],
        [new("search", "Lets readers find books by any word of their title or author.", [new("Search by word", "The system SHALL list every book whose title has the word.", [new("found", "a reader searches", ["books are listed", "the word is marked"])])], [], [])],
        [new("Build", ["Write the index; verified by a test"]), new("Show", ["Show results; verified by a test"])])
    {
        Metadata = [("origin", "workflow: \"orchestrator\"\n# x")],
        Design = "## Context\r\n\r\nText",
    };

    [Fact]
    public void Write_Sample_IsStrictValidAndArchives()
    {
        var files = Assert.IsType<NewChangeOutcome.Written>(ChangeWriter.Write(MemoryFiles.FromText([]), Sample)).Files;
        var project = new OpenSpecProject(MemoryFiles.FromText(files));
        Assert.Empty(project.ValidateChange("add-search").Issues);
        Assert.Equal((0, 2), project.TaskProgress("add-search"));
        Assert.True(project.Status("add-search").IsPlanningComplete);
        var documents = project.ReadChange("add-search");
        Assert.Equal("workflow: \"orchestrator\"\n# x", documents.Metadata!.Content.GetText("origin"));
        Assert.Equal("Add search", documents.Proposal!.Content.Title);
        Assert.Contains("Lets readers find", Assert.IsType<ArchiveOutcome.Clean>(project.DryRunArchive("add-search")).Specs[0].Text);
    }

    [Fact]
    public void Write_WithoutDeltas_IsMarked()
    {
        var files = Assert.IsType<NewChangeOutcome.Written>(ChangeWriter.Write(MemoryFiles.FromText([]), Sample with { Deltas = [] })).Files;
        var report = new OpenSpecProject(MemoryFiles.FromText(files)).ValidateChange("add-search");
        Assert.True(report.StrictValid);
        Assert.Equal("C18", Assert.Single(report.Issues).Rule);
    }

    [Fact]
    public void Write_WhatOpenSpecWouldRefuse_IsRejectedWithTheReason()
    {
        var project = MemoryFiles.FromText(new Dictionary<string, string> { ["changes/taken/proposal.md"] = "x" });
        Assert.IsType<NewChangeOutcome.Rejected>(ChangeWriter.Write(project, Sample with { Id = "taken" }));
        Assert.IsType<NewChangeOutcome.Rejected>(ChangeWriter.Write(project, Sample with { Id = "No Kebab" }));
        Assert.IsType<NewChangeOutcome.Rejected>(ChangeWriter.Write(project, Sample with { Id = "archive" }));
        Assert.IsType<NewChangeOutcome.Rejected>(ChangeWriter.Write(project, Sample with { Why = "short" }));
        Assert.IsType<NewChangeOutcome.Rejected>(ChangeWriter.Write(project, Sample with { Tasks = [] }));
        Assert.IsType<NewChangeOutcome.Rejected>(ChangeWriter.Write(project, Sample with { WhatChanges = ["two\nlines"] }));
        Assert.IsType<NewChangeOutcome.Rejected>(ChangeWriter.Write(project, Sample with { Deltas = [Sample.Deltas[0] with { Capability = "../x" }] }));
        Assert.IsType<NewChangeOutcome.Rejected>(ChangeWriter.Write(project, Sample with { Deltas = [Sample.Deltas[0] with { Removed = [("Gone", "old"), ("Gone", "old")] }] }));
        Assert.IsType<NewChangeOutcome.Rejected>(ChangeWriter.Write(project, Sample with { Deltas = [Sample.Deltas[0] with { Added = [new("R", "It works.", [])] }] }));
    }

    [Fact]
    public void Write_AnyTexts_IsStrictValidOrRejected() =>
        Prop.ForAll(Texts.Line.Arbitrary(), Texts.Line.Arbitrary(), Texts.Document.Arbitrary(), (name, step, text) =>
        {
            var change = Sample with
            {
                Deltas = [new("search", "What the capability is for: " + text, [new(name, "The system SHALL " + text, [new(step, step, [name])])], [], [])],
                Tasks = [new(name, [step])],
                MoreSections = [("Impact", text)],
                Metadata = [("note", text)],
            };
            return ChangeWriter.Write(MemoryFiles.FromText([]), change) is not NewChangeOutcome.Written written
                || (new OpenSpecProject(MemoryFiles.FromText(written.Files)) is var project && project.ValidateChange("add-search").StrictValid && project.DryRunArchive("add-search") is ArchiveOutcome.Clean);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Theory]
    [InlineData("Add search, and more!", "add-search-and-more")]
    [InlineData("  --Ünïcode 2  ", "n-code-2")]
    [InlineData("名前", "")]
    public void IdFrom_Title_IsKebabOrEmpty(string title, string id)
    {
        Assert.Equal(id, ChangeWriter.IdFrom(title));
        Assert.Equal(id.Length == 0, ChangeWriter.CheckId(ChangeWriter.IdFrom(title)) is not null);
    }
}
