using System.Formats.Tar;
using System.Globalization;
using System.Text.Json;
using EndToEndTests.Harness;
using Workflow.Changes;
using Workflow.Commands;
using Xunit.Abstractions;

namespace EndToEndTests;

/// <summary>
/// kill -9 at random moments while twenty changes are worked on and people go on saving. <c>WO_TEST_STORM=full</c> kills thirty times;
/// <c>WO_TEST_SEED</c> repeats a run as far as the machine allows.
/// </summary>
[Trait("Category", "EndToEnd")]
public sealed class KillStormTests(ITestOutputHelper output)
{
    private const int Changes = 20;
    private const int SavesBetweenKills = 4;
    private const int LongestStart = 900;
    private const int LongestWork = 600;

    private static readonly string[] s_edited = ["M  staged.txt", " M README.md", "?? notes.txt"];

    [Fact]
    public async Task Kill_AtRandomMoments_NothingIsLostDoneTwiceOrHalfDone()
    {
        var kills = Environment.GetEnvironmentVariable("WO_TEST_STORM") == "full" ? 30 : 8;
        var seed = Environment.GetEnvironmentVariable("WO_TEST_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : Environment.TickCount;
        output.WriteLine($"WO_TEST_SEED={seed}");
        var random = new Random(seed);
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, Changes);
            File.WriteAllText(Path.Combine(root, "staged.txt"), "old\n");
            return Task.CompletedTask;
        });
        var human = new HumanBytes(served);
        await LeaveWorkOfAPersonAsync(served);
        await served.StartMcpOrchestratorAsync();

        for (var kill = 1; kill <= kills; kill++)
        {
            var daemon = await served.StartDaemonAsync(wait: false);
            var inStart = random.Next(4) == 0;
            if (!inStart)
                await served.WaitReadyAsync(daemon);
            await Task.Delay(random.Next(inStart ? LongestStart : LongestWork)); // the random moment itself
            Assert.False(daemon.HasExited, daemon.Output);
            await daemon.KillAsync();
            for (var save = 0; save < SavesBetweenKills; save++)
                human.Save(SampleRepository.NameOf(random.Next(Changes)), $"Note {kill:00}{save}");
        }

        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        await AssertWholeAsync(served, human);
    }

    // Staged, unstaged and untracked work outside the changes: all of it has to be there at the end, exactly so.
    private static async Task LeaveWorkOfAPersonAsync(ServedRepository served)
    {
        await File.WriteAllTextAsync(Path.Combine(served.Root, "staged.txt"), "new and staged\n");
        await served.Git.RunAsync("add", "staged.txt");
        await File.AppendAllTextAsync(Path.Combine(served.Root, "README.md"), "unstaged\n");
        await File.WriteAllTextAsync(Path.Combine(served.Root, "notes.txt"), "untracked\n");
    }

    private static async Task AssertWholeAsync(ServedRepository served, HumanBytes human)
    {
        var updates = await served.UpdatesAsync();
        var applied = updates.Where(update => update.Text("state") == "applied").Select(update => update.Text("update_id")).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(applied);

        var commits = (await served.Git.LogAsync()).Select(commit => commit.Trailer("Workflow-Update")).OfType<string>().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(applied, commits);
        var backups = Directory.GetFiles(Path.Combine(served.StateFolder, "backups"), "*.tar").SelectMany(EntriesOf).ToHashSet(StringComparer.Ordinal);
        Assert.All(applied, id => Assert.Contains($"{id}/manifest.json", backups));
        Assert.Empty(backups.Select(entry => entry.Split('/')[0]).Except(updates.Select(update => update.Text("update_id"))));

        Assert.DoesNotContain(Directory.EnumerateFiles(served.Root, "*", SearchOption.AllDirectories), IsTemporary);
        human.AssertOldOrNew(updates);
        Assert.All(served.ActiveChanges(), change => AssertNothingTwice(served, change));

        // What a person saved and no update touched since is still as the person left it: uncommitted. Nothing else differs.
        var status = await served.Git.StatusAsync();
        Assert.Equal(s_edited.Order(StringComparer.Ordinal), status.Where(line => !line.Contains("openspec/changes/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.All(status.Except(s_edited), line => Assert.True(human.StandsAsSaved(line[3..]), line));
    }

    private static List<string> EntriesOf(string archive)
    {
        using var reader = new TarReader(File.OpenRead(archive));
        var names = new List<string>();
        while (reader.GetNextEntry() is { } entry)
            names.Add(entry.Name);
        return names;
    }

    private static bool IsTemporary(string path) =>
        path.EndsWith(".tmp", StringComparison.Ordinal) || path.EndsWith(".lock", StringComparison.Ordinal) || Path.GetFileName(path).Contains(".wo-", StringComparison.Ordinal);

    // A question or a repair that was written twice shows in the documents.
    private static void AssertNothingTwice(ServedRepository served, string change)
    {
        var proposal = File.ReadAllText(Path.Combine(served.ChangeFolder(change), "proposal.md"));
        Assert.True(proposal.Split("## Clarifications").Length <= 2, proposal);
        var marks = proposal.Split('\n').Select(line => line.LastIndexOf("<!-- q-", StringComparison.Ordinal) is var at and >= 0 ? line[at..] : "").Where(mark => mark != "").ToList();
        Assert.Equal(marks.Distinct(StringComparer.Ordinal).Count(), marks.Count);
    }

    /// <summary>Every byte sequence that a person gave to a document.</summary>
    private sealed class HumanBytes
    {
        private readonly ServedRepository _served;
        private readonly Dictionary<string, HashSet<string>> _saved = new(StringComparer.Ordinal);

        public HumanBytes(ServedRepository served)
        {
            _served = served;
            foreach (var path in Documents())
                Remember(path);
        }

        /// <summary>Adds a requirement with a fault to a change's delta, as a person would, replacing the file as editors do.</summary>
        public void Save(string change, string title)
        {
            var delta = Directory.EnumerateFiles(Path.Combine(_served.ChangeFolder(change), "specs"), "spec.md", SearchOption.AllDirectories).Single();
            var temporary = delta + "~";
            File.WriteAllText(temporary, File.ReadAllText(delta).TrimEnd('\n') + "\n" + SampleRepository.FaultyRequirement(title));
            File.Move(temporary, delta, overwrite: true);
            Remember(Path.GetRelativePath(_served.Root, delta));
        }

        /// <summary>Each document is what a person saved, or what an update on record wrote: nothing in between.</summary>
        public void AssertOldOrNew(IReadOnlyList<JsonElement> updates)
        {
            var written = updates
                .SelectMany(update => update.Items("files").Select(file => (Path: $"openspec/changes/{update.Text("change")}/{file.Text("path")}", Hash: file.Text("new_hash"))))
                .ToLookup(file => file.Path, file => file.Hash, StringComparer.Ordinal);
            Assert.All(Documents(), path => Assert.True(StandsAsSaved(path) || written[path].Contains(HashOf(path)), $"{path} has bytes of nobody"));
        }

        public bool StandsAsSaved(string path) => _saved.TryGetValue(path, out var hashes) && hashes.Contains(HashOf(path));

        private IEnumerable<string> Documents() =>
            Directory.EnumerateFiles(Path.Combine(_served.Root, "openspec"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_served.Root, path));

        private void Remember(string path)
        {
            if (!_saved.TryGetValue(path, out var hashes))
                _saved[path] = hashes = new HashSet<string>(StringComparer.Ordinal);
            hashes.Add(HashOf(path));
        }

        private string HashOf(string path) => RevisionHasher.HashDocument(File.ReadAllBytes(Path.Combine(_served.Root, path)));
    }
}
