using System.Text.Json;
using EndToEndTests.Harness;
using Platform.Processes;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>Documents that cannot be worked on: told with the reason, never followed, never rewritten, and no obstacle for the others.</summary>
[Trait("Category", "EndToEnd")]
public sealed class BadDocumentTests
{
    private const string Bad = "bad-change";
    private const int HugeBytes = 50 * 1024 * 1024;

    private static readonly byte[] s_notUtf8 = [.. "# Change: Caf"u8, 0xE9, .. "\n\n## Why\n\nLatin-1.\n"u8];

    [Fact]
    public async Task Proposal_NotUtf8_IsReportedAndKeptByteForByte()
    {
        await using var served = await CreateAsync(folder => File.WriteAllBytes(Path.Combine(folder, "proposal.md"), s_notUtf8));
        await AssertReportedAsync(served, "proposal.md", "UTF-8");
        Assert.Equal(s_notUtf8, await File.ReadAllBytesAsync(Path.Combine(served.ChangeFolder(Bad), "proposal.md")));
    }

    [Fact]
    public async Task Proposal_Of50Megabytes_IsReportedAndNotRead()
    {
        await using var served = await CreateAsync(folder => File.WriteAllText(Path.Combine(folder, "proposal.md"), new string('x', HugeBytes)));
        await AssertReportedAsync(served, "proposal.md", "bytes");
        Assert.Equal(HugeBytes, new FileInfo(Path.Combine(served.ChangeFolder(Bad), "proposal.md")).Length);
    }

    [Fact]
    public async Task Proposal_LinkOutOfTheTree_IsReportedAndNotFollowed()
    {
        await using var served = await CreateAsync(folder =>
        {
            var outside = Path.GetFullPath(Path.Combine(folder, "..", "..", "..", "..", "outside.md"));
            File.WriteAllText(outside, "# Secret\n\n## Why\n\nNot yours.\n");
            File.Delete(Path.Combine(folder, "proposal.md"));
            File.CreateSymbolicLink(Path.Combine(folder, "proposal.md"), outside);
        });
        await AssertReportedAsync(served, "proposal.md", "link");
        Assert.Equal("# Secret\n\n## Why\n\nNot yours.\n", await File.ReadAllTextAsync(Path.Combine(served.Folder, "outside.md")));
        Assert.NotNull(new FileInfo(Path.Combine(served.ChangeFolder(Bad), "proposal.md")).LinkTarget);
    }

