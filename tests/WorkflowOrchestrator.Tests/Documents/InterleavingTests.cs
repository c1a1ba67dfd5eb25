using System.Text;
using OpenSpec.Editing;
using Workflow.Documents;
using Xunit.Abstractions;

namespace Workflow.Tests.Documents;

/// <summary>
/// Random interleavings of a human who edits a document and updates of the same document, on a real disk. <c>WO_TEST_INTERLEAVINGS</c> sets how many.
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
        var path = $"notes-{seed}.md"; // a document of its own, so that the limit on updates of one document stays out of this
        room.Write(path, "start\n");
        var human = new List<string>();
        var updates = new List<(UpdateId Id, string Text)>();
        for (var step = 0; step < 14; step++)
        {
            switch (random.Next(4))
            {
                case 0:
                    human.Add($"human {seed} {step} ä\r\n");
                    HumanSaves(room.PathOf(path), human[^1], random);
                    break;
                case 1:
                    var plan = await PlanAsync(room, path, $"- update {seed} {step}\n", random);
                    updates.Add((plan.Id, $"- update {seed} {step}\n"));
                    await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
                    break;
                default:
                    if (updates.Count > 0)
                        await room.Steps.StepAsync(updates[random.Next(updates.Count)].Id, CancellationToken.None);
                    break;
            }
        }

        foreach (var (id, _) in updates)
            await room.RunAsync(id);
        var text = room.Text(path);
        Assert.All(human, line => Assert.Contains(line, text, StringComparison.Ordinal));
        foreach (var (id, line) in updates)
        {
            var state = room.Documents.Find(id)!.State;
            ends[state.ToString()] = ends.GetValueOrDefault(state.ToString()) + 1;
            Assert.True(state == UpdateState.Applied ? text.Contains(line, StringComparison.Ordinal) : state is UpdateState.Superseded or UpdateState.Held, $"seed {seed}: {id} is {state}");
        }

        Assert.Empty(room.TemporaryFiles());
        File.Delete(room.PathOf(path)); // else every later revision has to be read with it
        return human.Count;
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
