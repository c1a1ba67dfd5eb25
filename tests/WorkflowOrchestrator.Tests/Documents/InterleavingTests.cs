using System.Text;
using OpenSpec.Editing;
using Workflow.Documents;
using Xunit.Abstractions;

namespace Workflow.Tests.Documents;

/// <summary>
/// Random interleavings of a human who edits two documents and updates of the same documents, on a real disk: he saves between the steps and in the middle of them,
/// and updates go one by one or together. <c>WO_TEST_INTERLEAVINGS</c> sets how many.
/// </summary>
public sealed class InterleavingTests(ITestOutputHelper output)
{
    private const int Interleavings = 150;

    [Fact]
    public async Task AnyInterleaving_NoHumanByteIsLostAndEveryUpdateIsInTheFileOrReported()
    {
        await using var room = await DocumentRoom.CreateAsync(git: false, settings: new() { ["document_updates.auto_commit"] = "false", ["document_updates.max_changed_lines"] = "10000", ["document_updates.max_updates_per_hour"] = "1000000" });
        var count = int.TryParse(Environment.GetEnvironmentVariable("WO_TEST_INTERLEAVINGS"), out var asked) ? asked : Interleavings;
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var saves = 0;
        for (var seed = 0; seed < count; seed++)
            saves += await RunAsync(room, new Random(seed), seed, ends);
        output.WriteLine($"{count} interleavings, seeds 0 to {count - 1}: {saves} saves of the human, all there; updates: {string.Join(", ", ends.Select(end => $"{end.Value} {end.Key}"))}.");
        Assert.True(ends.ContainsKey(nameof(UpdateState.Applied)) && ends.Count > 1, "the interleavings have become tame");
    }

    private static async Task<int> RunAsync(DocumentRoom room, Random random, int seed, SortedDictionary<string, int> ends)
    {
        string[] paths = [$"notes-{seed}.md", $"more-{seed}.md"]; // documents of their own, so that the limit on updates of one document stays out of this
        Array.ForEach(paths, path => room.Write(path, "start\n"));
        var human = new List<(string Path, string Line)>();
        var updates = new List<(UpdateId Id, string Path, string Text)>();
        for (var step = 0; step < 14; step++)
        {
            var path = paths[random.Next(2)];
            switch (random.Next(4))
            {
                case 0:
                    Save(path, $"human {seed} {step} ä\r\n");
                    break;
                case 1:
                    var plan = await PlanAsync(room, path, $"- update {seed} {step}\n", random);
                    updates.Add((plan.Id, path, $"- update {seed} {step}\n"));
                    await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
                    break;
                case 2 when updates.Count > 0:
                    await room.Steps.StepAsync(updates[random.Next(updates.Count)].Id, CancellationToken.None);
                    break;
                default:
                    var failpoint = DocumentFailpoints.All[random.Next(DocumentFailpoints.All.Count)];
                    await room.AdvanceWithHumanAsync(failpoint, () => Save(path, $"human {seed} {step} at {failpoint}\n"));
                    break;
            }
        }

        await room.Steps.AdvanceAsync(DocumentRoom.Change, CancellationToken.None);
        Assert.All(human, save => Assert.Contains(save.Line, room.Text(save.Path), StringComparison.Ordinal));
        foreach (var (id, path, line) in updates)
        {
            var state = room.Documents.Find(id)!.State;
            ends[state.ToString()] = ends.GetValueOrDefault(state.ToString()) + 1;
            Assert.True(state == UpdateState.Applied ? room.Text(path).Contains(line, StringComparison.Ordinal) : state is UpdateState.Superseded or UpdateState.Held, $"seed {seed}: {id} is {state}");
        }

        Assert.Empty(room.TemporaryFiles());
        Array.ForEach(paths, path => File.Delete(room.PathOf(path))); // else every later revision has to be read with them
        return human.Count;

        void Save(string path, string line)
        {
            human.Add((path, line));
            HumanSaves(room.PathOf(path), line, random);
        }
    }

    // Editors differ: some write in place, some put a new file in the old one's place.
    private static void HumanSaves(string path, string line, Random random)
    {
        var lines = Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\n');
        var at = random.Next(lines.Length);
        var text = string.Join('\n', lines[..at]) + (at == 0 ? "" : "\n") + line + string.Join('\n', lines[at..]);
        if (random.Next(2) == 0)
        {
            File.WriteAllText(path, text);
            return;
        }

        File.WriteAllText(path + "~", text);
        File.Move(path + "~", path, overwrite: true);
    }

    private static async Task<UpdatePlan> PlanAsync(DocumentRoom room, string path, string line, Random random)
    {
        var text = room.Text(path);
        var starts = Enumerable.Range(0, text.Length).Where(i => i == 0 || text[i - 1] == '\n').Append(text.Length).ToArray();
        var plan = await room.AppendPlanAsync(path, "");
        return plan with { Files = [new FileEdit.Patch(DocumentPath.Parse(path), room.HashOf(path), [new TextEdit(starts[random.Next(starts.Length)], "", line)])] };
    }
}
