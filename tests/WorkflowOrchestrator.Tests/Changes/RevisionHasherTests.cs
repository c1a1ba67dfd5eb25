using FsCheck;
using FsCheck.Fluent;
using Workflow.Changes;

namespace Workflow.Tests.Changes;

public sealed class RevisionHasherTests
{
    [Theory]
    [InlineData("proposal.md", true)]
    [InlineData("specs/login/spec.md", true)]
    [InlineData("specs/review.md", true)]
    [InlineData("notes/sedatives", true)]
    [InlineData(".openspec.yaml", true)]
    [InlineData("review.md", false)]
    [InlineData("specs/.openspec.yaml", false)]
    [InlineData(".proposal.md.swp", false)]
    [InlineData(".git/config", false)]
    [InlineData("specs/.hidden/spec.md", false)]
    [InlineData("proposal.md~", false)]
    [InlineData("4913", false)]
    [InlineData("#proposal.md#", false)]
    [InlineData(".#proposal.md", false)]
    [InlineData("specs/login/spec.md.wo-17.tmp", false)]
    [InlineData("proposal.md.openspec-retire-0b1c", false)]
    [InlineData("specs/x.openspec-claim-0b1c/spec.md", false)]
    [InlineData("sedT4xK2p", false)]
    public void Counts_Path_TellsDocumentsFromTheRest(string path, bool expected)
    {
        Assert.Equal(expected, RevisionHasher.Counts(path));
    }

    [Fact]
    public void Compute_Order_DoesNotMatter() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(NonEmptyString Path, byte[] Bytes)[]>(),
            documents =>
            {
                var list = documents.Select(document => (document.Path.Get, RevisionHasher.HashDocument(document.Bytes ?? []))).DistinctBy(document => document.Get).ToArray();
                return RevisionHasher.Compute(list) == RevisionHasher.Compute(list.Reverse());
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Compute_OtherBytesOrPath_GivesOtherHash()
    {
        var hash = RevisionHasher.HashDocument("a"u8);
        var other = RevisionHasher.HashDocument("b"u8);
        RevisionHash[] all =
        [
            RevisionHasher.Compute([]),
            RevisionHasher.Compute([("a.md", hash)]),
            RevisionHasher.Compute([("a.md", other)]),
            RevisionHasher.Compute([("b.md", hash)]),
            RevisionHasher.Compute([("a.md", hash), ("b.md", hash)]),
        ];

        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.All(all, revision => Assert.Matches("^[0-9a-f]{64}$", revision.Value));
    }

    [Fact]
    public void Compute_ReviewReportAndTemporaryFiles_ChangeNothing()
    {
        var hash = RevisionHasher.HashDocument("a"u8);

        Assert.Equal(RevisionHasher.Compute([("a.md", hash)]), RevisionHasher.Compute([("a.md", hash), ("review.md", hash), ("a.md~", hash), (".x", hash)]));
    }
}
