using Workflow.Changes;

namespace Workflow.Tests.Changes;

/// <summary>Looks at a part of the tree, on a real disk and a real store.</summary>
public sealed class ChangeDetectorTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly HashSet<ChangeId> s_nothing = [];

    private readonly TempTree _tree = new();
    private readonly TempStore _temp = new();
    private readonly ChangeDetector _detector;

    public ChangeDetectorTests() => _detector = new ChangeDetector(_tree.Scanner(), _temp.Changes);

    public Task InitializeAsync() => Task.CompletedTask;

    // What xunit 2 calls: it does not know IAsyncDisposable.
    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync()
    {
        _tree.Dispose();
        return _temp.DisposeAsync();
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public async Task Detect_NamesOfARenamedChangeOneAfterTheOther_IsARename(string first, string second)
    {
        _tree.Write("a/proposal.md", "1");
        await DetectAsync(null);
        Directory.Move(_tree.PathOf("a"), _tree.PathOf("b"));

        Assert.Equal(2, (await DetectAsync(first)).Deltas.Count);
        Assert.Empty((await DetectAsync(second)).Deltas);

        var known = _temp.Changes.Known();
        Assert.Equal(new GoneReason(GoneKind.Renamed, "b"), known[ChangeId.Parse("a")].Gone);
        Assert.True(known[ChangeId.Parse("b")].IsPresent);
    }

    [Fact]
    public async Task Detect_DeletedChangeBesideANewOne_ReadsNoOtherChange()
    {
        _tree.Write("a/proposal.md", "1");
        _tree.Write("c/proposal.md", "1");
        await DetectAsync(null);
        Directory.Delete(_tree.PathOf("a"), recursive: true);
        _tree.Write("b/proposal.md", "2"); // being written: not for this look
        _tree.Write("c/proposal.md", "2");

        Assert.Equal(new ChangeDelta.Gone(ChangeId.Parse("a"), GoneReason.Deleted), Assert.Single((await DetectAsync("a")).Deltas));
    }

    [Fact]
    public async Task Detect_CopyOfAChange_LeavesItAsItWas()
    {
        _tree.Write("a/proposal.md", "1");
        await DetectAsync(null);
        _tree.Write("b/proposal.md", "1");
        _tree.Write("a/proposal.md", "2"); // being written: not for this look

        Assert.Equal("b", Assert.IsType<ChangeDelta.NewRevision>(Assert.Single((await DetectAsync("b")).Deltas)).Id.Value);
    }

    private async Task<Detection> DetectAsync(string? change)
    {
        var detection = _detector.Detect(change is null ? null : [ChangeId.Parse(change)], s_nothing, CancellationToken.None);
        await _detector.RecordAsync(detection, CancellationToken.None);
        return detection;
    }
}
