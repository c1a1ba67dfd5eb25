using OpenSpec;
using Workflow.Changes;

namespace Workflow.Tests.Changes;

public sealed class ChangeDifferTests
{
    private static readonly DateTimeOffset Seen = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ChangesRoot Here = new ChangesRoot.Present(1, 1);

    private static ScannedChange Change(string id, string? text, params ChangeProblem[] problems)
    {
        if (text is null)
            return new ScannedChange(ChangeId.Parse(id), RevisionHasher.Compute([]), [], [ChangeProblem.Empty()]);
        var sha256 = RevisionHasher.HashDocument(System.Text.Encoding.UTF8.GetBytes(text));
        return new ScannedChange(
            ChangeId.Parse(id),
            RevisionHasher.Compute([("proposal.md", sha256)]),
            [new ScannedFile("proposal.md", sha256, new FileStamp(OpenSpecEntryKind.File, 1, 1, text.Length, 0, 0), true, true)],
            problems);
    }

    private static KnownChange Known(string id, string text, GoneReason? gone = null) => new(ChangeId.Parse(id), Change(id, text).Revision, gone, Seen, []);

    private static ChangesSnapshot Snapshot(params ScannedChange[] changes) => new(Here, changes.ToDictionary(change => change.Id), []);

    private static ChangeDelta[] Diff(KnownChange[] known, ChangesSnapshot snapshot, params (string Change, string Folder, string Text)[] archive) =>
        [.. ChangeDiffer.Diff(
            known.ToDictionary(change => change.Id),
            snapshot,
            archive.GroupBy(folder => folder.Change).ToDictionary(
                group => ChangeId.Parse(group.Key),
                IReadOnlyList<ArchivedFolder> (group) => [.. group.Select(folder => new ArchivedFolder(folder.Folder, Change("x", folder.Text).Revision))]))];

    [Fact]
    public void Diff_NothingChanged_IsEmpty() => Assert.Empty(Diff([Known("a", "1")], Snapshot(Change("a", "1"))));

    [Fact]
    public void Diff_NewAndSavedChanges_AreNewRevisions() =>
        Assert.Equal(
            ["a", "b"],
            Diff([Known("a", "1")], Snapshot(Change("b", "1"), Change("a", "2"))).Cast<ChangeDelta.NewRevision>().Select(delta => delta.Id.Value));

    [Fact]
    public void Diff_RootMissing_MeansAwayAndNotDeleted()
    {
        var away = new ChangesSnapshot(new ChangesRoot.Missing("/repo/openspec"), new Dictionary<ChangeId, ScannedChange>(), []);

        var gone = Assert.IsType<ChangeDelta.Gone>(Assert.Single(Diff([Known("a", "1")], away)));

        Assert.Equal(new GoneReason(GoneKind.RootAway, "/repo/openspec is missing"), gone.Reason);
        Assert.Empty(Diff([Known("a", "1", gone.Reason)], away));
        Assert.Empty(ChangeDiffer.Vanished([Known("a", "1")], away));
    }

    [Fact]
    public void Diff_RootBackWithSameBytes_Returns()
    {
        var away = new GoneReason(GoneKind.RootAway);

        Assert.IsType<ChangeDelta.Returned>(Assert.Single(Diff([Known("a", "1", away)], Snapshot(Change("a", "1")))));
        Assert.IsType<ChangeDelta.NewRevision>(Assert.Single(Diff([Known("a", "1", away)], Snapshot(Change("a", "2")))));
        Assert.Equal(GoneReason.Deleted, Assert.IsType<ChangeDelta.Gone>(Assert.Single(Diff([Known("a", "1", away)], Snapshot()))).Reason);
    }

    [Theory]
    [InlineData("2020-01-01-a", "1", nameof(GoneKind.Archived))] // the same bytes are proof, whatever the date
    [InlineData("2026-03-02-a", "1, tasks ticked", nameof(GoneKind.Archived))]
    [InlineData("2026-02-28-a", "1, tasks ticked", nameof(GoneKind.Archived))] // the archiver's time zone
    [InlineData("2025-12-31-a", "an earlier change of that name", nameof(GoneKind.Deleted))]
    public void Diff_VanishedChange_IsSoughtInTheArchive(string folder, string text, string expected) =>
        Assert.Equal(Enum.Parse<GoneKind>(expected), Assert.IsType<ChangeDelta.Gone>(Assert.Single(Diff([Known("a", "1")], Snapshot(), ("a", folder, text)))).Reason.Kind);

    [Fact]
    public void Diff_SameBytesUnderNewName_IsRenamed()
    {
        var deltas = Diff([Known("a", "1")], Snapshot(Change("b", "1")));

        Assert.Equal(new GoneReason(GoneKind.Renamed, "b"), Assert.IsType<ChangeDelta.Gone>(deltas[0]).Reason);
        Assert.IsType<ChangeDelta.NewRevision>(deltas[1]);
    }

    [Fact]
    public void Diff_EmptyFolder_IsAChangeOnlyWhenItNeverHadDocuments()
    {
        Assert.IsType<ChangeDelta.NewRevision>(Assert.Single(Diff([], Snapshot(Change("a", null)))));
        Assert.Equal(GoneReason.Emptied, Assert.IsType<ChangeDelta.Gone>(Assert.Single(Diff([Known("a", "1")], Snapshot(Change("a", null))))).Reason);
        Assert.Empty(Diff([Known("a", "1", GoneReason.Emptied)], Snapshot(Change("a", null))));
        Assert.IsType<ChangeDelta.Returned>(Assert.Single(Diff([Known("a", "1", GoneReason.Emptied)], Snapshot(Change("a", "1")))));
    }

    [Fact]
    public void Diff_OnlyProblemsChanged_IsNoRevision() =>
        Assert.IsType<ChangeDelta.ProblemsChanged>(Assert.Single(Diff([Known("a", "1")], Snapshot(Change("a", "1", ChangeProblem.Link("x.md"))))));

    [Fact]
    public void Diff_Scope_ComparesOnlyThose()
    {
        var id = ChangeId.Parse("b");
        var known = new Dictionary<ChangeId, KnownChange> { [id] = Known("b", "1") };

        var deltas = ChangeDiffer.Diff(known, Snapshot(Change("a", "new"), Change("b", "2")), new Dictionary<ChangeId, IReadOnlyList<ArchivedFolder>>(), [id]);

        Assert.Equal(id, Assert.Single(deltas).Id);
    }
}
