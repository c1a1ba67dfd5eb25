using System.Collections.Concurrent;
using System.Text;
using Workflow.Documents;
using Xunit.Abstractions;

namespace Workflow.Tests.Documents;

/// <summary>The invariants of the fault list, checked after a fault and the recovery from it; one row a fault and step.</summary>
internal sealed class FaultTable
{
    private static readonly ConcurrentDictionary<(string Fault, string Step), string> s_rows = new();

    /// <summary>What is compared with afterwards.</summary>
    internal sealed record Before(IReadOnlyDictionary<string, string?> Texts, string Surroundings, long Questions);

    public static async Task<Before> RememberAsync(DocumentRoom room) => new(
        new Dictionary<string, string?> { ["proposal.md"] = TextOf(room, "proposal.md"), ["specs/export/spec.md"] = TextOf(room, "specs/export/spec.md"), ["review.md"] = TextOf(room, "review.md") },
        await RepositorySnapshot.TakeAsync(room),
        Questions(room));

    /// <summary>I1 right after a fault: every document has its old or its new bytes.</summary>
    public static void AssertOldOrNew(DocumentRoom room, Before before, params IReadOnlyList<UpdateId> ids)
    {
        var files = ids.SelectMany(id => room.Documents.Find(id)!.Files).ToDictionary(file => file.Path, file => file.NewHash);
        foreach (var (path, old) in before.Texts)
        {
            var now = TextOf(room, path);
            Assert.True(now == old || (now is not null && files.TryGetValue(path, out var hash) && room.HashOf(path) == hash), $"I1: {path} is neither old nor new");
        }
    }

    /// <summary>Checks I1 to I7 after the recovery and keeps the row.</summary>
    /// <param name="fault">Number and name in the fault list.</param>
    /// <param name="step">Where it struck.</param>
    /// <param name="expected">How the update has to end.</param>
    /// <param name="extra">I8 (exit code) and I9 (the cause was named), as far as the fault has them.</param>
    public static async Task CheckAsync(string fault, string step, DocumentRoom room, Before before, UpdateId id, UpdateState expected, string extra, ITestOutputHelper? output)
    {
        var update = room.Documents.Find(id)!;
        Assert.True(update.State == expected, $"{fault} at {step}: I6: the update is {update.State} ({update.StateReason}) and not {expected}");
        var isNew = expected is UpdateState.Applied;
        Assert.All(update.Files, file => Assert.Equal(isNew ? file.NewHash : file.BaseHash, File.Exists(room.PathOf(file.Path)) ? room.HashOf(file.Path) : null));
        var backup = BackupArchives.Of(room, id);
        if (isNew)
            Assert.All(update.Files.Where(file => file.BaseHash is not null), file => Assert.Equal(file.BaseHash, Workflow.Changes.RevisionHasher.HashDocument(backup[file.Path].Bytes)));
        Assert.Empty(room.TemporaryFiles());
        Assert.True(room.CommitsOf(id) <= 1 && update.Commit is null == (room.CommitsOf(id) == 0), $"{fault} at {step}: I4: {room.CommitsOf(id)} commits, {update.Commit} recorded");
        Assert.Equal(before.Surroundings, await RepositorySnapshot.TakeAsync(room));
        Assert.True(update.IsEnded, $"{fault} at {step}: I6");
        Assert.Equal(before.Questions, Questions(room));
        s_rows[(fault, step)] = $"| {fault} | {step} | old/new ok | {(isNew ? "ok" : "nothing written")} | ok | {room.CommitsOf(id)} | ok | {update.State} | ok | {extra} |";
        output?.WriteLine(s_rows[(fault, step)]);
    }

    /// <summary>The whole table so far, as text and as a file beside the test results.</summary>
    public static string Print()
    {
        var table = new StringBuilder("| fault | step | I1 documents | I2 backup | I3 no temporary file | I4 commits | I5 surroundings | I6 journal | I7 questions | I8 exit code, I9 cause named |\n|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var row in s_rows.OrderBy(row => row.Key.Fault, StringComparer.Ordinal).ThenBy(row => row.Key.Step, StringComparer.Ordinal))
            table.Append(row.Value).Append('\n');
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "WorkflowOrchestrator.sln")))
            folder = Path.GetDirectoryName(folder);
        if (folder is not null)
        {
            Directory.CreateDirectory(Path.Combine(folder, "artifacts", "tests"));
            File.WriteAllText(Path.Combine(folder, "artifacts", "tests", "fault-table.md"), table.ToString());
        }

        return table.ToString();
    }

    private static string? TextOf(DocumentRoom room, string path) => File.Exists(room.PathOf(path)) ? room.Text(path) : null;

    private static long Questions(DocumentRoom room) => room.Store.Read(reader => reader.First<long>("SELECT (SELECT COUNT(*) FROM question) + (SELECT COUNT(*) FROM answer)"));
}
