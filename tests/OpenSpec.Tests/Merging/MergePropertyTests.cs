using FsCheck;
using FsCheck.Fluent;
using OpenSpec.Merging;
using OpenSpec.Tests.Generators;

namespace OpenSpec.Tests.Merging;

public sealed class MergePropertyTests
{
    /// <summary>Archiving a change whose deltas are already in the main specs changes nothing: the original promises it for specs that were synced early.</summary>
    [Fact]
    public void DryRunArchive_OnItsOwnResult_ChangesNothing()
    {
        var merged = 0;
        Prop.ForAll(Texts.Main.Arbitrary(), Gen.OneOf(Texts.Delta, Texts.GoodDelta).Arbitrary(), (main, delta) =>
        {
            // With names that differ only in case, the rest of a pair looks like a mistyped removal the second time.
            if (main.Contains("Requirement: beta") || delta.Contains("Requirement: beta") || Archive(main, delta) is not ArchiveOutcome.Clean { Specs: [{ Text: { } text, Counts: { Renamed: 0 } }] })
                return true;
            merged++;
            return Archive(text, delta) is ArchiveOutcome.Clean { Totals.Any: false, Specs: [{ IsWritten: false }] };
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
        Assert.True(merged > 100, $"Only {merged} merges went through; the generator is too wild.");
    }

    [Fact]
    public void DryRunArchive_AnyClean_LeavesAValidSpecThatEndsWithOneLineEnd() =>
        Prop.ForAll(Texts.Main.Arbitrary(), Gen.OneOf(Texts.Delta, Texts.GoodDelta).Arbitrary(), (main, delta) =>
            Archive(main, delta) is not ArchiveOutcome.Clean clean
                || clean.Specs.Where(s => s.IsWritten && s.Text is not null).All(s => Validates(s.Text!) && s.Text!.EndsWith('\n') && !s.Text.EndsWith("\n\n"))).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static ArchiveOutcome Archive(string main, string delta) => new OpenSpecProject(MemoryFiles.FromText(new Dictionary<string, string>
    {
        ["specs/base/spec.md"] = main,
        ["changes/chg/specs/base/spec.md"] = delta,
    })).DryRunArchive("chg");

    private static bool Validates(string text) =>
        new OpenSpecProject(MemoryFiles.FromText(new Dictionary<string, string> { ["specs/base/spec.md"] = text })).ValidateSpec("base").Valid;
}
