using FsCheck;
using FsCheck.Fluent;
using OpenSpec.Editing;
using Workflow.Dashboard.Reading;

namespace Workflow.Tests.Dashboard;

/// <summary>Diffs as the pages show them.</summary>
public sealed class DiffLinesTests
{
    [Fact]
    public void Of_LinesThatLookLikeHeaders_StayLines()
    {
        var diff = UnifiedDiff.Between("a.md", "one\n-- a/other.md\nthree\n", "one\n++ b/other.md\n@@ -1 +1 @@\nthree\n");
        var shown = DiffLines.Of(diff, limit: 100);
        Assert.Equal(
            ["File a.md", "Hunk @@ -1,3 +1,4 @@", "Same one", "Removed -- a/other.md", "Added ++ b/other.md", "Added @@ -1 +1 @@", "Same three"],
            shown.Lines.Select(line => $"{line.Kind} {line.Text}"));
        Assert.Equal([0, 0, 1, 2, 2, 3, 4], shown.Lines.Select(line => line.Number));
    }

    [Fact]
    public void Of_DeletedDocument_IsNamed() =>
        Assert.Equal("a/b.md", DiffLines.Of(UnifiedDiff.Between("a/b.md", "text\n", null), limit: 10).Lines[0].Text);

    [Fact]
    public void Of_MoreThanTheLimit_SaysHowMuchIsLeft()
    {
        var shown = DiffLines.Of(UnifiedDiff.Between("a.md", null, string.Concat(Enumerable.Repeat("line\n", 50))), limit: 12);
        Assert.Equal((12, 40), (shown.Lines.Count, shown.Left)); // with the two lines of headers
    }

    /// <summary>Whatever the texts are: the lines shown as removed and kept are the old text, those added and kept the new one.</summary>
    [Fact]
    public void Of_AnyTwoShortTexts_ShowsBothWhole()
    {
        var line = Gen.Elements("", "-", "+", "@@ -1,2 +3,4 @@", "--- a/x", "+++ b/x", "text", "\\ No newline", " indented");
        var text = line.ListOf(4).Select(lines => string.Concat(lines.Select(one => one + "\n")));
        Prop.ForAll(text.ToArbitrary(), text.ToArbitrary(), (before, after) =>
        {
            var shown = DiffLines.Of(UnifiedDiff.Between("x", before, after), limit: 1000).Lines;
            return before == after
                ? shown.Count == 0
                : Join(shown, DiffKind.Removed) == before && Join(shown, DiffKind.Added) == after;
        }).QuickCheckThrowOnFailure();
    }

    private static string Join(IEnumerable<DiffLine> lines, DiffKind kind) => string.Concat(lines.Where(line => line.Kind == kind || line.Kind == DiffKind.Same).Select(line => line.Text + "\n"));
}
