using System.Diagnostics;
using System.Text;
using Workflow.Changes;

namespace Workflow.Tests.Changes;

public sealed class ChangeScannerTests : IDisposable
{
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    private ChangesSnapshot Scan(ChangesSnapshot? previous = null, ScanLimits? limits = null) =>
        _tree.Scanner(limits: limits).Scan(previous ?? ChangesSnapshot.None, CancellationToken.None);

    private ScannedChange ScanOne(ScanLimits? limits = null) => Assert.Single(Scan(limits: limits).Changes).Value;

    [Fact]
    public void Scan_Changes_GivesDocumentsWithHashes()
    {
        _tree.Write("add-login/proposal.md", "why");
        _tree.Write("add-login/specs/auth/spec.md", "what");
        _tree.Write("add-login/.openspec.yaml", "schema: spec-driven\n");
        _tree.Write("add-login/review.md", "report");
        _tree.Write("add-login/.proposal.md.swp", "vim");
        _tree.Write("archive/2026-01-01-old/proposal.md", "old");
        _tree.Write("README.md", "not a change");

        var snapshot = Scan();

        var change = Assert.Single(snapshot.Changes).Value;
        Assert.Equal([".openspec.yaml", "proposal.md", "specs/auth/spec.md"], change.Files.Select(file => file.Path));
        Assert.Equal(RevisionHasher.HashDocument("why"u8), change.Files[1].Sha256);
        Assert.Equal(3, change.Files[1].Size);
        Assert.Equal(_tree.Expected("add-login"), change.Revision);
        Assert.Empty(change.Problems);
        Assert.Empty(snapshot.Problems);
    }

    [Fact]
    public void Scan_OnlyReviewReportWritten_KeepsRevision()
    {
        _tree.Write("a/proposal.md", "why");
        var before = ScanOne().Revision;
        _tree.Write("a/review.md", "report");

        Assert.Equal(before, ScanOne().Revision);
    }

    [Fact]
    public void Scan_Links_AreReportedAndNotFollowed()
    {
        var secret = Path.Join(_tree.Root, "secret.md");
        File.WriteAllText(secret, "secret");
        _tree.Write("a/proposal.md", "why");
        File.CreateSymbolicLink(_tree.PathOf("a/design.md"), secret);
        File.CreateSymbolicLink(_tree.PathOf("a/specs"), _tree.Root);
        File.CreateSymbolicLink(_tree.PathOf("a/.#proposal.md"), "someone@host.1234:1");
        File.CreateSymbolicLink(_tree.PathOf("linked"), _tree.PathOf("a"));

        var snapshot = Scan();

        var change = Assert.Single(snapshot.Changes).Value;
        Assert.Equal("proposal.md", Assert.Single(change.Files).Path);
        Assert.Equal([("design.md", ProblemKind.Link), ("specs", ProblemKind.Link)], change.Problems.Select(problem => (problem.Path, problem.Kind)));
        Assert.Equal(("linked", ProblemKind.Link), snapshot.Problems.Select(problem => (problem.Path, problem.Kind)).Single());
    }

    [Fact]
    public void Scan_PipeInChange_IsReportedAndDoesNotHang()
    {
        _tree.Write("a/proposal.md", "why");
        Run("mkfifo", _tree.PathOf("a/tasks.md"));

        var change = ScanOne();

        Assert.Equal(("tasks.md", ProblemKind.SpecialFile), change.Problems.Select(problem => (problem.Path, problem.Kind)).Single());
    }

    [Fact]
    public void Scan_HugeFile_IsReportedAndNotRead()
    {
        _tree.Write("a/proposal.md", "why");
        using (var file = File.Create(_tree.PathOf("a/design.md")))
            file.SetLength(50L * 1024 * 1024 * 1024); // sparse

        var change = ScanOne();

        Assert.Equal(("design.md", ProblemKind.TooLarge), change.Problems.Select(problem => (problem.Path, problem.Kind)).Single());
        Assert.Equal("proposal.md", Assert.Single(change.Files).Path);
    }

    [Fact]
    public void Scan_TooManyFiles_BlocksTheChange()
    {
        for (var i = 0; i < 6; i++)
            _tree.Write($"a/notes/{i}.md", "x");

        var change = ScanOne(limits: TempTree.Limits with { MaxFiles = 5 });

        Assert.Empty(change.Files);
        Assert.True(Assert.Single(change.Problems) is { Kind: ProblemKind.TooManyFiles, BlocksChange: true });
    }

    [Fact]
    public void Scan_DeepNesting_IsReported()
    {
        _tree.Write($"a/{string.Concat(Enumerable.Repeat("d/", 40))}deep.md", "x");
        _tree.Write("a/proposal.md", "why");

        var change = ScanOne();

        Assert.Equal(ProblemKind.TooDeep, Assert.Single(change.Problems).Kind);
        Assert.Single(change.Files);
    }

