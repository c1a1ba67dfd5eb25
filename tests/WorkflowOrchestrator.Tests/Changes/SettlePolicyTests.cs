using FsCheck;
using FsCheck.Fluent;
using Workflow.Changes;

namespace Workflow.Tests.Changes;

public sealed class SettlePolicyTests
{
    private static readonly SettlePolicy Policy = SettlePolicy.For(TimeSpan.FromMilliseconds(300));

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Fact]
    public void DueAt_OneHint_IsAfterTheQuietTime() => Assert.Equal(Ms(1300), Policy.DueAt(new DirtyMark(Ms(1000), Ms(1000), true)));

    [Fact]
    public void DueAt_UnannouncedMark_LeavesALateEventTime() => Assert.Equal(Ms(1500), Policy.DueAt(new DirtyMark(Ms(1000), Ms(1000), false)));

    [Fact]
    public void DueAt_AnyHints_IsNeverBeforeQuietNorAfterTheLongestWait() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNegativeInt[]>(),
            gaps =>
            {
                var now = TimeSpan.Zero;
                var mark = new DirtyMark(now, now, true);
                foreach (var gap in gaps)
                {
                    now += Ms(gap.Get % 1000);
                    if (Policy.IsDue(mark, now))
                        mark = new DirtyMark(now, now, true);
                    mark = mark.Again(now, true);
                    var due = Policy.DueAt(mark);
                    if (due > mark.First + Policy.MaxWait || due > mark.Last + Policy.Quiet || (due < mark.Last + Policy.Quiet && due != mark.First + Policy.MaxWait))
                        return false;
                }

                return true;
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 1000)] // at least a second
    [InlineData(50, 10_000)] // half a percent of the time
    [InlineData(10_000, 30_000)] // never rarer than the reconcile scan
    public void PollingInterval_LastScan_CostsLittle(int lastScan, int expected) => Assert.Equal(Ms(expected), PollingPolicy.Interval(Ms(lastScan), Ms(30_000)));

    [Fact]
    public void TakeDue_TwoChanges_OnlyTheQuietOneIsTaken()
    {
        var dirty = new DirtyChanges();
        var (quiet, busy) = (ChangeId.Parse("quiet"), ChangeId.Parse("busy"));
        Assert.True(dirty.Mark(quiet, Ms(0), isAnnounced: true));
        Assert.True(dirty.Mark(busy, Ms(0), isAnnounced: true));
        Assert.False(dirty.Mark(busy, Ms(290), isAnnounced: true));

        Assert.Equal(Ms(300), dirty.NextDue(Policy));
        var due = dirty.TakeDue(Policy, Ms(300));

        Assert.Equal(quiet, Assert.Single(due.Changes).Key);
        Assert.Equal(busy, Assert.Single(dirty.Waiting()));
        Assert.Equal(Ms(590), dirty.NextDue(Policy));
    }

    [Fact]
    public void Mark_ManyNames_BecomeOneFullScan()
    {
        var dirty = new DirtyChanges();
        for (var i = 0; i < 20_000; i++)
            dirty.Mark(ChangeId.Parse($"change-{i}"), Ms(0), isAnnounced: true);

        var due = dirty.TakeDue(Policy, Ms(300));

        Assert.NotNull(due.Everything);
        Assert.InRange(due.Changes.Count, 0, 300);
        Assert.False(due.WasMissed(ChangeId.Parse("change-19999")));
    }

    [Fact]
    public void PutBack_WhatWasTaken_IsAsItWasAndKeepsNewerHints()
    {
        var (dirty, old, touched) = (new DirtyChanges(), ChangeId.Parse("old"), ChangeId.Parse("touched"));
        dirty.Mark(old, Ms(0), isAnnounced: false);
        dirty.Mark(touched, Ms(0), isAnnounced: false);
        dirty.MarkEverything(Ms(0), isAnnounced: true);
        var taken = dirty.TakeDue(Policy, Ms(1000));
        dirty.Mark(touched, Ms(1100), isAnnounced: true);

        dirty.PutBack(taken);

        var again = dirty.TakeDue(Policy, Ms(1100) + Policy.Quiet);
        Assert.Equal(taken.Everything, again.Everything);
        Assert.Equal(taken.Changes[old], again.Changes[old]);
        Assert.Equal(new DirtyMark(Ms(0), Ms(1100), true), again.Changes[touched]);
    }

    [Fact]
    public void Mark_EventAfterScan_AnnouncesAndShortensTheWait()
    {
        var dirty = new DirtyChanges();
        var id = ChangeId.Parse("a");
        dirty.Mark(id, Ms(0), isAnnounced: false);
        Assert.True(dirty.Mark(id, Ms(10), isAnnounced: true));
        Assert.False(dirty.Mark(id, Ms(200), isAnnounced: false)); // a scan sees it again: the writer's quiet time goes on

        var due = dirty.TakeDue(Policy, Ms(310));

        Assert.False(due.WasMissed(id));
    }

    [Theory]
    [InlineData("add-login", "add-login")]
    [InlineData("add-login/proposal.md", "add-login")]
    [InlineData("add-login/specs/x", "add-login")]
    [InlineData("add-login/review.md", null)]
    [InlineData("add-login/.proposal.md.swp", null)]
    [InlineData("add-login/4913", null)]
    [InlineData("archive/2026-01-01-x/proposal.md", null)]
    [InlineData(".openspec-move-17", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void ChangeOf_EventPath_GivesTheChangeThatItConcerns(string? path, string? expected) => Assert.Equal(expected, FileSystemHints.ChangeOf(path)?.Value);

    [Theory]
    [InlineData("nfs4", true)]
    [InlineData("fuse.sshfs", true)]
    [InlineData("9p", true)]
    [InlineData("cifs", true)]
    [InlineData("ext4", false)]
    [InlineData("overlay", false)]
    [InlineData("fuseblk", false)]
    public void OfFileSystem_Format_TellsRemoteOnes(string format, bool isRemote) => Assert.Equal(isRemote, WatchFault.OfFileSystem(format) is not null);
}
