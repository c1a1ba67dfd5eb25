using Workflow.Changes;

namespace Workflow.Tests.Changes;

/// <summary>Random work on the tree, in bursts without pauses, compared with what the disk itself says once it is quiet.</summary>
public sealed class ChangeWatcherModelTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string[] Names = ["alpha", "beta", "gamma", "delta"];
    private static readonly string[] Documents = ["proposal.md", "tasks.md", "specs/x/spec.md", "specs/y/deep/er/spec.md", "review.md", ".proposal.md.swp", "notes~"];

    private readonly WatcherHarness _harness = new();

    private TempTree Tree => _harness.Tree;

    public Task InitializeAsync() => Task.CompletedTask;

    // What xunit 2 calls: it does not know IAsyncDisposable.
    Task IAsyncLifetime.DisposeAsync() => _harness.DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task RandomOperations_AfterQuiet_EveryChangeIsKnownAsItIs(int seed)
    {
        var random = new Random(seed);
        await _harness.StartAsync(settleMilliseconds: 20, reconcileSeconds: 1);

        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 25; i++)
                Step(random);
            Directory.CreateDirectory(Tree.ChangesFolder);
            await _harness.UntilAsync(IsInAgreement, () => $"seed {seed}, round {round}: {Disagreement()}");
        }
    }

    private void Step(Random random)
    {
        var name = Names[random.Next(Names.Length)];
        var document = Documents[random.Next(Documents.Length)];
        var aside = Path.Join(Tree.Root, $"aside-{name}");
        switch (random.Next(20))
        {
            case < 9:
                Tree.Write($"{name}/{document}", $"{random.Next(1000)}");
                break;
            case 9 or 10:
                File.Delete(Existing($"{name}/{document}"));
                break;
            case 11:
                MoveFolder(Tree.PathOf(name), aside);
                break;
            case 12:
                MoveFolder(aside, Tree.PathOf(name));
                break;
            case 13:
                MoveFolder(Tree.PathOf(name), Tree.PathOf($"archive/2026-01-0{random.Next(1, 9)}-{name}"));
                break;
            case 14:
                MoveFolder(Tree.PathOf(name), Tree.PathOf(Names[random.Next(Names.Length)]));
                break;
            case 15:
                MoveFolder(Tree.PathOf($"{name}/specs"), Path.Join(Tree.Root, $"aside-specs-{name}"));
                break;
            case 16:
                RemoveFolder(Tree.PathOf(name));
                break;
            case 17:
                MoveFolder(Tree.OpenSpecFolder, Path.Join(Tree.Root, "aside-openspec"));
                break;
            case 18:
                MoveFolder(Path.Join(Tree.Root, "aside-openspec"), Tree.OpenSpecFolder);
                break;
            default:
                RemoveFolder(Tree.ChangesFolder);
                break;
        }
    }

    private string Existing(string relative) => File.Exists(Tree.PathOf(relative)) ? Tree.PathOf(relative) : Path.Join(Tree.Root, "nothing");

    private static void MoveFolder(string from, string to)
    {
        if (!Directory.Exists(from) || Directory.Exists(to))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        Directory.Move(from, to);
    }

    private static void RemoveFolder(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private bool IsInAgreement() => Disagreement() is null;

    /// <summary>The first difference between the disk and the store; null when there is none.</summary>
    private string? Disagreement()
    {
        var unfinished = _harness.Changes.Unfinished(); // read first: what it names is in the second reading, too
        var known = _harness.Changes.Known();
        foreach (var name in Names)
        {
            var id = ChangeId.Parse(name);
            var hash = Directory.Exists(Tree.PathOf(name)) ? Tree.Expected(name) : (RevisionHash?)null;
            var hasDocuments = hash is not null && hash != RevisionHasher.Compute([]);
            known.TryGetValue(id, out var change);
            if (hasDocuments && (change is not { IsPresent: true } || change.Revision != hash || _harness.Changes.CurrentRevision(id)?.Hash != hash))
                return $"{name} is {hash!.Value.Short} on disk and {change?.Revision.Short} ({change?.Gone?.ToString() ?? "present"}) in the store";
            if (hash is null && change is { IsPresent: true })
                return $"{name} is not on disk and present in the store";
            if (hash is not null && !hasDocuments && change is { IsPresent: true } && change.Revision != hash)
                return $"{name} has no documents and is {change.Revision.Short} in the store";
        }

        return unfinished.FirstOrDefault(revision => !known[revision.Change].IsPresent || known[revision.Change].Revision != revision.Hash) is { } stray
            ? $"{stray.Key} is unfinished and not what is on disk"
            : null;
    }
}
