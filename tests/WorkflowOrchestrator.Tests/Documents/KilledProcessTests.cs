using System.Diagnostics;
using Workflow.Documents;
using Workflow.Hosting;

namespace Workflow.Tests.Documents;

/// <summary>A real process is killed (SIGKILL) at every named failpoint, at each of its hits; the next process finishes the work exactly once.</summary>
public sealed class KilledProcessTests
{
    public static TheoryData<string> Failpoints => new(DocumentFailpoints.All);

    [Theory]
    [MemberData(nameof(Failpoints))]
    public async Task Kill_AtFailpoint_IsRecoveredExactlyOnce(string failpoint)
    {
        var fired = 0;
        for (var hit = 1; ; hit++)
        {
            await using var room = await DocumentRoom.CreateAsync();
            var plan = await room.ThreeFilePlanAsync();
            var before = new Dictionary<string, string?> { ["proposal.md"] = room.Text("proposal.md"), ["specs/export/spec.md"] = room.Text("specs/export/spec.md"), ["review.md"] = null };
            await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

            var code = await HostAsync(room.Folder, $"{failpoint}=kill@{hit}");
            if (code == 0)
                break; // this often the failpoint is not reached
            fired++;
            Assert.Equal(137, code);
            AssertOldOrNew(room, before);

            Assert.Equal(0, await HostAsync(room.Folder, null));
            await room.RunAsync(plan.Id); // recovering twice is recovering once
            var update = room.Documents.Find(plan.Id)!;
            Assert.Equal(UpdateState.Applied, update.State);
            Assert.Equal(1, room.CommitsOf(plan.Id));
            Assert.NotNull(update.Commit);
            Assert.Empty(room.TemporaryFiles());
            Assert.All(update.Files, file => Assert.Equal(file.NewHash, room.HashOf(file.Path)));
            Assert.Equal(before["proposal.md"], File.ReadAllText(Path.Combine(room.Repository.Backups, plan.Id.Value, "proposal.md")));
            Assert.Equal("", await room.GitAsync("status", "--porcelain"));
        }

        Assert.True(fired > 0, $"{failpoint} is never reached: take it out, or reach it.");
    }

    private static void AssertOldOrNew(DocumentRoom room, Dictionary<string, string?> before)
    {
        var news = room.Documents.Find(room.Documents.GetUpdates(new UpdateFilter())[0].Id)!.Files.ToDictionary(file => file.Path, file => file.NewHash);
        foreach (var (path, old) in before)
        {
            var now = File.Exists(room.PathOf(path)) ? room.Text(path) : null;
            Assert.True(now == old || room.HashOf(path) == news[path], $"{path} is neither old nor new");
        }
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
