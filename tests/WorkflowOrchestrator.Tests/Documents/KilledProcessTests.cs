using System.Diagnostics;
using Workflow.Documents;
using Workflow.Hosting;
using Workflow.Storage;
using Xunit.Abstractions;

namespace Workflow.Tests.Documents;

/// <summary>A real process is killed (SIGKILL) at every named failpoint, at each of its hits; the next process finishes the work exactly once.</summary>
public sealed class KilledProcessTests(ITestOutputHelper output)
{
    public static TheoryData<string> Failpoints => new(DocumentFailpoints.All);

    [Theory]
    [MemberData(nameof(Failpoints))]
    public Task Kill_AtFailpoint_IsRecoveredExactlyOnce(string failpoint) => KillAsync(failpoint, "1-5 kill -9", (_, plan) => Task.FromResult(plan.Id));

    /// <summary>Fault 6: an undo is an update like any other; so is one that a human approved.</summary>
    [Theory]
    [MemberData(nameof(Failpoints))]
    public Task Kill_DuringUndo_IsRecoveredExactlyOnce(string failpoint) => KillAsync(failpoint, "6 kill -9 in an undo", async (room, plan) =>
    {
        await room.RunAsync(plan.Id);
        return Assert.IsType<UpdateDecision.Done>(await room.Documents.UndoAsync(plan.Id, "ann", CancellationToken.None)).Update.Id;
    });

    /// <summary>Updates of one revision are written together: wherever that breaks off, each is finished exactly once.</summary>
    [Theory]
    [MemberData(nameof(Failpoints))]
    public async Task Kill_AmongUpdatesWrittenTogether_EachIsRecoveredExactlyOnce(string failpoint)
    {
        var fired = 0;
        for (var hit = 1; ; hit++)
        {
            await using var room = await DocumentRoom.CreateAsync();
            var plans = await room.GroupPlansAsync();
            await room.StoreAsync(plans);
            UpdateId[] ids = [.. plans.Select(plan => plan.Id)];
            var before = await FaultTable.RememberAsync(room);

            var code = await HostAsync(room.Folder, $"{failpoint}=kill@{hit}");
            if (code == 0)
                break;
            fired++;
            Assert.Equal(137, code);
            FaultTable.AssertOldOrNew(room, before, ids);

            Assert.Equal(0, await HostAsync(room.Folder, null));
            await room.Steps.AdvanceAsync(DocumentRoom.Change, CancellationToken.None); // recovering twice is recovering once
            Assert.Equal("", await room.GitAsync("status", "--porcelain"));
            foreach (var id in ids)
            {
                Assert.Equal(1, room.CommitsOf(id));
                Assert.Single(room.EventTypes(id), EventTypes.UpdateApplied);
                await FaultTable.CheckAsync($"1-5 kill -9, {ids.ToList().IndexOf(id) + 1} of 3 written together", $"{failpoint} #{hit}", room, before, id, UpdateState.Applied, "exit codes 137, then 0", output);
            }

            Assert.Equal(await room.RevisionAsync(), room.Documents.Find(ids[^1])!.NewRevision);
        }

        Assert.True(fired > 0, $"{failpoint} is never reached: take it out, or reach it.");
    }

    private async Task KillAsync(string failpoint, string fault, Func<DocumentRoom, UpdatePlan, Task<UpdateId>> prepare)
    {
        var fired = 0;
        for (var hit = 1; ; hit++)
        {
            await using var room = await DocumentRoom.CreateAsync();
            var plan = await room.ThreeFilePlanAsync();
            await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
            var id = await prepare(room, plan);
            var before = await FaultTable.RememberAsync(room);

            var code = await HostAsync(room.Folder, $"{failpoint}=kill@{hit}");
            if (code == 0)
                break; // this often the failpoint is not reached
            fired++;
            Assert.Equal(137, code);
            FaultTable.AssertOldOrNew(room, before, id);

            Assert.Equal(0, await HostAsync(room.Folder, null));
            await room.RunAsync(id); // recovering twice is recovering once
            Assert.NotNull(room.Documents.Find(id)!.Commit);
            Assert.Equal(1, room.CommitsOf(id));
            Assert.Equal("", await room.GitAsync("status", "--porcelain"));
            await FaultTable.CheckAsync(fault, $"{failpoint} #{hit}", room, before, id, UpdateState.Applied, "exit codes 137, then 0", output);
        }

        output.WriteLine(FaultTable.Print());
        Assert.True(fired > 0, $"{failpoint} is never reached: take it out, or reach it.");
    }

    private static async Task<int> HostAsync(string folder, string? failpoints)
    {
        var info = new ProcessStartInfo("dotnet", ["exec", typeof(KilledProcessTests).Assembly.Location, "run-updates", folder]);
        info.Environment[Failpoint.Variable] = failpoints;
        using var process = Process.Start(info)!;
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(120)).Token);
        return process.ExitCode;
    }
}
