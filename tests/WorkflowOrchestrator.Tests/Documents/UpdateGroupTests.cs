using System.Text;
using OpenSpec.Editing;
using Platform.Files;
using Workflow.Changes;
using Workflow.Documents;

namespace Workflow.Tests.Documents;

/// <summary>Updates of one revision that touch different documents are judged, journaled, backed up, written and committed together.</summary>
public sealed class UpdateGroupTests
{
    [Fact]
    public async Task Advance_ThreeUpdatesOfOneRevision_ShareCommitBackupAndRevisions()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plans = await room.GroupPlansAsync();

        var updates = await room.ApplyAsync(plans);

        Assert.All(updates, update => Assert.Equal(UpdateState.Applied, update.State));
        Assert.NotNull(Assert.Single(updates.Select(update => update.Commit).Distinct()));
        Assert.Equal($"{plans[0].Id}.tar", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(room.Repository.Backups))));
        foreach (var update in updates)
            Assert.Equal(update.Files.Where(file => file.BaseHash is not null).Select(file => file.Path).Append("manifest.json"), BackupArchives.Of(room, update.Id).Keys);
        Assert.NotEqual(updates[0].NewRevision, updates[1].NewRevision);
        Assert.Equal(await room.RevisionAsync(), updates[^1].NewRevision);
        Assert.All(updates, update => Assert.Equal(RevisionOrigin.Daemon, room.Changes.Find(DocumentRoom.Change, update.NewRevision!.Value)!.Origin));
        Assert.Empty(room.TemporaryFiles());
    }

    [Fact]
    public async Task Advance_OneWouldMakeValidationWorse_OnlyThatOneIsRefused()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plans = (await room.GroupPlansAsync()).ToArray();
        var at = DocumentRoom.Delta.IndexOf("####", StringComparison.Ordinal);
        plans[1] = plans[1] with { Files = [new FileEdit.Patch(DocumentPath.Parse("specs/export/spec.md"), room.HashOf("specs/export/spec.md"), [new TextEdit(at, "####", "#####")])] };

        var updates = await room.ApplyAsync(plans);

        Assert.Equal([UpdateState.Applied, UpdateState.Refused, UpdateState.Applied], updates.Select(update => update.State));
        Assert.StartsWith("validation would be worse", updates[1].StateReason, StringComparison.Ordinal);
        Assert.Equal(DocumentRoom.Delta, room.Text("specs/export/spec.md"));
        Assert.Equal(updates[0].Commit, updates[2].Commit);
        Assert.Equal(await room.RevisionAsync(), updates[2].NewRevision);
    }

    [Fact]
    public async Task Advance_OneIsHeld_TheOthersAreWritten()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plans = (await room.GroupPlansAsync()).ToArray();
        var why = DocumentRoom.Proposal.IndexOf("## Why", StringComparison.Ordinal);
        plans[0] = plans[0] with { Files = [new FileEdit.Patch(DocumentPath.Proposal, room.HashOf("proposal.md"), [new TextEdit(why, "## Why\n", "")])] };

        var updates = await room.ApplyAsync(plans);

        Assert.Equal([UpdateState.Held, UpdateState.Applied, UpdateState.Applied], updates.Select(update => update.State));
        Assert.Equal(DocumentRoom.Proposal, room.Text("proposal.md"));
        Assert.Equal(await room.RevisionAsync(), updates[2].NewRevision);
    }

    [Fact]
    public async Task Advance_DocumentBecomesReadOnlyBeforeItsTurn_TheRestIsAnnouncedAnew()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plans = await room.GroupPlansAsync();
        await room.StoreAsync(plans);

        await room.AdvanceWithHumanAsync(DocumentFailpoints.AfterBackedUp, () => File.SetUnixFileMode(room.PathOf("specs/export/spec.md"), UnixFileMode.UserRead));

        UpdateRecord[] updates = [.. plans.Select(plan => room.Documents.Find(plan.Id)!)];
        Assert.Equal([UpdateState.Applied, UpdateState.Refused, UpdateState.Applied], updates.Select(update => update.State));
        Assert.Equal(await room.RevisionAsync(), updates[2].NewRevision);
        Assert.Equal(RevisionOrigin.Daemon, room.Changes.Find(DocumentRoom.Change, await room.RevisionAsync())!.Origin); // else the daemon would review its own work
        Assert.Equal(1, room.CommitsOf(plans[0].Id));
        Assert.Equal(1, room.CommitsOf(plans[2].Id));
    }

    [Fact]
    public async Task Advance_OneIsWithdrawnMeanwhile_TheOthersAreAnnouncedWithoutIt()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plans = await room.GroupPlansAsync();
        await room.StoreAsync(plans);

        await room.AdvanceWithHumanAsync(DocumentFailpoints.AfterPlanned, () => room.Store.WriteAsync(
            transaction => room.Updates.Move(transaction, plans[1].Id, UpdateState.Planned, UpdateState.Withdrawn, "no longer wanted"), CancellationToken.None).GetAwaiter().GetResult());

        UpdateRecord[] updates = [.. plans.Select(plan => room.Documents.Find(plan.Id)!)];
        Assert.Equal([UpdateState.Applied, UpdateState.Withdrawn, UpdateState.Applied], updates.Select(update => update.State));
        Assert.Equal(DocumentRoom.Delta, room.Text("specs/export/spec.md"));
        Assert.Equal(await room.RevisionAsync(), updates[2].NewRevision);
    }

    [Fact]
    public async Task Advance_GitIsBusy_AllWaitAndShareTheCommitLater()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await GitStates.EnterAsync(room, "lock");
        var plans = await room.GroupPlansAsync();
        Assert.All(await room.ApplyAsync(plans), update => Assert.Equal(UpdateState.Journaled, update.State));
        Assert.Equal(DocumentRoom.Proposal, room.Text("proposal.md"));
        await GitStates.LeaveAsync(room, "lock");

        await room.Steps.AdvanceAsync(DocumentRoom.Change, CancellationToken.None);

        Assert.All(plans, plan => Assert.Equal(UpdateState.Applied, room.Documents.Find(plan.Id)!.State));
        Assert.Single(plans.Select(plan => room.Documents.Find(plan.Id)!.Commit).Distinct());
    }

    [Fact]
    public async Task Advance_MoreUpdatesAtOnceThanAnHourAllows_TheLastAreHeld()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.max_updates_per_hour"] = "1" });

        var updates = await room.ApplyAsync(await room.GroupPlansAsync());

        Assert.Equal([UpdateState.Applied, UpdateState.Held, UpdateState.Applied], updates.Select(update => update.State)); // the third is the report, which is nobody's text
        Assert.Contains("max_updates_per_hour", updates[1].StateReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_OneOfThem_LeavesTheOthers()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var updates = await room.ApplyAsync(await room.GroupPlansAsync());

        var undo = Assert.IsType<UpdateDecision.Done>(await room.Documents.UndoAsync(updates[1].Id, "ann", CancellationToken.None)).Update;
        await room.RunAsync(undo.Id);

        Assert.Equal(DocumentRoom.Delta, room.Text("specs/export/spec.md"));
        Assert.Contains("## Clarifications", room.Text("proposal.md"), StringComparison.Ordinal);
        Assert.Equal(UpdateState.Undone, room.Documents.Find(updates[1].Id)!.State);
    }

    [Fact]
    public async Task Groups_AnyUpdates_KeepTheOrderAndNeverHoldADocumentTwice()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.ThreeFilePlanAsync();
        string[] paths = ["proposal.md", "design.md", "tasks.md", "review.md"];
        UpdateState[] states = [UpdateState.Planned, UpdateState.Journaled, UpdateState.BackedUp, UpdateState.Written];
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            StoredUpdate[] updates = [.. Enumerable.Range(0, random.Next(12)).Select(_ => new StoredUpdate(
                new UpdateRecord(UpdateId.New(TimeProvider.System), plan.Change, new RevisionHash($"r{random.Next(2)}"), states[Math.Max(0, random.Next(8) - 4)], random.Next(6) == 0 ? UpdateKinds.NewChange : UpdateKinds.TextEdit, "r", "m", default, default)
                {
                    Files = [.. paths.Where(_ => random.Next(3) == 0).Select(path => new UpdatedFile(path, null, null, 0, 0))],
                },
                "[]"))];

            var groups = UpdateGroups.Of(updates);

            Assert.Equal(updates, groups.SelectMany(group => group));
            Assert.All(groups, group =>
            {
                Assert.NotEmpty(group);
                var touched = group.SelectMany(update => update.Record.Files).Select(file => file.Path).ToArray();
                Assert.Equal(touched.Distinct(), touched);
                Assert.True(group.Count == 1 || group.All(update => update.Record.State == group[0].Record.State && update.Record.Revision == group[0].Record.Revision && !update.Record.IsNewChange));
                Assert.True(group.Count == 1 || group[0].Record.State is UpdateState.Planned or UpdateState.Journaled);
            });
        }
    }

    [Fact]
    public async Task Prune_ArchiveOfSeveral_GoesWhenAllMayGo()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var updates = await room.ApplyAsync(await room.GroupPlansAsync());
        var backups = new BackupFolder(room.Repository.Backups);
        var old = UpdateId.New(TimeProvider.System); // what earlier versions made, and what an interrupted attempt left
        Directory.CreateDirectory(Path.Combine(room.Repository.Backups, old.Value, "specs"));
        await File.WriteAllTextAsync(Path.Combine(room.Repository.Backups, old.Value, "specs", "spec.md"), "old");
        var left = UpdateId.New(TimeProvider.System);
        await File.WriteAllTextAsync(Path.Combine(room.Repository.Backups, left.Value + ".tar.new"), "half");
        await File.WriteAllTextAsync(Path.Combine(room.Repository.Backups, "notes.txt"), "a person's own");
        var (damaged, empty) = (UpdateId.New(TimeProvider.System), UpdateId.New(TimeProvider.System)); // what a power failure left
        await File.WriteAllBytesAsync(Path.Combine(room.Repository.Backups, damaged.Value + ".tar"), [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * 7))]);
        await File.WriteAllBytesAsync(Path.Combine(room.Repository.Backups, empty.Value + ".tar"), []);

        Assert.Equal(0, backups.Prune(id => updates.Take(2).Any(update => update.Id == id)));
        Assert.Equal(4, backups.Prune(id => id == old || id == left || id == damaged || id == empty));
        Assert.Equal(1, backups.Prune(_ => true));
        Assert.Equal(["notes.txt"], Directory.GetFileSystemEntries(room.Repository.Backups).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Recover_BackupDamagedByAPowerFailure_IsMadeAgainFromTheJournal()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plans = await room.GroupPlansAsync();
        await room.StoreAsync(plans);
        await Assert.ThrowsAsync<OperationCanceledException>(() => room.AdvanceWithHumanAsync(DocumentFailpoints.AfterWritten, () => throw new OperationCanceledException("the host stops")));
        await File.WriteAllBytesAsync(Assert.Single(Directory.GetFiles(room.Repository.Backups)), new byte[100]);

        await room.Steps.AdvanceAsync(DocumentRoom.Change, CancellationToken.None);

        Assert.Equal(DocumentRoom.Proposal, Encoding.UTF8.GetString(BackupArchives.Of(room, plans[0].Id)["proposal.md"].Bytes));
        Assert.Equal(DocumentRoom.Delta, Encoding.UTF8.GetString(BackupArchives.Of(room, plans[1].Id)["specs/export/spec.md"].Bytes));
    }

    [Fact]
    public void Write_Pending_KeepsTheOldBytesUntilAllIsComplete()
    {
        var folder = Directory.CreateTempSubdirectory("wo-pending-").FullName;
        try
        {
            var (first, second, gone) = (Path.Combine(folder, "a.md"), Path.Combine(folder, "b.md"), Path.Combine(folder, "c.md"));
            File.WriteAllText(first, "old");
            File.WriteAllText(gone, "old");
            var pending = new PendingReplacements();
            Assert.True(AtomicFile.Write(first, "new"u8, "01A", _ => true, pending: pending));
            Assert.True(AtomicFile.Write(second, "new"u8, "01A", bytes => bytes is null, pending: pending));
            Assert.True(AtomicFile.Delete(gone, _ => true, pending));
            Assert.Equal("old", Encoding.UTF8.GetString(AtomicFile.Read(AtomicFile.TemporaryName(first, "01A"))!));

            pending.Complete();

            Assert.Equal([first, second], Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal));
            Assert.All(new[] { first, second }, path => Assert.Equal("new", File.ReadAllText(path)));
            pending.Complete(); // nothing left to do
            Directory.Delete(folder, recursive: true);
            pending.Add(folder);
            pending.Complete(); // moved away meanwhile: no names to keep
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}