    [Fact]
    public void Scan_InvalidNames_AreReported()
    {
        _tree.Write("a/proposal.md", "why");
        _tree.Write("a/back\\slash.md", "x");
        Run("bash", "-c", $"printf x > '{_tree.PathOf("a")}/bad'$'\\xff'.md; mkdir '{_tree.ChangesFolder}/bad'$'\\xff'; printf x > '{_tree.PathOf("a")}/new'$'\\n'line.md");

        var snapshot = Scan();

        var change = Assert.Single(snapshot.Changes).Value;
        Assert.Equal(3, change.Problems.Count(problem => problem.Kind == ProblemKind.InvalidName));
        Assert.Equal("proposal.md", Assert.Single(change.Files).Path);
        Assert.Equal(ProblemKind.InvalidName, Assert.Single(snapshot.Problems).Kind);
    }

    [Fact]
    public void Scan_TextThatIsNotUtf8_BelongsToRevisionAndIsReported()
    {
        _tree.Write("a/proposal.md", Encoding.Latin1.GetBytes("für"));
        _tree.Write("a/picture.png", [0x89, 0x50, 0xFF, 0xFE]);

        var change = ScanOne();

        Assert.Equal(2, change.Files.Count);
        Assert.Equal(("proposal.md", ProblemKind.NotUtf8), change.Problems.Select(problem => (problem.Path, problem.Kind)).Single());
    }

    [Fact]
    public void Scan_EmptyFolder_IsAnEmptyChange()
    {
        Directory.CreateDirectory(_tree.PathOf("a/specs"));

        Assert.True(ScanOne().IsEmpty);
    }

    [Fact]
    public void Scan_NamesThatDifferInCase_AreReported()
    {
        _tree.Write("add-x/proposal.md", "1");
        _tree.Write("Add-X/proposal.md", "2");

        var snapshot = Scan();

        Assert.Equal(2, snapshot.Changes.Count);
        Assert.Equal(ProblemKind.CaseTwin, Assert.Single(snapshot.Problems).Kind);
    }

    [Fact]
    public void Scan_RootStates_AreTold()
    {
        Directory.Delete(_tree.ChangesFolder);
        Assert.Equal(new ChangesRoot.Missing(_tree.ChangesFolder), Scan().Root);

        Directory.Delete(_tree.OpenSpecFolder);
        Assert.Equal(new ChangesRoot.Missing(_tree.OpenSpecFolder), Scan().Root);

        File.WriteAllText(_tree.OpenSpecFolder, "");
        Assert.Equal(new ChangesRoot.NotAFolder(_tree.OpenSpecFolder), Scan().Root);

        File.Delete(_tree.OpenSpecFolder);
        Directory.CreateDirectory(_tree.OpenSpecFolder);
        File.WriteAllText(_tree.ChangesFolder, "");
        Assert.Equal(new ChangesRoot.NotAFolder(_tree.ChangesFolder), Scan().Root);

        File.Delete(_tree.ChangesFolder);
        Directory.CreateDirectory(Path.Join(_tree.Root, "elsewhere", "a"));
        File.CreateSymbolicLink(_tree.ChangesFolder, Path.Join(_tree.Root, "elsewhere"));
        Assert.Single(Scan().Changes);
    }

    [Fact]
    public void Scan_NothingChanged_ReusesTheOldObjects()
    {
        _tree.Write("a/proposal.md", "why");
        var old = new AgedTime();
        var scanner = _tree.Scanner(old);
        var first = scanner.Scan(ChangesSnapshot.None, CancellationToken.None);

        var second = scanner.Scan(first, CancellationToken.None);

        Assert.Same(first.Changes.Values.Single(), second.Changes.Values.Single());
    }

    [Fact]
    public void Scan_YoungFileRewrittenWithSameSizeAndTimes_IsHashedAgain()
    {
        _tree.Write("a/proposal.md", "old");
        var first = Scan();
        var stamp = first.Changes.Values.Single().Files.Single();
        Assert.False(stamp.IsSettled);

        // The worst case: a write within the same tick of the clock leaves every stamp as it was.
        var forged = new ScannedChange(
            ChangeId.Parse("a"),
            first.Changes.Values.Single().Revision,
            [stamp with { Sha256 = RevisionHasher.HashDocument("xxx"u8) }],
            []);
        var second = Scan(first with { Changes = new Dictionary<ChangeId, ScannedChange> { [forged.Id] = forged } });

        Assert.Equal(RevisionHasher.HashDocument("old"u8), second.Changes.Values.Single().Files.Single().Sha256);
    }

