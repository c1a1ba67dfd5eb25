using System.Diagnostics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OpenSpec;
using OpenSpec.Editing;
using OpenSpec.Merging;
using Workflow.Changes;
using Workflow.Commands;

namespace Workflow.Tests.Commands;

/// <summary><c>wo propose</c> as a process: what it writes, refuses and never touches.</summary>
public sealed class ProposeCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wo-propose-").FullName;

    public ProposeCommandTests() => Directory.CreateDirectory(Path.Join(_root, "openspec", "specs"));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Propose_Title_MakesAChangeThatIsValidAndArchives()
    {
        var (exitCode, output, _) = Run("propose", "Remember the last search!", "--json");
        Assert.Equal(0, exitCode);
        using var json = JsonDocument.Parse(output);
        Assert.Equal("remember-the-last-search", json.RootElement.GetProperty("change").GetString());
        var files = json.RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetString()!).ToArray();
        Assert.Equal(files.Select(f => Path.Join(_root, f)).Order(StringComparer.Ordinal), Files());
        AssertCleanFromTheStart("remember-the-last-search");
        Assert.Equal(["changes", "specs"], Directory.EnumerateFileSystemEntries(Path.Join(_root, "openspec")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Propose_ExistingCapabilityWhyAndId_AreUsed()
    {
        var folder = Directory.CreateDirectory(Path.Join(_root, "openspec", "specs", "reading", "search")).FullName;
        File.WriteAllText(Path.Join(folder, "spec.md"), "## Purpose\nLets readers find books by any word of the title or author.\n\n## Requirements\n\n### Requirement: Search\nIt SHALL search.\n\n#### Scenario: s\n- **WHEN** a\n- **THEN** b\n");
        var why = "Readers type the same search again each day, and told us so twice.";
        var (exitCode, output, _) = Run("propose", "Remember it", "--why", why, "--capability", "reading/search", "--id", "last-search");
        Assert.Equal(0, exitCode);
        Assert.Contains("openspec/changes/last-search/specs/reading/search/spec.md", output);
        Assert.Contains(why, File.ReadAllText(Path.Join(_root, "openspec/changes/last-search/proposal.md")));
        Assert.DoesNotContain("## Purpose", File.ReadAllText(Path.Join(_root, "openspec/changes/last-search/specs/reading/search/spec.md")));
        AssertCleanFromTheStart("last-search");
    }

    [Fact]
    public void Propose_ExistingId_IsRefusedAndNothingChanges()
    {
        Assert.Equal(0, Run("propose", "Twice").ExitCode);
        var file = Path.Join(_root, "openspec/changes/twice/tasks.md");
        File.WriteAllText(file, "mine");
        var before = Files();
        var (exitCode, _, error) = Run("propose", "Twice");
        Assert.Equal(1, exitCode);
        Assert.Contains("There is a change \"twice\" already", error);
        Assert.Equal("mine", File.ReadAllText(file));
        Assert.Equal(before, Files());
    }

    [Theory]
    [InlineData("bad_title", "")]
    [InlineData("bad_title", "two\nlines")]
    [InlineData("bad_title", "名前")]
    [InlineData("bad_id", "Fine", "--id", "Not Kebab")]
    [InlineData("bad_id", "Archive")]
    [InlineData("change_rejected", "Fine", "--why", "short")]
    [InlineData("change_rejected", "Fine", "--capability", "../../out")]
    public void Propose_WhatCannotBe_SaysWhyAndWritesNothing(string code, params string[] arguments)
    {
        var (exitCode, output, _) = Run(["propose", .. arguments, "--json"]);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(1, exitCode);
        Assert.Equal(code, json.RootElement.GetProperty("status")[0].GetProperty("code").GetString());
        Assert.Empty(Files());
    }

    [Fact]
    public void Propose_ChangesFolderIsALink_IsNotWrittenThrough()
    {
        var outside = Directory.CreateDirectory(Path.Join(_root, "outside")).FullName;
        Directory.CreateSymbolicLink(Path.Join(_root, "openspec", "changes"), outside);
        Assert.Equal(1, Run("propose", "Fine").ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public void Propose_OutsideAProject_SaysSo()
    {
        Directory.Delete(Path.Join(_root, "openspec"), recursive: true);
        var (exitCode, output, _) = Run("propose", "Fine", "--json");
        Assert.Equal(1, exitCode);
        Assert.Contains("no_openspec_root", output);
    }

    [Fact]
    public void NewChangeFolder_NameTakenAtTheLastMoment_LeavesWhatIsThere()
    {
        var openspec = Path.Join(_root, "openspec");
        var taken = Directory.CreateDirectory(Path.Join(openspec, "changes", "x")).FullName;
        Assert.NotNull(NewChangeFolder.Create(openspec, "x", new Dictionary<string, string> { ["changes/x/proposal.md"] = "new" }));
        Assert.Empty(Directory.EnumerateFileSystemEntries(taken));
        Assert.Equal(["changes", "specs"], Directory.EnumerateFileSystemEntries(openspec).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Draft_AnyTitle_IsRefusedOrAcceptedByTheWriter() =>
        Prop.ForAll<NonNull<string>>(title =>
        {
            var project = MemoryFiles.FromText([]);
            return ProposeDraft.Create(new(title.Get, null, null, "some-id"), new OpenSpecProject(project), new(2026, 11, 20)) is not ProposeDraft.Drafted draft
                || ChangeWriter.Write(project, draft.Change) is NewChangeOutcome.Written;
        }).QuickCheckThrowOnFailure();

    private void AssertCleanFromTheStart(string id)
    {
        var project = new OpenSpecProject(new OpenSpecFolder(Path.Join(_root, "openspec")));
        Assert.Empty(project.ValidateChange(id).Issues);
        Assert.IsType<ArchiveOutcome.Clean>(project.DryRunArchive(id));
        Assert.True(project.TaskProgress(id).Total > 0);
    }

    private string[] Files() => Directory.EnumerateFiles(_root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        .Order(StringComparer.Ordinal).ToArray();

    private (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Join(AppContext.BaseDirectory, "wo.dll"), .. arguments])
        {
            WorkingDirectory = _root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
