namespace Workflow.Tests.Documents;

/// <summary>Brings a repository into the middle of an operation, and out of it again.</summary>
internal static class GitStates
{
    public static async Task EnterAsync(DocumentRoom room, string operation)
    {
        switch (operation)
        {
            case "lock":
                await File.WriteAllTextAsync(await LockFileAsync(room), "");
                return;
            case "bisect":
                await AddCommitAsync(room, "second");
                await room.GitAsync("bisect", "start", "HEAD", "HEAD~1");
                return;
        }

        await MakeConflictAsync(room);
        switch (operation)
        {
            case "merge":
                await room.TryGitAsync("merge", "side");
                break;
            case "rebase":
                await room.TryGitAsync("rebase", "side");
                break;
            case "cherry-pick":
                await room.TryGitAsync("cherry-pick", "side");
                break;
            case "revert":
                await AddCommitAsync(room, "third");
                await room.TryGitAsync("revert", "--no-edit", "HEAD~1");
                break;
            case "am":
                await room.GitAsync("format-patch", "-q", "-1", "side", "-o", room.Folder);
                await room.TryGitAsync("am", Directory.GetFiles(room.Folder, "*.patch")[0]);
                break;
            default:
                throw new ArgumentException(operation, nameof(operation));
        }
    }

    public static async Task LeaveAsync(DocumentRoom room, string operation)
    {
        if (operation == "lock")
            File.Delete(await LockFileAsync(room));
        else
            await room.GitAsync(operation, operation == "bisect" ? "reset" : "--abort");
    }

    private static async Task<string> LockFileAsync(DocumentRoom room) => (await room.GitAsync("rev-parse", "--path-format=absolute", "--git-path", "index.lock")).Trim();

    // Two branches that change the same line of README.md.
    private static async Task MakeConflictAsync(DocumentRoom room)
    {
        await room.GitAsync("checkout", "-q", "-b", "side");
        await AddCommitAsync(room, "side");
        await room.GitAsync("checkout", "-q", "-"); // the branch or commit from before
        await AddCommitAsync(room, "main");
    }

    private static async Task AddCommitAsync(DocumentRoom room, string text)
    {
        await File.WriteAllTextAsync(Path.Combine(room.Repository.Root, "README.md"), text + "\n");
        await room.GitAsync("commit", "-q", "-m", text, "README.md");
    }
}
