using OpenSpec.Editing;
using Workflow.Documents;
using Workflow.Documents.History;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Tests.Documents;

/// <summary>Limits, the breaker, verdicts of people, consistency with other changes, follow-ups, shadow mode.</summary>
public sealed class TrustTests
{
    private static readonly BreakerRule s_rule = new(0.3, TimeSpan.FromHours(24));
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Breaker_TwoBadVerdicts_StaysClosed() =>
        Assert.False(Judge(VerdictKind.Rejected, VerdictKind.Undone).IsOpen);

    [Fact]
    public void Breaker_ThirdBadVerdictAboveTheRate_Opens()
    {
        var state = Judge(VerdictKind.Applied, VerdictKind.Rejected, VerdictKind.Applied, VerdictKind.Undone, VerdictKind.Rejected);
        Assert.True(state.IsOpen);
        Assert.Equal((3, 5), (state.Bad, state.Counted));
    }

    [Fact]
    public void Breaker_BadVerdictsAmongManyGood_StaysClosed() =>
        Assert.False(Judge([.. Enumerable.Repeat(VerdictKind.Applied, 15), VerdictKind.Rejected, VerdictKind.Rejected, VerdictKind.Rejected]).IsOpen);

    [Fact]
    public void Breaker_ThreeApprovalsInARow_Closes()
    {
        VerdictKind[] open = [VerdictKind.Rejected, VerdictKind.Rejected, VerdictKind.Rejected, VerdictKind.Approved, VerdictKind.Approved];
        Assert.True(Judge(open).IsOpen);
        Assert.True(Judge([.. open, VerdictKind.Rejected, VerdictKind.Approved]).IsOpen);
        Assert.False(Judge([.. open, VerdictKind.Approved]).IsOpen);
    }

    [Fact]
    public void Breaker_PauseOver_ClosesByTheClockAndForgets()
    {
        UpdateOutcome[] bad = [.. Enumerable.Range(0, 3).Select(i => new UpdateOutcome(s_start.AddMinutes(i), VerdictKind.Undone))];
        Assert.True(UpdateBreaker.Judge(bad, s_rule, s_start.AddHours(24)).IsOpen);
        Assert.False(UpdateBreaker.Judge(bad, s_rule, s_start.AddHours(25)).IsOpen);
        Assert.False(UpdateBreaker.Judge([.. bad, new UpdateOutcome(s_start.AddHours(26), VerdictKind.Undone)], s_rule, s_start.AddHours(27)).IsOpen);
    }

    [Fact]
    public async Task Apply_PeopleKeepTakingBack_HoldsEverythingAndSaysSoInHealth()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        for (var i = 0; i < 3; i++)
        {
            room.Write($"notes-{i}.md", "start\n");
            var update = await room.ApplyAsync(await room.AppendPlanAsync($"notes-{i}.md", "- one\n"));
            var undo = Assert.IsType<UpdateDecision.Done>(await room.Documents.UndoAsync(update.Id, "ann", CancellationToken.None));
            await room.RunAsync(undo.Update.Id);
        }

        room.Write("notes-3.md", "start\n");
        var held = await room.ApplyAsync(await room.AppendPlanAsync("notes-3.md", "- one\n"));

        Assert.Equal(UpdateState.Held, held.State);
        Assert.Contains("rejected or taken back", held.StateReason, StringComparison.Ordinal);
        Assert.Equal(HealthState.Degraded, room.Health.Find(DocumentHealth.Breaker)!.State);

        // Three approvals in a row close it.
        await room.Documents.ApproveAsync(held.Id, "ann", null, CancellationToken.None);
        await room.RunAsync(held.Id);
        for (var i = 4; i < 6; i++)
        {
            room.Write($"notes-{i}.md", "start\n");
            var next = await room.ApplyAsync(await room.AppendPlanAsync($"notes-{i}.md", "- one\n"));
            Assert.Equal(UpdateState.Held, next.State);
            await room.Documents.ApproveAsync(next.Id, "ann", null, CancellationToken.None);
        }

