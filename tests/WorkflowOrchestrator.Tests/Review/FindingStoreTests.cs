using Workflow.Changes;
using Workflow.Review;
using Workflow.Storage;

namespace Workflow.Tests.Review;

public sealed class FindingStoreTests : IAsyncLifetime, IDisposable
{
    private static readonly ChangeId Change = ChangeId.Parse("add-search");
    private readonly string _folder = Directory.CreateTempSubdirectory("wo-findings-").FullName;
    private readonly List<WorkflowEvent> _events = [];
    private SqliteStore _store = null!;
    private FindingStore _findings = null!;

    public async Task InitializeAsync()
    {
        var hub = new EventHub();
        hub.Subscribe(_events.Add);
        _store = SqliteStore.Open(Path.Combine(_folder, "store.db"), TimeProvider.System, hub);
        _findings = new FindingStore(_store);
        await _store.WriteAsync(transaction =>
        {
            transaction.Execute("INSERT INTO change(id, revision, present, first_seen, last_seen) VALUES('add-search', 'r1', 1, 0, 0)");
            foreach (var hash in new[] { "r1", "r2", "r3" })
                transaction.Execute("INSERT INTO revision(change_id, hash, origin, stage, detected_at, stage_at) VALUES('add-search', @hash, 'Human', 'Reviewing', 0, 0)", new { hash });
        });
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Save_Review_ReadsBackAsItWas()
    {
        var finding = Finding("a") with { Line = 3, Suggestion = "s", Capability = "c", Requirement = "r", Question = new FindingQuestion("Q?", ["x", "y"], "x") { Cause = QuestionCause.Scope } };
        await SaveAsync("r1", finding, Finding("b"));

        var tracked = _findings.OfRevision(Change, new RevisionHash("r1"));
        Assert.Equal(["a:Open", "b:Open"], Shown(tracked));
        Assert.Equivalent(finding, tracked[0].Finding, strict: true);
        Assert.True(_findings.IsReviewed(Change, new RevisionHash("r1")));
        Assert.False(_findings.IsReviewed(Change, new RevisionHash("r2")));
    }

    [Fact]
    public async Task Save_FindingGone_IsFixedInTheNewRevisionOnly()
    {
        await SaveAsync("r1", Finding("a"), Finding("b"));
        await SaveAsync("r2", Finding("b"));

        Assert.Equal(["b:Open", "a:Fixed"], Shown("r2"));
        Assert.Equal(["a:Open", "b:Open"], Shown("r1"));
    }

    [Fact]
    public async Task Save_FixedFindingComesBack_IsOpenAgain()
    {
        await SaveAsync("r1", Finding("a"));
        await SaveAsync("r2");
        await SaveAsync("r3", Finding("a"));

        Assert.Equal(["a:Fixed"], Shown("r2"));
        Assert.Equal(["a:Open"], Shown("r3"));
    }

    [Fact]
    public async Task SetDismissed_Finding_StaysDismissedWhileTheTextStands()
    {
        await SaveAsync("r1", Finding("a"), Finding("b"));
        Assert.True(await _store.WriteAsync(transaction => FindingStore.SetDismissed(transaction, Change, "a", dismissed: true)));
        Assert.False(await _store.WriteAsync(transaction => FindingStore.SetDismissed(transaction, Change, "nope", dismissed: true)));
        await SaveAsync("r2");
        await SaveAsync("r3", Finding("a"), Finding("b"));

        Assert.Equal(["a:Dismissed", "b:Open"], Shown("r3"));
        Assert.Equal(["a"], _findings.Dismissed(Change));

        await _store.WriteAsync(transaction => FindingStore.SetDismissed(transaction, Change, "a", dismissed: false));
        Assert.Equal(["a:Open", "b:Open"], Shown("r3"));
    }

    [Fact]
    public async Task Save_SameReviewTwice_ChangesNothingAndTellsOnce()
    {
        await SaveAsync("r1", Finding("a"), Finding("b"));
        await SaveAsync("r2", Finding("b"));
        await SaveAsync("r2", Finding("b"));

        Assert.Equal(["b:Open", "a:Fixed"], Shown("r2"));
        Assert.Equal(["r1", "r2"], _events.Where(e => e.Type == EventTypes.ReviewCompleted).Select(e => e.Revision));
    }

    private Task SaveAsync(string revision, params Finding[] findings) =>
        _store.WriteAsync(transaction => FindingStore.Save(transaction, Change, new RevisionHash(revision), new ChangeReview(findings, [], 0)));

    private IEnumerable<string> Shown(string revision) => Shown(_findings.OfRevision(Change, new RevisionHash(revision)));

    private static IEnumerable<string> Shown(IEnumerable<TrackedFinding> tracked) => tracked.Select(item => $"{item.Finding.Id}:{item.Status}");

    private static Finding Finding(string id) => new() { Id = id, RuleId = "rule", Severity = FindingSeverity.Warning, Path = "proposal.md", Quote = "q", Message = "m" };
}