    [Fact]
    public async Task Change_IsALinkToAFolder_IsNotServed()
    {
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, 1);
            SampleRepository.WriteChange(Path.Combine(root, "..", "elsewhere"), "linked", 3);
            Directory.CreateSymbolicLink(Path.Combine(root, "openspec", "changes", "linked"), Path.GetFullPath(Path.Combine(root, "..", "elsewhere", "openspec", "changes", "linked")));
            return Task.CompletedTask;
        });
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        Assert.Contains("linked", (await served.DependencyAsync("openspec"))!.Value.Text("detail"));
        Assert.False(File.Exists(Path.Combine(served.ChangeFolder("linked"), "review.md")));
    }

    [Fact]
    public async Task Proposal_IsAPipe_IsReportedAndNothingHangs()
    {
        await using var served = await CreateAsync(_ => { });
        var proposal = Path.Combine(served.ChangeFolder(Bad), "proposal.md");
        File.Delete(proposal);
        var made = await ChildProcess.RunAsync(new ChildProcessCall("mkfifo", [proposal], "/", TimeSpan.FromSeconds(10)), CancellationToken.None);
        Assert.True(made.ExitCode == 0, made.Error);
        await AssertReportedAsync(served, "proposal.md", "pipe");
    }

    [Fact]
    public async Task Proposal_Unreadable_IsReportedAndKept()
    {
        await using var served = await CreateAsync(folder => File.SetUnixFileMode(Path.Combine(folder, "proposal.md"), UnixFileMode.None));
        await served.StartDaemonAsync();
        var changes = await served.WaitSettledAsync();
        if (Environment.IsPrivilegedProcess)
            Assert.DoesNotContain("cannot be read", changes[Bad].GetProperty("problems").ToString()); // root reads everything: an ordinary change
        else
            AssertProblem(changes[Bad], "proposal.md", "cannot be read");
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(served.ChangeFolder(Bad), "proposal.md")));
    }

    [Fact]
    public async Task Change_Empty_IsParkedUntilItHasADocument()
    {
        await using var served = await CreateAsync(folder =>
        {
            Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
        });
        await served.StartDaemonAsync();
        var changes = await served.WaitSettledAsync();
        Assert.Equal("parked", changes[Bad].Text("stage"));
        Assert.Contains("has no documents", changes[Bad].Text("reason"));
        Assert.Empty(Directory.GetFileSystemEntries(served.ChangeFolder(Bad)));

        SampleRepository.WriteChange(served.Root, Bad, 3);
        await Eventually.HoldsAsync("the change is done", async () => (await served.ChangesAsync())[Bad].Text("stage") == "done");
    }

    [Fact]
    public async Task Change_DeletedWhileItIsProcessed_IsGoneAndStaysGone()
    {
        const int Count = 8;
        await using var served = await CreateAsync(_ => { });
        var daemon = await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        for (var i = 0; i < Count; i++)
        {
            var name = $"short-lived-{i}";
            SampleRepository.WriteChange(served.Root, name, i);
            var (stages, wanted) = (new[] { "detected", "reviewing", "awaiting_answers", "drafting", "applying", "done" }, i % 6);
            await Eventually.HoldsAsync("it is being worked on", async () => (await served.ChangesAsync()).TryGetValue(name, out var change) && Array.IndexOf(stages, change.Text("stage")) >= wanted);
            await DeleteAsync(served.ChangeFolder(name));
        }

        var changes = await served.WaitSettledAsync();
        Assert.DoesNotContain(changes.Keys, name => name.StartsWith("short-lived", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(served.ChangesFolder, "short-lived*"));
        Assert.False(daemon.HasExited, daemon.Output);
        SampleRepository.WriteChange(served.Root, "after-all", 3);
        await Eventually.HoldsAsync("the daemon still works", async () => (await served.ChangesAsync()).TryGetValue("after-all", out var change) && change.Text("stage") == "done");
    }

    // A person's rm -r: repeated when a file appears meanwhile.
    private static Task DeleteAsync(string folder) => Eventually.HoldsAsync($"{folder} is deleted", () =>
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (IOException)
        {
        }

        return !Directory.Exists(folder);
    });

    // A good change and one that is spoilt after its kind; git need not be able to read it.
    private static async Task<ServedRepository> CreateAsync(Action<string> spoil)
    {
        var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, 0);
            SampleRepository.WriteChange(root, "good-change", 3);
            SampleRepository.WriteChange(root, Bad, 0);
            return Task.CompletedTask;
        });
        spoil(served.ChangeFolder(Bad));
        return served;
    }

    private static async Task AssertReportedAsync(ServedRepository served, string path, string reason)
    {
        await served.StartDaemonAsync();
        var changes = await served.WaitSettledAsync();
        AssertProblem(changes[Bad], path, reason);
        Assert.Equal("done", changes["good-change"].Text("stage"));
        Assert.Contains("#### Scenario", await File.ReadAllTextAsync(Directory.GetFiles(served.ChangeFolder("good-change"), "spec.md", SearchOption.AllDirectories).Single()));
        var shown = await served.WoAsync("show", Bad);
        Assert.True(shown.ExitCode == 0, shown.Error);
    }

    private static void AssertProblem(JsonElement change, string path, string reason) =>
        Assert.Contains(change.Items("problems"), problem => problem.GetString()!.StartsWith(path, StringComparison.Ordinal) && problem.GetString()!.Contains(reason, StringComparison.Ordinal));
}
