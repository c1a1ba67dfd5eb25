using OpenSpec.Schemas;

namespace OpenSpec.Tests.Schemas;

/// <summary>What authors are told. The differential test compares the same with the real command line.</summary>
public sealed class InstructionsTests
{
    private const string Personal = """
        name: personal
        version: 1
        artifacts:
          - id: plan
            generates: plan.md
            description: The plan
            template: plan.md
            instruction: Be brief.
          - id: todo
            generates: todo/*.md
            description: The steps
            template: gone.md
            requires: [plan]
        apply:
          requires: [todo]
          tracks: todo/*.md
          instruction: Work on.
        """;

    private static readonly OpenSpecOptions WithUser = new()
    {
        UserSchemas = MemoryFiles.FromText(new Dictionary<string, string> { ["personal/schema.yaml"] = Personal, ["personal/templates/plan.md"] = "# Plan\n" }),
    };

    [Fact]
    public void Instructions_UserSchema_GiveItsTextsAndTheProjectsRules()
    {
        var here = Project(WithUser, ("config.yaml", "schema: personal\ncontext: ' Small team '\nrules:\n  plan: [One page]\n"), ("changes/c/notes.md", "x")).Instructions("c", "plan");
        Assert.Null(here.Fault);
        Assert.Equal(("personal", "plan.md", "# Plan\n", "Be brief.", "Small team"), (here.SchemaName, here.OutputPath, here.Template, here.Instruction, here.Context));
        Assert.Equal(["One page"], here.Rules);
        Assert.Equal(["todo"], here.Unlocks);
        Assert.False(here.IsBlocked);
    }

    [Fact]
    public void Instructions_SchemaOfTheProject_ComesBeforeTheUsers()
    {
        var project = Project(
            WithUser,
            ("config.yaml", "schema: personal\n"),
            ("schemas/personal/schema.yaml", Personal.Replace("Be brief.", "Be exact.")),
            ("schemas/personal/templates/plan.md", "# Ours\n"),
            ("changes/c/notes.md", "x"));
        Assert.Equal(("# Ours\n", "Be exact."), (project.Instructions("c", "plan").Template, project.Instructions("c", "plan").Instruction));
    }

    [Fact]
    public void Instructions_BuiltInSchema_HaveStructureButNoTextsOfOpenSpec()
    {
        var here = Project(OpenSpecOptions.Default, ("changes/c/.openspec.yaml", "schema: spec-driven\nskip_specs: true\n"), ("changes/c/proposal.md", "x")).Instructions("c", "tasks");
        Assert.Null(here.Fault);
        Assert.Equal((null, null), (here.Template, here.Instruction));
        Assert.Equal(["specs True True", "design False False"], here.Dependencies.Select(d => $"{d.Id} {d.IsDone} {d.IsSkipped}"));
        Assert.True(here.IsBlocked);
    }

    [Theory]
    [InlineData("none", "plan", "no change \"none\"")]
    [InlineData("../c", "plan", "no change id")]
    [InlineData("ns", "plan", "folder of changes")]
    [InlineData("c", "design", "only plan, todo")]
    [InlineData("c", "todo", "no template gone.md")]
    public void Instructions_WhatCannotBeTold_SayWhy(string change, string artifact, string expected) =>
        Assert.Contains(expected, Project(WithUser, ("config.yaml", "schema: personal\n"), ("changes/c/notes.md", "x"), ("changes/ns/inner/proposal.md", "x")).Instructions(change, artifact).Fault);

    [Fact]
    public void ApplyInstructions_FromNothingToDone_FollowTheFiles()
    {
        (string, string)[] files = [("config.yaml", "schema: personal\noperations:\n  apply:\n    guidance: [Small commits]\n"), ("changes/c/notes.md", "x")];
        var blocked = Project(WithUser, files).ApplyInstructions("c");
        Assert.Equal(ApplyState.Blocked, blocked.State);
        Assert.Equal(["todo"], blocked.MissingArtifacts);
        Assert.Equal(["plan", "todo"], blocked.MissingPrerequisites);
        Assert.Null(blocked.Instruction);

        var ready = Project(WithUser, [.. files, ("changes/c/todo/b.md", "- [x] Second\n- [ ]\n"), ("changes/c/todo/a.md", "- [ ] First\n")]).ApplyInstructions("c");
        Assert.Equal((ApplyState.Ready, 1, 3, "Work on."), (ready.State, ready.Completed, ready.Total, ready.Instruction));
        Assert.Equal([new ApplyTask("1", "First", false), new ApplyTask("2", "Second", true)], ready.Tasks);
        Assert.Equal(["Small commits"], ready.Guidance);

        Assert.Equal(ApplyState.Blocked, Project(WithUser, [.. files, ("changes/c/todo/a.md", "- [ ]\n")]).ApplyInstructions("c").State);
        Assert.Equal(ApplyState.AllDone, Project(WithUser, [.. files, ("changes/c/todo/a.md", "- [x] First\n")]).ApplyInstructions("c").State);
    }

    [Fact]
    public void ApplyInstructions_TasksWithoutDeltas_Warn()
    {
        var here = Project(OpenSpecOptions.Default, ("changes/c/tasks.md", "- [ ] 1.1 Do\n")).ApplyInstructions("c");
        Assert.Equal(ApplyState.Ready, here.State);
        Assert.Single(here.Warnings);
        Assert.Equal(["tasks.md"], here.ContextFiles["tasks"]);
    }

    private static OpenSpecProject Project(OpenSpecOptions options, params (string Path, string Text)[] files) =>
        new(MemoryFiles.FromText(files.Select(f => KeyValuePair.Create(f.Path, f.Text))), options);
}
