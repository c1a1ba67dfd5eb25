using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Tests.Changes;

/// <summary>The watcher on real folders. The periodic scan is far away in most of these tests: what they wait for must come from events.</summary>
public sealed class ChangeWatcherTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly WatcherHarness _harness = new();

    private TempTree Tree => _harness.Tree;

    public Task InitializeAsync() => Task.CompletedTask;

    // What xunit 2 calls: it does not know IAsyncDisposable.
    Task IAsyncLifetime.DisposeAsync() => _harness.DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Start_ExistingChanges_AreDetectedByTheFirstScan()
    {
        Tree.Write("a/proposal.md", "1");
        Tree.Write("b/specs/x/spec.md", "1");

        await _harness.StartAsync();

        Assert.True(_harness.IsKnown("a") && _harness.IsKnown("b"));
        Assert.Equal(HealthState.Ok, _harness.Health.Find("openspec")!.State);
    }

    [Fact]
    public async Task Save_ExistingDocument_IsDetected()
    {
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync();

        Tree.Write("a/proposal.md", "2");

        await _harness.UntilKnownAsync("a");
    }

    [Theory]
    [InlineData("vim")]
    [InlineData("sed")]
    [InlineData("rename over")]
    public async Task Save_AsEditorsDoIt_GivesOneRevision(string editor)
    {
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync(settleMilliseconds: 150);

        switch (editor)
        {
            case "vim":
                Tree.Write("a/4913", "");
                File.Delete(Tree.PathOf("a/4913"));
                File.Move(Tree.PathOf("a/proposal.md"), Tree.PathOf("a/proposal.md~"));
                Tree.Write("a/proposal.md", "2");
                File.Delete(Tree.PathOf("a/proposal.md~"));
                break;
            case "sed":
                Tree.Write("a/sedT4xK2p", "2");
                File.Move(Tree.PathOf("a/sedT4xK2p"), Tree.PathOf("a/proposal.md"), overwrite: true);
                break;
            default:
                Tree.Write("a/.proposal.md.tmp", "2");
                File.Move(Tree.PathOf("a/.proposal.md.tmp"), Tree.PathOf("a/proposal.md"), overwrite: true);
                break;
        }

        await _harness.UntilKnownAsync("a");
        Assert.Equal(2, _harness.CountOf(EventTypes.RevisionDetected));
    }

    [Fact]
    public async Task Save_SeveralFilesInARow_IsOneRevision()
    {
        _harness.Git("init", "-q");
        await _harness.StartAsync(settleMilliseconds: 300);
        var indexLock = Path.Join(Tree.Root, ".git", "index.lock");
        await File.WriteAllTextAsync(indexLock, ""); // a disk that holds one of the writes up makes no second revision

        foreach (var name in new[] { "proposal.md", "design.md", "tasks.md", "specs/x/spec.md", "specs/y/z/spec.md" })
            Tree.Write($"a/{name}", name);
        File.Delete(indexLock);

        await _harness.UntilKnownAsync("a");
        Assert.Equal(1, _harness.CountOf(EventTypes.RevisionDetected));
    }

    [Fact]
    public async Task Write_NewNestedFoldersAtOnce_AllAreDetected()
    {
        await _harness.StartAsync();

        for (var i = 0; i < 50; i++)
            Tree.Write($"change-{i}/specs/deep/er/spec.md", $"{i}");

        await _harness.UntilAsync(() => Enumerable.Range(0, 50).All(i => _harness.IsKnown($"change-{i}")));
    }

    [Fact]
    public async Task MoveIn_WholeFolder_IsDetectedWithItsChildren()
    {
        var outside = Directory.CreateDirectory(Path.Join(Tree.Root, "outside")).FullName;
        Directory.CreateDirectory(Path.Join(outside, "specs", "x"));
        File.WriteAllText(Path.Join(outside, "specs", "x", "spec.md"), "1");
        await _harness.StartAsync();

        Directory.Move(outside, Tree.PathOf("a"));
        await _harness.UntilKnownAsync("a");
        Tree.Write("a/specs/x/spec.md", "2");

        await _harness.UntilKnownAsync("a");
    }

    [Fact]
    public async Task MoveOut_FolderThenWriteAnother_BothAreSeen()
    {
        Tree.Write("a/specs/x/spec.md", "1");
        Tree.Write("b/proposal.md", "1");
        await _harness.StartAsync(reconcileSeconds: 3);

        // dotnet/runtime#133420: this can end the watcher's thread without an error.
        Directory.Move(Tree.PathOf("a"), Path.Join(Tree.Root, "outside"));
        Tree.Write("b/proposal.md", "2");

        await _harness.UntilGoneAsync("a", nameof(GoneKind.Deleted));
        await _harness.UntilKnownAsync("b");
        Tree.Write("b/proposal.md", "3");
        await _harness.UntilKnownAsync("b");
    }

    [Fact]
    public async Task MoveOut_FolderInsideAChange_LaterSavesAreSeen()
    {
        Tree.Write("a/specs/x/spec.md", "1");
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync(reconcileSeconds: 3);

        Directory.Move(Tree.PathOf("a/specs"), Path.Join(Tree.Root, "outside"));
        Tree.Write("a/proposal.md", "2");

        await _harness.UntilKnownAsync("a");
        Tree.Write("a/proposal.md", "3");
        await _harness.UntilKnownAsync("a");
    }

    [Fact]
    public async Task Archive_Change_IsGoneAsArchived()
    {
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync();
        Directory.CreateDirectory(Tree.PathOf("archive"));

        Directory.Move(Tree.PathOf("a"), Tree.PathOf("archive/2020-01-01-a"));

        await _harness.UntilGoneAsync("a", nameof(GoneKind.Archived));
        Assert.Equal("2020-01-01-a", _harness.Changes.Known()[ChangeId.Parse("a")].Gone!.Detail);
    }

    [Fact]
    public async Task Rename_Change_IsGoneAndNew()
    {
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync();

        Directory.Move(Tree.PathOf("a"), Tree.PathOf("b"));

        await _harness.UntilKnownAsync("b");
        await _harness.UntilGoneAsync("a", nameof(GoneKind.Renamed));
    }

    [Fact]
    public async Task Checkout_BranchWithoutOpenSpecAndBack_LosesAndRepeatsNothing()
    {
        Tree.Write("a/proposal.md", "1");
        Tree.Write("b/specs/x/spec.md", "1");
        File.WriteAllText(Path.Join(Tree.Root, "README.md"), "x");
        _harness.Git("init", "-q");
        _harness.Git("add", "README.md");
        _harness.Git("commit", "-qm", "without");
        _harness.Git("branch", "without");
        _harness.Git("add", ".");
        _harness.Git("commit", "-qm", "with");
        await _harness.StartAsync();

        _harness.Git("checkout", "-q", "without");
        await _harness.UntilGoneAsync("a", nameof(GoneKind.RootAway));
        await _harness.UntilGoneAsync("b", nameof(GoneKind.RootAway));
        await _harness.UntilAsync(() => _harness.Health.Find("openspec")!.State == HealthState.Degraded);
        Assert.Contains("is missing", _harness.Health.Find("openspec")!.Detail, StringComparison.Ordinal);

        _harness.Git("checkout", "-q", "main");
        await _harness.UntilKnownAsync("a");
        await _harness.UntilKnownAsync("b");
        Assert.Equal(2, _harness.CountOf(EventTypes.RevisionDetected));

        Tree.Write("a/proposal.md", "2");
        await _harness.UntilKnownAsync("a");
        Assert.Equal(3, _harness.CountOf(EventTypes.RevisionDetected));
        await _harness.UntilAsync(() => _harness.Health.Find("openspec")!.State == HealthState.Ok);
    }

    [Fact]
    public async Task Root_RenamedAwayAndRecreated_IsFollowedByPath()
    {
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync();

        Directory.Move(Tree.OpenSpecFolder, Path.Join(Tree.Root, "aside"));
        Tree.Write("b/proposal.md", "another");
        await _harness.UntilKnownAsync("b");
        Tree.Write("b/proposal.md", "2");

        await _harness.UntilKnownAsync("b");
        await _harness.UntilGoneAsync("a", nameof(GoneKind.Deleted));
    }

    [Fact]
    public async Task Start_NoOpenSpecFolder_WaitsForIt()
    {
        Directory.Delete(Tree.OpenSpecFolder, recursive: true);
        await _harness.StartAsync();
        Assert.Equal(HealthState.Degraded, _harness.Health.Find("openspec")!.State);

        Tree.Write("a/proposal.md", "1");

        await _harness.UntilKnownAsync("a");
    }

    [Fact]
    public async Task Start_FileInsteadOfFolder_IsDownWithRemedy()
    {
        Directory.Delete(Tree.ChangesFolder);
        File.WriteAllText(Tree.ChangesFolder, "");

        await _harness.StartAsync();

        var health = _harness.Health.Find("openspec")!;
        Assert.Equal(HealthState.Down, health.State);
        Assert.NotNull(health.Remedy);
    }

    [Fact]
    public async Task Save_WhileGitHoldsTheIndex_WaitsForGit()
    {
        Tree.Write("a/proposal.md", "1");
        _harness.Git("init", "-q");
        await _harness.StartAsync();
        var indexLock = Path.Join(Tree.Root, ".git", "index.lock");
        await File.WriteAllTextAsync(indexLock, "");

        // As long as git writes, nothing is read however quiet it is: half a checkout would be a revision that nobody meant.
        Tree.Write("a/proposal.md", "half");
        await Assert.ThrowsAsync<TimeoutException>(() => _harness.UntilKnownAsync("a").WaitAsync(TimeSpan.FromSeconds(1)));
        Tree.Write("a/proposal.md", "whole");
        File.Delete(indexLock);

        await _harness.UntilKnownAsync("a");
        Assert.Equal(2, _harness.CountOf(EventTypes.RevisionDetected));
    }

    [Fact]
    public async Task Save_GitTakesTheIndexWhileItIsRead_WaitsForGit()
    {
        Tree.Write("a/proposal.md", "1");
        _harness.Git("init", "-q");
        var indexLock = Path.Join(Tree.Root, ".git", "index.lock");
        var time = new ScanTime();
        await _harness.StartAsync(time: time);
        time.Scanned = () => File.WriteAllText(indexLock, "");

        Tree.Write("a/proposal.md", "half");
        await Testing.Eventually.HoldsAsync("git has come in between", () => File.Exists(indexLock));
        var settled = _harness.Watcher.SettledAsync(ChangeId.Parse("a"), CancellationToken.None);
        await Assert.ThrowsAsync<TimeoutException>(() => _harness.UntilKnownAsync("a").WaitAsync(TimeSpan.FromSeconds(1)));
        Tree.Write("a/proposal.md", "whole");
        File.Delete(indexLock);

        await _harness.UntilKnownAsync("a");
        await settled.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, _harness.CountOf(EventTypes.RevisionDetected));
    }

    /// <summary>The system's clock, which tells once that the scanner has asked for the time: it does so when it has read a document.</summary>
    private sealed class ScanTime : TimeProvider
    {
        private Action? _scanned;

        public Action Scanned
        {
            set => Volatile.Write(ref _scanned, value);
        }

        public override DateTimeOffset GetUtcNow()
        {
            if (Volatile.Read(ref _scanned) is not null && Environment.StackTrace.Contains(nameof(ChangeScanner), StringComparison.Ordinal))
                Interlocked.Exchange(ref _scanned, null)?.Invoke();
            return base.GetUtcNow();
        }
    }

    [Fact]
    public async Task ScanNow_AfterSave_IsInTheStore()
    {
        await _harness.StartAsync(settleMilliseconds: 10_000);
        Tree.Write("a/proposal.md", "1");

        await _harness.Watcher.ScanNowAsync(CancellationToken.None);

        Assert.True(_harness.IsKnown("a"));
    }

    [Fact]
    public async Task Restart_NothingChanged_DetectsNothingAgain()
    {
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync();
        await _harness.Watcher.ScanNowAsync(CancellationToken.None);
        await _harness.Watcher.ScanNowAsync(CancellationToken.None);

        Assert.Equal([EventTypes.RevisionDetected], _harness.Events.Select(committed => committed.Type));
    }

    [Fact]
    public async Task Settled_AfterSave_StoreKnowsIt()
    {
        Tree.Write("a/proposal.md", "1");
        await _harness.StartAsync(settleMilliseconds: 100);
        Tree.Write("a/proposal.md", "2");

        await _harness.Watcher.SettledAsync(ChangeId.Parse("a"), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(_harness.IsKnown("a"));
        await _harness.Watcher.SettledAsync(ChangeId.Parse("no-such-change"), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
