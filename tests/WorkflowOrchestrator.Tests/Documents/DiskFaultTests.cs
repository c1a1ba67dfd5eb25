using Workflow.Documents;
using Workflow.Questions;
using Xunit.Abstractions;

namespace Workflow.Tests.Documents;

/// <summary>
/// Faults 8 to 10 with the real thing: a file system that is full, or mounted read-only, below the documents, the state folder or <c>.git</c>, in a mount
/// namespace of its own. The first process meets the fault; the second finds it mended and finishes the update.
/// </summary>
public sealed class DiskFaultTests(ITestOutputHelper output)
{
    // Fills a small file system below the folder, runs the updates, makes room, runs them again.
    private const string Full = """
        cp -a "$part" "$folder/saved" && mount -t tmpfs -o size=6m tmpfs "$part" && cp -a "$folder/saved/." "$part/" || exit 90
        dd if=/dev/zero of="$part/filler" bs=512 2>/dev/null
        "$@" >"$folder/first.txt" 2>&1; echo "exit code $?" >>"$folder/first.txt"
        mkdir "$folder/during" && cp -a "$documents/." "$folder/during/"
        rm -f "$part/filler"
        "$@" >"$folder/second.txt" 2>&1; echo "exit code $?" >>"$folder/second.txt"
        rm -rf "$folder/saved" && mkdir "$folder/after" && cp -a "$part/." "$folder/after/"
        """;

    private const string ReadOnly = """
        mount --bind "$part" "$part" && mount -o remount,ro,bind "$part" || exit 90
        "$@" >"$folder/first.txt" 2>&1; echo "exit code $?" >>"$folder/first.txt"
        mkdir "$folder/during" && cp -a "$documents/." "$folder/during/"
        umount "$part" || exit 91
        "$@" >"$folder/second.txt" 2>&1; echo "exit code $?" >>"$folder/second.txt"
        """;

    /// <summary>Fault, what it is below of, how the update ends, commits: a read-only document is refused; a read-only <c>.git</c> leaves the update without a commit.</summary>
    public static TheoryData<string, string, string, int> Faults => new()
    {
        { "8 disk full", "repo", nameof(UpdateState.Applied), 1 },
        { "8 disk full", "repo/.git", nameof(UpdateState.Applied), 1 },
        { "8 disk full", "state", nameof(UpdateState.Applied), 1 },
        { "9 read-only mount", "repo/openspec", nameof(UpdateState.Refused), 0 },
        { "9 read-only mount", "state", nameof(UpdateState.Applied), 1 },
        { "10 read-only mount", "repo/.git", nameof(UpdateState.Applied), 0 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Apply_RealFault_LosesNothingAndGoesOnWhenItIsMended(string fault, string part, string end, int commits)
    {
        if (!OperatingSystem.IsLinux())
            return; // mount namespaces
        string folder;
        UpdateId id;
        FaultTable.Before before;
        await using (var first = await DocumentRoom.CreateAsync())
        {
            await first.Questions.AskQuestionAsync(new NewQuestion("Is anything lost?", "test"));
            var plan = await first.ThreeFilePlanAsync();
            id = plan.Id;
            before = await FaultTable.RememberAsync(first);
            await first.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
            folder = Directory.CreateTempSubdirectory("wo-disk-").FullName;
            await RunAsync("cp", "-a", Path.Combine(first.Folder, "."), folder);
        }

        await StrikeAsync(folder, part, fault.Contains("full", StringComparison.Ordinal));
        await using var room = DocumentRoom.Open(folder, keep: false);
        foreach (var (path, old) in before.Texts)
        {
            var during = Path.Combine(folder, "during", path);
            var now = File.Exists(during) ? await File.ReadAllTextAsync(during) : null;
            Assert.True(now == old || now == room.Text(path), $"I1: {path} was neither old nor new while the fault lasted");
        }

        var update = room.Documents.Find(id)!;
        var cause = (await File.ReadAllTextAsync(Path.Combine(folder, "first.txt"))).Split('\n')[0];
        if (cause == "exit code 0")
            cause = update.StateReason ?? update.CommitNote ?? ""; // it did not have to wait
        Assert.Matches("(?i)full|no space|read-only|readonly", cause);
        await FaultTable.CheckAsync(fault, part, room, before, id, Enum.Parse<UpdateState>(end), $"named: {cause}", output);
        Assert.Equal(commits, room.CommitsOf(id));
        output.WriteLine(FaultTable.Print());
    }

    private static async Task StrikeAsync(string folder, string part, bool isFull)
    {
        var target = Path.Combine(folder, part);
        var head = $"folder='{folder}' part='{target}' documents='{Path.Combine(folder, "repo", "openspec", "changes", DocumentRoom.Change.Value)}'\n";
        var text = await RunAsync("unshare", "-rm", "sh", "-c", head + (isFull ? Full : ReadOnly), "sh", "dotnet", "exec", typeof(DiskFaultTests).Assembly.Location, "run-updates", folder);
        Assert.True(File.Exists(Path.Combine(folder, "second.txt")), $"The fault could not be made (unshare and mount are needed): {text}");
        if (isFull)
        {
            Directory.Delete(target, recursive: true);
            Directory.Move(Path.Combine(folder, "after"), target);
        }

        Assert.EndsWith("exit code 0\n", await File.ReadAllTextAsync(Path.Combine(folder, "second.txt")), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var result = await Platform.Processes.ChildProcess.RunAsync(new(program, arguments, "/", TimeSpan.FromSeconds(120)), CancellationToken.None);
        return $"exit code {result.ExitCode}: {result.Error}{result.Output}";
    }
}