    [Fact]
    public void Scan_SettledFileWithEqualStamp_IsNotReadAgain()
    {
        _tree.Write("a/proposal.md", "old");
        var scanner = _tree.Scanner(new AgedTime());
        var first = scanner.Scan(ChangesSnapshot.None, CancellationToken.None);
        var file = first.Changes.Values.Single().Files.Single();
        var marked = first.Changes.Values.Single() with { Files = [file with { Sha256 = RevisionHasher.HashDocument("marker"u8) }] };

        var second = scanner.Scan(first with { Changes = new Dictionary<ChangeId, ScannedChange> { [marked.Id] = marked } }, CancellationToken.None);

        Assert.Equal(RevisionHasher.HashDocument("marker"u8), second.Changes.Values.Single().Files.Single().Sha256);
    }

    [Fact]
    public void Scan_TimesSetBackAfterRewrite_IsSeenByChangeTime()
    {
        _tree.Write("a/proposal.md", "old");
        var scanner = _tree.Scanner(new AgedTime());
        var first = scanner.Scan(ChangesSnapshot.None, CancellationToken.None);
        var written = File.GetLastWriteTimeUtc(_tree.PathOf("a/proposal.md"));
        _tree.Write("a/proposal.md", "new");
        File.SetLastWriteTimeUtc(_tree.PathOf("a/proposal.md"), written);

        var second = scanner.Scan(first, CancellationToken.None);

        Assert.Equal(_tree.Expected("a"), second.Changes.Values.Single().Revision);
    }

    [Fact]
    public void Rescan_OneChange_LeavesTheOthersAsTheyWere()
    {
        _tree.Write("a/proposal.md", "1");
        _tree.Write("b/proposal.md", "1");
        _tree.Write("c/proposal.md", "1");
        var first = Scan();
        _tree.Write("a/proposal.md", "2");
        _tree.Write("b/proposal.md", "2");
        Directory.Delete(_tree.PathOf("c"), recursive: true);

        var second = _tree.Scanner().Rescan(first, [ChangeId.Parse("a"), ChangeId.Parse("c")], CancellationToken.None);

        Assert.Equal(_tree.Expected("a"), second.Changes[ChangeId.Parse("a")].Revision);
        Assert.Same(first.Changes[ChangeId.Parse("b")], second.Changes[ChangeId.Parse("b")]);
        Assert.DoesNotContain(ChangeId.Parse("c"), second.Changes.Keys);
    }

    [Fact]
    public void Rescan_RootReplaced_ReadsEverything()
    {
        _tree.Write("a/proposal.md", "1");
        var first = Scan();
        Directory.Move(_tree.ChangesFolder, Path.Join(_tree.Root, "away"));
        _tree.Write("b/proposal.md", "1");

        var second = _tree.Scanner().Rescan(first, [ChangeId.Parse("a")], CancellationToken.None);

        Assert.Equal("b", Assert.Single(second.Changes).Key.Value);
    }

    [Fact]
    public async Task ReadAsync_Change_GivesBytesOfTheScannedRevision()
    {
        _tree.Write("a/proposal.md", "why");
        _tree.Write("a/specs/x/spec.md", "what");

        var reading = await _tree.Reader().ReadAsync(ChangeId.Parse("a"), CancellationToken.None);

        var content = Assert.IsType<ChangeReading.Complete>(reading).Content;
        Assert.Equal(ScanOne().Revision, content.Revision);
        Assert.Equal("what"u8, content.Find("specs/x/spec.md")!.Bytes.Span);
        Assert.IsType<ChangeReading.Gone>(await _tree.Reader().ReadAsync(ChangeId.Parse("b"), CancellationToken.None));
    }

    [Fact]
    public async Task ReadAsync_WhileBothFilesAreRewritten_NeverMixesTwoStates()
    {
        _tree.Write("a/design.md", "");
        _tree.Write("a/proposal.md", "");
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 1; !stop.IsCancellationRequested && i <= TempTree.Limits.MaxFileBytes; i++)
            {
                // Sizes tell which writing a file is from; a file is empty for a moment while it is written.
                _tree.Write("a/design.md", new string('x', i));
                _tree.Write("a/proposal.md", new string('x', i));
            }
        });

        for (var i = 0; i < 200; i++)
        {
            if (await _tree.Reader().ReadAsync(ChangeId.Parse("a"), CancellationToken.None) is ChangeReading.Complete(var content))
            {
                var (design, proposal) = (content.Files[0].Bytes.Length, content.Files[1].Bytes.Length);
                Assert.True(design == 0 || proposal == 0 || design - proposal is 0 or 1, $"design.md is from writing {design}, proposal.md from {proposal}");
            }
        }

        await stop.CancelAsync();
        await writer;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>An hour ahead: every file that the test writes counts as old.</summary>
    private sealed class AgedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
    }
}