        room.Write("notes-6.md", "start\n");
        Assert.Equal(UpdateState.Applied, (await room.ApplyAsync(await room.AppendPlanAsync("notes-6.md", "- one\n"))).State);
        Assert.Equal(HealthState.Ok, room.Health.Find(DocumentHealth.Breaker)!.State);
    }

    [Fact]
    public async Task Breaker_VerdictsComeWhileTheStoreIsRead_AreLookedAtTheNextTime()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            room.Write($"notes-{i}.md", "start\n");
            ids.Add((await room.ApplyAsync(await room.AppendPlanAsync($"notes-{i}.md", "- one\n"))).Id.Value);
        }

        var late = new LateStore(room.Store, () => room.Store.WriteAsync(transaction => ids.ForEach(id => transaction.Append(new NewEvent(EventTypes.UpdateRejected, Subject: id)))).Wait());
        using var watch = new BreakerWatch(late, room.Events, room.Health, room.Settings, TimeProvider.System);

        Assert.False(watch.State.IsOpen); // as the store was when it was read
        Assert.True(watch.State.IsOpen);
    }

    /// <summary>A store to which something is committed right after it has been read for the first time.</summary>
    private sealed class LateStore(IStore store, Action once) : IStore
    {
        private Action? _once = once;

        public Task<T> WriteAsync<T>(Func<IStoreTransaction, T> work, CancellationToken cancellationToken = default) => store.WriteAsync(work, cancellationToken);

        public T Read<T>(Func<IStoreReader, T> query)
        {
            var read = store.Read(query);
            Interlocked.Exchange(ref _once, null)?.Invoke();
            return read;
        }
    }

    [Fact]
    public async Task Apply_MoreUpdatesInAnHourThanAllowed_IsHeld()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false, settings: new() { ["document_updates.max_updates_per_hour"] = "2" });
        for (var i = 0; i < 3; i++)
            room.Write($"notes-{i}.md", "start\n");

        Assert.Equal(UpdateState.Applied, (await room.ApplyAsync(await room.AppendPlanAsync("notes-0.md", "- one\n"))).State);
        Assert.Equal(UpdateState.Applied, (await room.ApplyAsync(await room.AppendPlanAsync("notes-1.md", "- one\n"))).State);
        var third = await room.ApplyAsync(await room.AppendPlanAsync("notes-2.md", "- one\n"));

        Assert.Equal(UpdateState.Held, third.State);
        Assert.Contains("max_updates_per_hour", third.StateReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_ApprovedChange_IsHeldUntilItIsSavedAgain()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        Assert.NotNull(await room.Documents.JudgeChangeAsync(DocumentRoom.Change, ApprovalState.Approved, "ann", null, CancellationToken.None));

        var held = await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"));
        Assert.Equal(UpdateState.Held, held.State);
        Assert.Contains("ann approved", held.StateReason, StringComparison.Ordinal);

        room.Write("proposal.md", room.Text("proposal.md") + "more\n");
        Assert.Equal(UpdateState.Applied, (await room.ApplyAsync(await room.AppendPlanAsync("proposal.md", "- one\n"))).State);
    }

    [Fact]
    public async Task Approve_WithOwnText_WritesThatTextAndRemembersWho()
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.mode"] = "review" });
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        await room.ApplyAsync(plan);
        var own = DocumentRoom.Proposal + "- one, as ann says\n";

        Assert.IsType<UpdateDecision.Invalid>(await room.Documents.ApproveAsync(plan.Id, "ann", new Dictionary<string, string> { ["design.md"] = "x" }, CancellationToken.None));
        Assert.IsType<UpdateDecision.Done>(await room.Documents.ApproveAsync(plan.Id, "ann", new Dictionary<string, string> { ["proposal.md"] = own }, CancellationToken.None));
        await room.RunAsync(plan.Id);

        var update = room.Documents.Find(plan.Id)!;
        Assert.Equal(UpdateState.Applied, update.State);
        Assert.Equal("ann", update.EditedBy);
        Assert.Equal(own, room.Text("proposal.md"));
        Assert.Contains("+- one, as ann says", room.Documents.GetDiff(plan.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_OwnTextAndDocumentChangedElsewhere_CarriesBoth()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false, settings: new() { ["document_updates.mode"] = "review" });
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        await room.ApplyAsync(plan);
        room.Write("proposal.md", DocumentRoom.Proposal.Replace("# Add export", "# Add an export"));

        await room.Documents.ApproveAsync(plan.Id, "ann", new Dictionary<string, string> { ["proposal.md"] = DocumentRoom.Proposal + "- ann's\n" }, CancellationToken.None);
        await room.RunAsync(plan.Id);

        Assert.Equal(DocumentRoom.Proposal.Replace("# Add export", "# Add an export") + "- ann's\n", room.Text("proposal.md"));
    }

    [Fact]
    public async Task Withdraw_HumanEditedTheSamePassage_SaysSo()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false, settings: new() { ["document_updates.mode"] = "review" });
        var met = await room.AppendPlanAsync("proposal.md", "- one\n");
        await room.ApplyAsync(met);
        var apart = await room.AppendPlanAsync("specs/export/spec.md", "- **AND** more\n");
        await room.ApplyAsync(apart);
        room.Write("proposal.md", DocumentRoom.Proposal + "- the human's own\n");

        Assert.Equal(2, await room.Documents.WithdrawAsync(DocumentRoom.Change, "the change was saved again", CancellationToken.None));

        Assert.Equal("you edited the same passage of proposal.md yourself", room.Documents.Find(met.Id)!.StateReason);
        Assert.Equal("the change was saved again", room.Documents.Find(apart.Id)!.StateReason);
        Assert.Contains(EventTypes.UpdateWithdrawn, room.EventTypes(met.Id));
    }

    [Fact]
    public async Task Reject_WithReason_IsAnEventWithWhoAndWhy()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false, settings: new() { ["document_updates.mode"] = "review" });
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        await room.ApplyAsync(plan);

        await room.Documents.RejectAsync(plan.Id, "ann", "too early", CancellationToken.None);

        Assert.Equal("too early", room.Documents.Find(plan.Id)!.StateReason);
        var data = room.Store.Read(reader => reader.First<string>("SELECT data FROM event WHERE type = 'update.rejected' AND subject = @Id", new { Id = plan.Id.Value }))!;
        Assert.Contains("too early", data, StringComparison.Ordinal);
        Assert.Contains("ann", data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_RequirementThatAnotherOpenChangeTouches_IsHeld()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        var other = Path.Combine(room.Repository.ChangesFolder, "other", "specs", "export");
        Directory.CreateDirectory(other);
        await File.WriteAllTextAsync(Path.Combine(other, "spec.md"), DocumentRoom.Delta.Replace("Requirement: Export", "Requirement: Import"));
        var import = "\n### Requirement: Import\nThe system SHALL import orders.\n\n#### Scenario: CSV\n- **WHEN** a buyer asks\n- **THEN** a file is read\n";

        var update = await room.ApplyAsync(await room.AppendPlanAsync("specs/export/spec.md", import));

        Assert.Equal(UpdateState.Held, update.State);
        Assert.Contains("the open change other touches the requirement 'Import'", update.StateReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_AmountThatStandsElsewhereToo_AsksAboutIt()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        room.Write("specs/export/spec.md", DocumentRoom.Delta.Replace("SHALL export orders.", "SHALL finish the export of all orders within 30 seconds."));
        room.Write("tasks.md", "## 1. Work\n\n- [ ] 1.1 Measure that the export of orders takes 30 seconds at most\n- [ ] 1.2 Wait 30 seconds for tea\n");
        var delta = room.Text("specs/export/spec.md");
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with
        {
            Files = [new FileEdit.Patch(DocumentPath.Parse("specs/export/spec.md"), room.HashOf("specs/export/spec.md"), [new TextEdit(delta.IndexOf("30 seconds", StringComparison.Ordinal), "30 seconds", "60 seconds")])],
        };

        Assert.Equal(UpdateState.Applied, (await room.ApplyAsync(plan)).State);

        var question = Assert.Single(await room.Questions.GetPendingQuestionsAsync());
        Assert.Contains("tasks.md:3", question.Text, StringComparison.Ordinal);
        Assert.Contains(EventTypes.UpdateFollowUp, room.EventTypes(plan.Id));
        Assert.Equal(1, room.Store.Read(reader => reader.First<long>("SELECT COUNT(*) FROM follow_up WHERE question_id = @Id", new { Id = question.Id.Value })));
    }

    [Fact]
    public async Task Apply_RenamedRequirement_PlansItsMentionsAsAnUpdateOfTheirOwn()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false);
        room.Write("specs/export/spec.md", DocumentRoom.Delta.Replace("Requirement: Export", "Requirement: Order Export"));
        room.Write("tasks.md", "## 1. Work\n\n- [ ] 1.1 Build Order Export\n");
        var delta = room.Text("specs/export/spec.md");
        var plan = (await room.AppendPlanAsync("proposal.md", "")) with
        {
            Files = [new FileEdit.Patch(DocumentPath.Parse("specs/export/spec.md"), room.HashOf("specs/export/spec.md"), [new TextEdit(delta.IndexOf("Order Export", StringComparison.Ordinal), "Order Export", "Order Download")])],
            ApprovedBy = "ann",
        };

        Assert.Equal(UpdateState.Applied, (await room.ApplyAsync(plan)).State);
        var follow = room.Store.Read(view => UpdateStore.ChangesWithUnfinished(view).SelectMany(change => UpdateStore.UnfinishedOf(view, change)).Single()).Record.Id;
        await room.RunAsync(follow);

        Assert.Equal(UpdateState.Held, room.Documents.Find(follow)!.State); // a rename is for a human
        Assert.Contains("+- [ ] 1.1 Build Order Download", room.Documents.GetDiff(follow), StringComparison.Ordinal);
    }

    [Fact]
    public void Shadow_WhatPeopleThenDid_IsComparedPlaceByPlace()
    {
        const string Before = "a\nb\nc\nd\ne\nf\ng\n";
        var places = ShadowReader.Compare("proposal.md", Before, "a\nB1\nc\nD1\ne\nF1\ng\n", "a\nB1\nc\nmine\ne\nf\ng\n");
        Assert.Equal([ShadowVerdict.Same, ShadowVerdict.Otherwise, ShadowVerdict.Untouched], places.Select(place => place.Verdict));
        Assert.Equal([2, 4, 6], places.Select(place => place.Line));
        Assert.Equal(ShadowVerdict.Gone, ShadowReader.Compare("proposal.md", "a\n", "b\n", null).Single().Verdict);
    }

    [Fact]
    public async Task Advance_SeveralUpdatesOfOneRevision_AreOneCommit()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var first = await room.AppendPlanAsync("proposal.md", "- one\n");
        var second = await room.AppendPlanAsync("specs/export/spec.md", "- **AND** more\n");
        await room.Documents.UpdateDocumentAsync(first, CancellationToken.None);
        await room.Documents.UpdateDocumentAsync(second, CancellationToken.None);

        await room.Steps.AdvanceAsync(DocumentRoom.Change, CancellationToken.None);

        var (one, two) = (room.Documents.Find(first.Id)!, room.Documents.Find(second.Id)!);
        Assert.Equal((UpdateState.Applied, UpdateState.Applied), (one.State, two.State));
        Assert.NotNull(one.Commit);
        Assert.Equal(one.Commit, two.Commit);
        Assert.Equal("2\n", await room.GitAsync("rev-list", "--count", "HEAD"));
        Assert.Equal((1, 1), (room.CommitsOf(first.Id), room.CommitsOf(second.Id)));
    }

    [Fact]
    public async Task Advance_TwoUpdatesOfOneDocumentFromOneRevision_AreMerged()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var first = await room.AppendPlanAsync("proposal.md", "- one\n");
        var second = first with { Id = UpdateId.New(TimeProvider.System), Files = [new FileEdit.Patch(DocumentPath.Proposal, room.HashOf("proposal.md"), [new TextEdit(0, "# Add export", "# Add the export")])], ApprovedBy = "ann" };
        await room.Documents.UpdateDocumentAsync(first, CancellationToken.None);
        await room.Documents.UpdateDocumentAsync(second, CancellationToken.None);

        await room.Steps.AdvanceAsync(DocumentRoom.Change, CancellationToken.None);

        Assert.Equal(DocumentRoom.Proposal.Replace("# Add export", "# Add the export") + "- one\n", room.Text("proposal.md"));
        Assert.Equal("2\n", await room.GitAsync("rev-list", "--count", "HEAD"));
    }

    private static BreakerState Judge(params VerdictKind[] verdicts) =>
        UpdateBreaker.Judge(verdicts.Select((kind, i) => new UpdateOutcome(s_start.AddMinutes(i), kind)), s_rule, s_start.AddHours(1));
}
