using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Storage;

namespace Workflow.Tests.Documents;

public sealed class UpdateStepsTests
{
    [Fact]
    public async Task Apply_ThreeDocuments_WritesThemAndCommitsExactlyThese()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.ThreeFilePlanAsync();

        var update = await room.ApplyAsync(plan);

        Assert.Equal(UpdateState.Applied, update.State);
        Assert.Null(update.CommitNote);
        Assert.EndsWith("- one\n", room.Text("proposal.md"), StringComparison.Ordinal);
        Assert.Equal("# Review\n", room.Text("review.md"));
        var files = (await room.GitAsync("show", "--name-only", "--format=", update.Commit!)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order();
        Assert.Equal(["openspec/changes/add-export/proposal.md", "openspec/changes/add-export/review.md", "openspec/changes/add-export/specs/export/spec.md"], files);
        var trailers = await room.GitAsync("log", "-1", "--format=%(trailers)");
        Assert.Equal(
            $"Workflow-Update: {plan.Id}\nWorkflow-Change: add-export\nWorkflow-Revision: {plan.Revision}\nWorkflow-Question: q-1\nWorkflow-Question: q-2\nWorkflow-Model: built-in",
            trailers.Trim());
        Assert.Equal(await room.RevisionAsync(), update.NewRevision);
        Assert.Empty(room.TemporaryFiles());
        Assert.Equal("", await room.GitAsync("status", "--porcelain"));
    }

    [Fact]
    public async Task Apply_EveryPrefixOfTheWrites_IsAnnouncedAsTheDaemonsOwnRevision()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.ThreeFilePlanAsync();
        var documents = new Dictionary<string, string> { ["proposal.md"] = room.HashOf("proposal.md"), ["specs/export/spec.md"] = room.HashOf("specs/export/spec.md") };

        await room.ApplyAsync(plan);

