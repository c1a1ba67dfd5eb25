using System.Reflection;
using Workflow.Documents;
using Workflow.Documents.Git;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Storage;
using Xunit.Abstractions;

namespace Workflow.Tests.Documents;

/// <summary>
/// Every fault at every named step, in this process: the disk is full, an unforeseen exception, the host stops, a human saves, the tree is switched away. After
/// each the invariants of the fault list hold. (Kill -9 is in <see cref="KilledProcessTests"/>.)
/// </summary>
public sealed class StepFaultTests(ITestOutputHelper output)
{
    public static TheoryData<string> Steps => new(DocumentFailpoints.All);

    [Fact]
    public async Task Failpoints_OneUpdate_ComesByExactlyThoseThatAreListed()
    {
        var named = typeof(DocumentFailpoints).GetFields(BindingFlags.Public | BindingFlags.Static).Concat(typeof(GitFailpoints).GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(field => field.IsLiteral && field.Name != nameof(DocumentFailpoints.FilePrefix)).Select(field => (string)field.GetRawConstantValue()!).Distinct();
        Assert.Equal(named.Order(), DocumentFailpoints.All.Order());
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.ThreeFilePlanAsync();
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        var seen = new List<string>();
        Failpoint.Observe(seen.Add);
        await room.RunAsync(plan.Id);
        Failpoint.Observe(null);
        Assert.Equal(DocumentFailpoints.All.Order(), seen.Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task DiskFull_AtAnyStep_GoesOnWhenThereIsSpaceAgain(string step) =>
        await StrikeAsync("8 disk full", step, () => throw new IOException("No space left on device", unchecked((int)0x80070070)));

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task UnforeseenException_AtAnyStep_GoesOn(string step) =>
        await StrikeAsync("9 input/output error", step, () => throw new IOException("Input/output error", 5));

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task HostStops_AtAnyStep_TheNextStartFinishes(string step) =>
        await StrikeAsync("27 stopped", step, () => throw new OperationCanceledException("the host stops"));

    /// <summary>Fault 22: whatever a human saves at whatever moment stays, byte for byte; the update is in the file or has ended with the reason.</summary>
    [Theory]
    [MemberData(nameof(Steps))]
    public async Task HumanSaves_AtAnyStep_NoByteIsLost(string step)
    {
        foreach (var path in new[] { "proposal.md", "specs/export/spec.md" })
        {
            await using var room = await DocumentRoom.CreateAsync(git: false);
            var plan = await room.ThreeFilePlanAsync();
            await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
            var saved = "";
            await room.RunWithHumanAsync(plan.Id, step, () =>
            {
                saved = "the human's own line\n" + room.Text(path);
                File.WriteAllText(room.PathOf(path) + "~", saved);
                File.Move(room.PathOf(path) + "~", room.PathOf(path), overwrite: true);
            });
            await room.RunAsync(plan.Id);

            var update = room.Documents.Find(plan.Id)!;
            Assert.True(update.State is UpdateState.Applied or UpdateState.Superseded, $"{step}: {update.State} {update.StateReason}");
            if (saved.Length > 0)
                Assert.StartsWith("the human's own line\n", room.Text(path), StringComparison.Ordinal);
            if (update.State == UpdateState.Superseded)
                Assert.DoesNotContain(room.EventTypes(plan.Id), type => type == "update.applied");
            Assert.Empty(room.TemporaryFiles());
        }
    }

    /// <summary>Fault 19: the branch is switched to one without the change in the middle of the update.</summary>
    [Theory]
    [MemberData(nameof(Steps))]
    public async Task BranchSwitchedAway_AtAnyStep_NothingIsCreatedThere(string step)
    {
        await using var room = await DocumentRoom.CreateAsync();
        await room.GitAsync("branch", "empty");
        await room.GitAsync("add", ".");
        await room.GitAsync("commit", "-q", "-m", "change");
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        var isSwitched = false;
        await room.RunWithHumanAsync(plan.Id, step, () => isSwitched = room.TryGitAsync("checkout", "-q", "empty").GetAwaiter().GetResult().ExitCode == 0);
        await room.RunAsync(plan.Id);

        var update = room.Documents.Find(plan.Id)!;
        Assert.True(update.IsEnded, $"{step}: {update.State} {update.StateReason}");
        if (isSwitched)
            Assert.False(File.Exists(room.PathOf("proposal.md")) && update.State == UpdateState.Superseded, $"{step}: a superseded update left a document on the other branch");
        Assert.True(room.CommitsOf(plan.Id) <= 1);
        Assert.Empty(room.TemporaryFiles());
    }

    /// <summary>The same faults among updates that are written together: none is lost, none is done twice, and the cause is named.</summary>
    [Theory]
    [MemberData(nameof(Steps))]
    public async Task AnyFault_AmongUpdatesWrittenTogether_AllAreAppliedOnce(string step)
    {
        Exception[] faults = [new IOException("No space left on device", unchecked((int)0x80070070)), new IOException("Input/output error", 5), new InvalidOperationException("unforeseen"), new OperationCanceledException("the host stops")];
        foreach (var fault in faults)
        {
            await using var room = await DocumentRoom.CreateAsync();
            var plans = await room.GroupPlansAsync();
            await room.StoreAsync(plans);
            UpdateId[] ids = [.. plans.Select(plan => plan.Id)];
            var before = await FaultTable.RememberAsync(room);
            var cause = "done at once";
            try
            {
                var steps = await room.AdvanceWithHumanAsync(step, () => throw fault);
                if (steps.Values.OfType<UpdateStep.Waits>().FirstOrDefault(waits => !waits.IsOrdinary) is { } waits)
                    cause = $"named: {waits.Why}";
            }
            catch (Exception error) when (error == fault)
            {
                cause = $"named: {error.Message}"; // the service reports it and comes back to the change
            }

            FaultTable.AssertOldOrNew(room, before, ids);
            for (var i = 0; i < 3; i++)
                await room.Steps.AdvanceAsync(DocumentRoom.Change, CancellationToken.None);
            foreach (var id in ids)
            {
                Assert.Single(room.EventTypes(id), EventTypes.UpdateApplied);
                await FaultTable.CheckAsync($"8-9, 27 {fault.Message}, {ids.ToList().IndexOf(id) + 1} of 3 written together", step, room, before, id, UpdateState.Applied, cause, output);
            }
        }
    }

    /// <summary>Fault 22 among updates that are written together: the human's text stays, his document's update ends with the reason, the others are written.</summary>
    [Theory]
    [MemberData(nameof(Steps))]
    public async Task HumanSaves_AmongUpdatesWrittenTogether_OnlyHisDocumentIsLeftAlone(string step)
    {
        foreach (var path in new[] { "proposal.md", "specs/export/spec.md" })
        {
            await using var room = await DocumentRoom.CreateAsync(git: false);
            var plans = await room.GroupPlansAsync();
            await room.StoreAsync(plans);
            var saved = false;
            await room.AdvanceWithHumanAsync(step, () =>
            {
                saved = true;
                File.WriteAllText(room.PathOf(path) + "~", "the human's own line\n" + room.Text(path));
                File.Move(room.PathOf(path) + "~", room.PathOf(path), overwrite: true);
            });
            await room.Steps.AdvanceAsync(DocumentRoom.Change, CancellationToken.None);

            foreach (var update in plans.Select(plan => room.Documents.Find(plan.Id)!))
            {
                var isHis = update.Files.Any(file => file.Path == path);
                Assert.True(update.State is UpdateState.Applied || (isHis && saved && update.State is UpdateState.Superseded), $"{step}: {update.Reason} is {update.State} {update.StateReason}");
            }

            if (saved)
                Assert.StartsWith("the human's own line\n", room.Text(path), StringComparison.Ordinal);
            Assert.Empty(room.TemporaryFiles());
        }
    }

    private async Task StrikeAsync(string fault, string step, Action strike)
    {
        await using var room = await DocumentRoom.CreateAsync();
        await room.Questions.AskQuestionAsync(new NewQuestion("Is anything lost?", "test"));
        var plan = await room.ThreeFilePlanAsync();
        var before = await FaultTable.RememberAsync(room);
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        var cause = "";
        try
        {
            if (await room.RunWithHumanAsync(plan.Id, step, strike) is UpdateStep.Waits waits)
            {
                Assert.NotEmpty(waits.Remedy);
                cause = waits.Why;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            cause = error.Message; // the service reports it and comes back to the change
        }

        FaultTable.AssertOldOrNew(room, before, plan.Id);
        for (var i = 0; i < 3; i++)
            await room.RunAsync(plan.Id);
        await FaultTable.CheckAsync(fault, step, room, before, plan.Id, UpdateState.Applied, cause.Length == 0 ? "done at once" : $"named: {cause}", output);
        output.WriteLine(FaultTable.Print());
    }
}
