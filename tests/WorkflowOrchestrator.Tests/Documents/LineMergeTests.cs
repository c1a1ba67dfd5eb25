using FsCheck;
using FsCheck.Fluent;
using OpenSpec.Editing;
using Workflow.Documents.Text;

namespace Workflow.Tests.Documents;

public sealed class LineMergeTests
{
    // Few different lines, so that equal ones meet; all kinds of line ends.
    private static readonly Arbitrary<string> s_texts = Gen.Elements("a\n", "b\n", "c\r\n", "d\r", "\n", "e").ListOf().Select(lines => string.Concat(lines)).ToArbitrary();

    [Fact]
    public void Split_AnyText_JoinsToTheSameText() =>
        Prop.ForAll(s_texts, text => string.Concat(TextLines.Split(text)) == text).QuickCheckThrowOnFailure();

    [Fact]
    public void Compare_AnyTwoTexts_ChangesTurnOneIntoTheOther() =>
        Prop.ForAll(s_texts, s_texts, (old, now) =>
        {
            var (a, b) = (TextLines.Split(old), TextLines.Split(now));
            var result = new List<string>();
            var at = 0;
            foreach (var change in LineDiff.Compare(a, b))
            {
                result.AddRange(a[at..change.OldStart]);
                result.AddRange(b[change.NewStart..change.NewEnd]);
                at = change.OldEnd;
            }

            result.AddRange(a[at..]);
            return string.Concat(result) == now;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_OneSideUnchanged_IsTheOther() =>
        Prop.ForAll(s_texts, s_texts, (@base, side) =>
            LineMerge.Merge(@base, side, @base) is MergeResult.Merged ours && ours.Text == side && LineMerge.Merge(@base, @base, side) is MergeResult.Merged theirs && theirs.Text == side).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_BothSides_IsSymmetricInItsVerdict() =>
        Prop.ForAll(s_texts, s_texts, s_texts, (@base, ours, theirs) =>
            (LineMerge.Merge(@base, ours, theirs), LineMerge.Merge(@base, theirs, ours)) switch
            {
                (MergeResult.Merged left, MergeResult.Merged right) => left.Text == right.Text,
                (MergeResult.Conflicted left, MergeResult.Conflicted right) => left.Conflicts == right.Conflicts,
                _ => false,
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_EveryLineOfBothSides_IsInTheResultOrInTheConflict() =>
        Prop.ForAll(s_texts, s_texts, s_texts, (@base, ours, theirs) =>
        {
            var text = LineMerge.Merge(@base, ours, theirs) switch { MergeResult.Merged m => m.Text, MergeResult.Conflicted c => c.Text, _ => "" };
            var known = TextLines.Split(@base);
            return TextLines.Split(ours).Concat(TextLines.Split(theirs)).Except(known).All(line => text.Contains(line.TrimEnd('\r', '\n'), StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_ChangesFarApart_TakesBoth()
    {
        var merged = Assert.IsType<MergeResult.Merged>(LineMerge.Merge("1\n2\n3\n4\n5\n", "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n"));
        Assert.Equal("one\n2\n3\n4\nfive\n", merged.Text);
    }

    [Fact]
    public void Merge_SameLine_ShowsBothSides()
    {
        var conflict = Assert.IsType<MergeResult.Conflicted>(LineMerge.Merge("1\n2\n3\n", "1\nours\n3\n", "1\ntheirs\n3\n"));
        Assert.Equal("1\n<<<<<<< the document as it is\nours\n||||||| before\n2\n=======\ntheirs\n>>>>>>> the update\n3\n", conflict.Text);
    }

    [Fact]
    public void UnifiedDiff_AnyTwoTexts_IsWhatPatchUnderstands()
    {
        var folder = Directory.CreateTempSubdirectory("wo-diff-").FullName;
        try
        {
            // The real git is the judge: applying the difference to the old text gives the new one.
            var texts = Gen.Elements("a\n", "b\n", "c\n", "\n", "d\n").ListOf(30).Select(lines => string.Concat(lines)).ToArbitrary();
            var pairs = Gen.Sample(Gen.Zip(texts.Generator, texts.Generator), 12, 20);
            foreach (var (old, now) in pairs.Where(pair => pair.Item1 != pair.Item2).Append(("x\ny", "x\nz")).Append(("", "new\n")))
            {
                var file = Path.Combine(folder, "file.md");
                File.WriteAllText(file, old);
                File.WriteAllText(Path.Combine(folder, "p.diff"), UnifiedDiff.Between("file.md", old, now));
                using var git = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("git", ["apply", "-p1", "p.diff"]) { WorkingDirectory = folder, RedirectStandardError = true, UseShellExecute = false })!;
                var error = git.StandardError.ReadToEnd();
                git.WaitForExit();
                Assert.True(git.ExitCode == 0, error + UnifiedDiff.Between("file.md", old, now));
                Assert.Equal(now, File.ReadAllText(file));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
