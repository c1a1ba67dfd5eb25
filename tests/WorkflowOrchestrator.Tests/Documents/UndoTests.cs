using Workflow.Documents;
using Workflow.Storage;

namespace Workflow.Tests.Documents;

public sealed class UndoTests
{
    [Fact]
    public async Task Undo_LaterEditsElsewhere_StayAndTheUpdateGoes()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var update = await room.ApplyAsync(await room.ThreeFilePlanAsync());
        room.Write("proposal.md", room.Text("proposal.md").Replace("# Add export", "# Add an export"));

        var done = Assert.IsType<UpdateDecision.Done>(await room.Documents.UndoAsync(update.Id, "ann", CancellationToken.None));
        await room.RunAsync(done.Update.Id);

        Assert.Equal(UpdateState.Applied, room.Documents.Find(done.Update.Id)!.State);
        Assert.Equal(DocumentRoom.Proposal.Replace("# Add export", "# Add an export"), room.Text("proposal.md"));
        Assert.Equal(DocumentRoom.Delta, room.Text("specs/export/spec.md"));
        Assert.Equal(UpdateState.Undone, room.Documents.Find(update.Id)!.State);
        Assert.Equal(done.Update.Id, room.Documents.Find(update.Id)!.UndoneBy);
        Assert.Contains(EventTypes.UpdateUndone, room.EventTypes(update.Id));
        Assert.Equal(1, room.CommitsOf(done.Update.Id));
    }

    [Fact]
    public async Task Undo_SamePlaceEdited_ShowsTheConflictAndDoesNothing()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var update = await room.ApplyAsync(await room.ThreeFilePlanAsync());
        var edited = room.Text("proposal.md").Replace("- one", "- one, and this is important");
        room.Write("proposal.md", edited);
        var delta = room.Text("specs/export/spec.md");

        var conflict = Assert.IsType<UpdateDecision.Conflict>(await room.Documents.UndoAsync(update.Id, "ann", CancellationToken.None));

        Assert.Contains("and this is important", conflict.Conflicts["proposal.md"], StringComparison.Ordinal);
        Assert.Equal(edited, room.Text("proposal.md"));
        Assert.Equal(delta, room.Text("specs/export/spec.md"));
        Assert.Equal(UpdateState.Applied, room.Documents.Find(update.Id)!.State);
    }

    [Fact]
    public async Task Undo_OnlyTheReport_DeletesTheFileItCreated()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with { Files = [new FileEdit.Whole(DocumentPath.Review, null, "# Review\n")], Kinds = UpdateKinds.ReviewReport };
        await room.ApplyAsync(plan);

        var done = Assert.IsType<UpdateDecision.Done>(await room.Documents.UndoAsync(plan.Id, "ann", CancellationToken.None));
        await room.RunAsync(done.Update.Id);

        Assert.False(File.Exists(room.PathOf("review.md")));
        Assert.Equal("", await room.GitAsync("ls-files", "openspec/changes/add-export/review.md"));
        Assert.IsType<UpdateDecision.WrongState>(await room.Documents.UndoAsync(plan.Id, "ann", CancellationToken.None));
    }

    /// <summary>Any sequence of updates, with human edits between the blocks that they touch: undoing all of them leaves the human's text alone.</summary>
    [Fact]
    public void Plan_UndoingAllUpdatesInReverse_LeavesTheHumansTextAlone()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var human = Enumerable.Range(0, 12).Select(i => $"block {i}\n\ntext {i}\n\n").ToArray();
            var daemon = new List<(int Block, string Before, string After)>();
            var inserted = new Dictionary<int, string>();
            string Text() => string.Concat(human.Select((block, i) => block + inserted.GetValueOrDefault(i)));

            for (var step = 0; step < 12; step++)
            {
                var block = random.Next(12);
                if (random.Next(2) == 0 && !inserted.ContainsKey(block))
                {
                    var before = Text();
                    inserted[block] = $"- daemon {step}\n- more\n\n";
                    daemon.Add((block, before, Text()));
                }
                else
                {
                    human[block] = human[block].Replace($"block {block}", $"block {block} {step}");
                }
            }

            var now = Text();
            foreach (var (_, before, after) in Enumerable.Reverse(daemon))
            {
                var side = new UndoSide(DocumentPath.Proposal, before, after, "hash", now) { Existed = true, IsKept = true };
                var plan = Assert.IsType<UndoPlan.Edits>(UndoPlanner.Plan(Record(), [side]));
                now = ((FileEdit.Whole)plan.Files[0]).Text;
            }

            Assert.Equal(string.Concat(human), now);
        }
    }

    private static UpdateRecord Record() => new(
        UpdateId.New(TimeProvider.System), DocumentRoom.Change, new Workflow.Changes.RevisionHash("0"), UpdateState.Applied, UpdateKinds.TextEdit, "r", "m", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
}