        documents["proposal.md"] = room.HashOf("proposal.md");
        var half = RevisionHasher.Compute(documents.Select(d => (d.Key, d.Value)));
        var known = room.Store.Read(reader => reader.Query<string>("SELECT hash FROM revision WHERE origin = 'Daemon'"));
        Assert.Contains(half.Value, known);
        Assert.Contains((await room.RevisionAsync()).Value, known);
    }

    [Fact]
    public async Task Apply_BaseMoved_OverwritesNothingAndSaysSo()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.AppendPlanAsync("proposal.md", "more\n");
        room.Write("proposal.md", "the human was here\n");

        var update = await room.ApplyAsync(plan);

        Assert.Equal(UpdateState.Superseded, update.State);
        Assert.Equal("the human was here\n", room.Text("proposal.md"));
        Assert.Contains(EventTypes.UpdateSuperseded, room.EventTypes(plan.Id));
    }

    [Fact]
    public async Task Apply_SecondDocumentSavedMeanwhile_TakesTheFirstBack()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.ThreeFilePlanAsync();
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        await room.RunWithHumanAsync(plan.Id, DocumentFailpoints.AfterFile, () => room.Write("specs/export/spec.md", DocumentRoom.Delta + "saved by the human\n"));

        Assert.Equal(UpdateState.Superseded, room.Documents.Find(plan.Id)!.State);
        Assert.Equal(DocumentRoom.Proposal, room.Text("proposal.md"));
        Assert.EndsWith("saved by the human\n", room.Text("specs/export/spec.md"), StringComparison.Ordinal);
        Assert.False(File.Exists(room.PathOf("review.md")));
    }

    [Theory]
    [InlineData("review.md")]
    [InlineData("specs/import/deep/spec.md")]
    public async Task Apply_ChangeIsDeletedMeanwhile_DoesNotComeBack(string newDocument)
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with { Files = [new FileEdit.Whole(DocumentPath.Parse(newDocument), null, DocumentRoom.Delta)] };
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        var folder = Path.GetDirectoryName(room.PathOf("proposal.md"))!;

        await room.RunWithHumanAsync(plan.Id, DocumentFailpoints.PlaceChecked, () => Directory.Delete(folder, recursive: true));

        Assert.Equal(UpdateState.Superseded, room.Documents.Find(plan.Id)!.State);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Apply_ChangeIsExchangedMeanwhile_IsNotWrittenIntoTheOtherOne()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with { Files = [new FileEdit.Whole(DocumentPath.Parse("specs/import/spec.md"), null, DocumentRoom.Delta)] };
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        var folder = Path.GetDirectoryName(room.PathOf("proposal.md"))!;

        await room.RunWithHumanAsync(plan.Id, DocumentFailpoints.PlaceChecked, () =>
        {
            Directory.Move(folder, folder + "-old");
            Directory.CreateDirectory(Path.Combine(folder, "specs"));
        });

        Assert.Equal(UpdateState.Superseded, room.Documents.Find(plan.Id)!.State);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder, "specs")));
    }

    [Theory]
    [InlineData("specs/import", "specs/import/spec.md")]
    [InlineData("specs/import", "specs/import/deep/spec.md")]
    [InlineData("specs", "specs/import/deep/spec.md")]
    public async Task Apply_FolderBecomesALinkMeanwhile_IsNotFollowed(string folder, string newDocument)
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with { Files = [new FileEdit.Whole(DocumentPath.Parse(newDocument), null, DocumentRoom.Delta)] };
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        var elsewhere = Directory.CreateTempSubdirectory("wo-elsewhere-");

        await room.RunWithHumanAsync(plan.Id, DocumentFailpoints.PlaceChecked, () =>
        {
            if (Directory.Exists(room.PathOf(folder)))
                Directory.Delete(room.PathOf(folder), recursive: true);
            Directory.CreateSymbolicLink(room.PathOf(folder), elsewhere.FullName);
        });

        Assert.Equal(UpdateState.Superseded, room.Documents.Find(plan.Id)!.State);
        Assert.Empty(elsewhere.EnumerateFileSystemInfos());
        elsewhere.Delete();
    }

    [Fact]
    public async Task Apply_RemovesARequirement_IsHeldUntilApproved()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var text = room.Text("proposal.md");
        var at = text.IndexOf("## What Changes", StringComparison.Ordinal);
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with
        {
            Files = [new FileEdit.Patch(DocumentPath.Proposal, room.HashOf("proposal.md"), [new TextEdit(at, text[at..], "")])],
        };

        Assert.Equal(UpdateState.Held, (await room.ApplyAsync(plan)).State);
        Assert.Equal(text, room.Text("proposal.md"));
        Assert.Contains("-## What Changes", room.Documents.GetDiff(plan.Id), StringComparison.Ordinal);

        Assert.IsType<UpdateDecision.Done>(await room.Documents.ApproveAsync(plan.Id, "ann", null, CancellationToken.None));
        await room.RunAsync(plan.Id);
        Assert.Equal(UpdateState.Applied, room.Documents.Find(plan.Id)!.State);
        Assert.DoesNotContain("What Changes", room.Text("proposal.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_DocumentChangedElsewhere_IsCarriedOver()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.mode"] = "review" });
        var plan = await room.AppendPlanAsync("proposal.md", "\n## Clarifications\n\n- one\n");
        Assert.Equal(UpdateState.Held, (await room.ApplyAsync(plan)).State);
        room.Write("proposal.md", DocumentRoom.Proposal.Replace("# Add export", "# Add an export"));

        await room.Documents.ApproveAsync(plan.Id, "ann", null, CancellationToken.None);
        await room.RunAsync(plan.Id);

        Assert.Equal(UpdateState.Applied, room.Documents.Find(plan.Id)!.State);
        Assert.StartsWith("# Add an export", room.Text("proposal.md"), StringComparison.Ordinal);
        Assert.EndsWith("- one\n", room.Text("proposal.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_SamePassageEdited_IsWithdrawn()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.mode"] = "review" });
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        await room.ApplyAsync(plan);
        room.Write("proposal.md", DocumentRoom.Proposal + "- the human's own\n");

        await room.Documents.ApproveAsync(plan.Id, "ann", null, CancellationToken.None);
        await room.RunAsync(plan.Id);

        Assert.Equal(UpdateState.Withdrawn, room.Documents.Find(plan.Id)!.State);
        Assert.EndsWith("- the human's own\n", room.Text("proposal.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_MakesValidationWorse_IsRefused()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var delta = room.Text("specs/export/spec.md");
        var at = delta.IndexOf("####", StringComparison.Ordinal);
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with
        {
            Files = [new FileEdit.Patch(DocumentPath.Parse("specs/export/spec.md"), room.HashOf("specs/export/spec.md"), [new TextEdit(at, "####", "#####")])],
        };

        var update = await room.ApplyAsync(plan);

        Assert.Equal(UpdateState.Refused, update.State);
        Assert.StartsWith("validation would be worse", update.StateReason, StringComparison.Ordinal);
        Assert.Equal(delta, room.Text("specs/export/spec.md"));
    }

    [Fact]
    public async Task Apply_ShadowMode_RecordsAndWritesNothing()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.mode"] = "shadow" });
        var update = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));

        Assert.Equal(UpdateState.Shadowed, update.State);
        Assert.Equal(DocumentRoom.Proposal, room.Text("proposal.md"));
        Assert.Contains("+- one", room.Documents.GetDiff(update.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_WithoutGit_WritesAndSaysWhyThereIsNoCommit()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        var update = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));

        Assert.Equal(UpdateState.Applied, update.State);
        Assert.Null(update.Commit);
        Assert.Contains("not in a git repository", update.CommitNote, StringComparison.Ordinal);
        Assert.EndsWith("- one\n", room.Text("proposal.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_ChangeFolderDeleted_CreatesNothing()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.ThreeFilePlanAsync();
        Directory.Delete(room.ChangeFolder, recursive: true);

        var update = await room.ApplyAsync(plan);

        Assert.Equal(UpdateState.Superseded, update.State);
        Assert.False(Directory.Exists(room.ChangeFolder));
    }

    [Fact]
    public async Task UpdateDocument_SamePlanTwice_IsOneUpdate()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        var again = plan with { Id = UpdateId.New(TimeProvider.System) };

        var first = await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        var second = await room.Documents.UpdateDocumentAsync(again, CancellationToken.None);

        Assert.Equal(first, second);
        Assert.Single(room.Documents.GetUpdates(new UpdateFilter(DocumentRoom.Change)));
    }

    [Fact]
    public async Task Apply_ReadOnlyDocument_IsRefusedAndItsModeIsKept()
    {
        await using var room = await DocumentRoom.CreateAsync();
        File.SetUnixFileMode(room.PathOf("proposal.md"), UnixFileMode.UserRead);

        var update = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));

        Assert.Equal(UpdateState.Refused, update.State);
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(room.PathOf("proposal.md")));
        Assert.Empty(room.TemporaryFiles());
    }

    [Fact]
    public async Task Apply_BackupIsByteExactWithModeAndManifest()
    {
        await using var room = await DocumentRoom.CreateAsync();
        room.Write("proposal.md", "\uFEFF# Add export\r\n\r\n## Why\r\nlong enough\r\n");
        File.SetUnixFileMode(room.PathOf("proposal.md"), (UnixFileMode)0b110_110_000);
        var before = File.ReadAllBytes(room.PathOf("proposal.md"));

        var update = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\r\n"));

        var backup = BackupArchives.Of(room, update.Id);
        Assert.Equal(before, backup["proposal.md"].Bytes);
        Assert.Equal((UnixFileMode)0b110_110_000, backup["proposal.md"].Mode);
        Assert.Contains(RevisionHasher.HashDocument(before), System.Text.Encoding.UTF8.GetString(backup["manifest.json"].Bytes), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(room.Repository.Backups))));
        Assert.Equal((UnixFileMode)0b110_110_000, File.GetUnixFileMode(room.PathOf("proposal.md")));
        Assert.Equal([.. before, .. "- one\r\n"u8], File.ReadAllBytes(room.PathOf("proposal.md")));
    }

    [Fact]
    public async Task Apply_FourthUpdateOfTheSameDocumentInTenMinutes_IsHeld()
    {
        await using var room = await DocumentRoom.CreateAsync();
        for (var i = 0; i < 3; i++)
            Assert.Equal(UpdateState.Applied, (await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", $"- {i}\n"))).State);

        var fourth = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- 4\n"));

        Assert.Equal(UpdateState.Held, fourth.State);
        Assert.Contains("3 times", fourth.StateReason, StringComparison.Ordinal);
    }
}
