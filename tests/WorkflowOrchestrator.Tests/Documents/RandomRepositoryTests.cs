using System.Text;
using Workflow.Documents;
using Xunit.Abstractions;

namespace Workflow.Tests.Documents;

/// <summary>
/// Repositories in random states: whatever a person has dirty, staged, half staged, stashed, renamed, untracked or in progress is byte for byte the same
/// after an update, and no update has more than one commit. <c>WO_TEST_REPOSITORIES</c> sets how many.
/// </summary>
public sealed class RandomRepositoryTests(ITestOutputHelper output)
{
    private const int Repositories = 40;

    [Fact]
    public async Task Apply_AnyRepositoryState_TouchesNothingElse()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("WO_TEST_REPOSITORIES"), out var asked) ? asked : Repositories;
        var template = await RandomRepository.MakeTemplateAsync();
        var tally = new SortedDictionary<string, SortedDictionary<string, int>>(StringComparer.Ordinal);
        try
        {
            for (var seed = 1; seed <= count; seed++)
            {
                var (traits, outcome) = await RunAsync(template, seed);
                foreach (var trait in traits.Distinct())
                {
                    if (!tally.TryGetValue(trait, out var outcomes))
                        tally[trait] = outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
                    outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                }
            }
        }
        finally
        {
            Directory.Delete(template, recursive: true);
        }

        output.WriteLine($"{count} repositories, seeds 1 to {count}; nothing but the update's own documents and branch changed in any of them.\n{Print(tally)}");
    }

    private static async Task<(IReadOnlyList<string> Traits, string Outcome)> RunAsync(string template, int seed)
    {
        await using var repository = await RandomRepository.CreateAsync(template, seed);
        var room = repository.Room;
        var story = $"seed {seed}: {string.Join(' ', repository.Traits)}";
        var before = await RepositorySnapshot.TakeAsync(room, repository.Neighbour);
        // One update of three documents, or three updates that are written together.
        IReadOnlyList<UpdatePlan> plans = seed % 2 == 0 ? await room.GroupPlansAsync() : [await room.ThreeFilePlanAsync()];

        var updates = await room.ApplyAsync(plans);
        var after = await RepositorySnapshot.TakeAsync(room, repository.Neighbour);

        var update = updates[0];
        var commits = room.CommitsOf(update.Id);
        Assert.True(before == after, $"{story}\nupdate: {update.State} {update.StateReason} {update.CommitNote}\n--- before\n{before}\n--- after\n{after}");
        foreach (var one in updates)
        {
            Assert.True(one.State == update.State && one.Commit == update.Commit, $"{story}: written together, and one is {one.State} {one.Commit}, another {update.State} {update.Commit}");
            Assert.True(room.CommitsOf(one.Id) == commits && commits <= 1, $"{story}: {commits} commits");
            Assert.True(one.Commit is null == (commits == 0), $"{story}: {commits} commits, recorded {one.Commit}");
        }

        Assert.True(update.State is not UpdateState.Applied || room.Text("proposal.md").Contains("## Clarifications", StringComparison.Ordinal), story);
        Assert.Empty(room.TemporaryFiles());
        return (repository.Traits, update.State == UpdateState.Applied ? (commits == 1 ? "committed" : "applied, not committed") : $"waits ({update.State})");
    }

    private static string Print(SortedDictionary<string, SortedDictionary<string, int>> tally)
    {
        var outcomes = tally.Values.SelectMany(row => row.Keys).Distinct().Order(StringComparer.Ordinal).ToList();
        var text = new StringBuilder($"| state | {string.Join(" | ", outcomes)} |\n|---|{string.Concat(outcomes.Select(_ => "---|"))}\n");
        foreach (var (trait, row) in tally)
            text.Append($"| {trait} | {string.Join(" | ", outcomes.Select(outcome => row.GetValueOrDefault(outcome)))} |\n");
        return text.ToString();
    }
}
