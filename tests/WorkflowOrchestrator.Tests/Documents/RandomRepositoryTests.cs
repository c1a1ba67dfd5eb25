using System.Text;

namespace Workflow.Tests.Documents;

/// <summary>
/// Repositories in random states: whatever a person has dirty, staged, half staged, stashed, renamed, untracked or in progress is byte for byte the same
/// after an update, and no update has more than one commit. <c>WO_TEST_REPOSITORIES</c> sets how many (the issue asks for 500).
/// </summary>
public sealed class RandomRepositoryTests
{
    private static readonly string[] s_operations = ["merge", "rebase", "cherry-pick", "revert", "bisect", "am", "lock"];

    [Fact]
    public async Task Apply_AnyRepositoryState_TouchesNothingElse()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("WO_TEST_REPOSITORIES"), out var asked) ? asked : 25;
        for (var seed = 1; seed <= count; seed++)
            await RunAsync(new Random(seed), seed);
    }

    private static async Task RunAsync(Random random, int seed)
    {
        await using var room = await DocumentRoom.CreateAsync(settings: new() { ["document_updates.git_timeout"] = "20" });
        var story = new StringBuilder($"seed {seed}:");
        await DisturbAsync(room, random, story);
        var before = await RepositorySnapshot.TakeAsync(room);
        var plan = await room.ThreeFilePlanAsync();

        var update = await room.ApplyAsync(plan);
        var after = await RepositorySnapshot.TakeAsync(room);

        Assert.True(before == after, $"{story}\nupdate: {update.State} {update.StateReason} {update.CommitNote}\n--- before\n{before}\n--- after\n{after}");
        Assert.True(room.CommitsOf(plan.Id) <= 1, story.ToString());
        Assert.True(update.Commit is null == (room.CommitsOf(plan.Id) == 0), story.ToString());
        Assert.Empty(room.TemporaryFiles());
    }

    private static async Task DisturbAsync(DocumentRoom room, Random random, StringBuilder story)
    {
        for (var i = 0; i < 4; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(room.Repository.Root, $"file{i}.txt"), "one\ntwo\nthree\n");
        }

        await room.GitAsync("add", "file0.txt", "file1.txt", "file2.txt", "file3.txt");
        await room.GitAsync("commit", "-q", "-m", "files");
        if (random.Next(2) == 0)
        {
            story.Append(" change-committed");
            await room.GitAsync("add", "openspec");
            await room.GitAsync("commit", "-q", "-m", "change");
        }

        if (random.Next(3) == 0)
        {
            story.Append(" stash");
            await File.AppendAllTextAsync(Path.Combine(room.Repository.Root, "file3.txt"), "stashed\n");
            await room.GitAsync("stash", "push", "-q", "file3.txt");
        }

        var operation = random.Next(3) == 0 ? s_operations[random.Next(s_operations.Length)] : null;
        if (operation is not null and not "lock")
            await GitStates.EnterAsync(room, operation);
        await DirtyAsync(room, random, story, isIdle: operation is null or "lock" or "bisect");
        if (random.Next(4) == 0)
        {
            story.Append(" hook");
            room.WriteHook("pre-commit", random.Next(2) == 0 ? "exit 1" : "echo ran >> .git/hook-ran");
        }

        if (operation is null && random.Next(4) == 0)
        {
            story.Append(" detached");
            await room.GitAsync("checkout", "-q", "--detach");
        }

        if (operation == "lock")
            await GitStates.EnterAsync(room, operation);
        story.Append($" operation={operation}");
    }

    private static async Task DirtyAsync(DocumentRoom room, Random random, StringBuilder story, bool isIdle)
    {
        string At(string name) => Path.Combine(room.Repository.Root, name);
        for (var i = 0; i < 3; i++)
        {
            switch (random.Next(7))
            {
                case 0:
                    story.Append(" dirty");
                    await File.AppendAllTextAsync(At("file0.txt"), "dirty\n");
                    break;
                case 1:
                    story.Append(" staged");
                    await File.AppendAllTextAsync(At("file1.txt"), "staged\n");
                    await room.GitAsync("add", "file1.txt");
                    break;
                case 2:
                    story.Append(" half-staged");
                    await File.AppendAllTextAsync(At("file2.txt"), "staged\n");
                    await room.GitAsync("add", "file2.txt");
                    await File.AppendAllTextAsync(At("file2.txt"), "not staged\n");
                    break;
                case 3 when isIdle && File.Exists(At("file3.txt")):
                    story.Append(" renamed");
                    await room.GitAsync("mv", "file3.txt", "file4.txt");
                    break;
                case 4:
                    story.Append(" untracked");
                    await File.WriteAllTextAsync(At("untracked.txt"), "mine\n");
                    break;
                case 5:
                    story.Append(" intent");
                    await File.WriteAllTextAsync(At("intent.txt"), "mine\n");
                    await room.GitAsync("add", "-N", "intent.txt");
                    break;
                default:
                    story.Append(" document-staged");
                    await room.TryGitAsync("add", "openspec/changes/add-export/proposal.md");
                    break;
            }
        }
    }
}
