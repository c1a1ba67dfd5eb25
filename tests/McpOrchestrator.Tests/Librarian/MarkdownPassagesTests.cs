using FsCheck;
using FsCheck.Fluent;
using McpOrchestrator.Agents.Librarian.Passages;

namespace McpOrchestrator.Tests.Librarian;

public sealed class MarkdownPassagesTests
{
    [Fact]
    public void Split_Spec_GivesRequirementsAndScenariosWithTheirPlace()
    {
        var passages = MarkdownPassages.Split("# Search\n\n## Requirements\n\n### Requirement: Fast\nIt SHALL be fast.\n\n#### Scenario: Slow\n- **WHEN** slow\n- **THEN** wait\n", "search");

        Assert.Equal(
            [
                new Passage(PassageKind.Requirement, 5, 6, "Fast", "search / Search / Requirements", "### Requirement: Fast\nIt SHALL be fast."),
                new Passage(PassageKind.Scenario, 8, 10, "Slow", "search / Search / Requirements / Fast", "#### Scenario: Slow\n- **WHEN** slow\n- **THEN** wait"),
            ],
            passages);
    }

    [Fact]
    public void Split_FenceFrontMatterAndComment_AreNoHeadings()
    {
        var passages = MarkdownPassages.Split("---\ntitle: x\n---\n# Real\n\n<!-- # not this -->\n\n```sh\n# nor this\n```\ntext\n", "");

        Assert.NotEmpty(passages);
        Assert.All(passages, p => Assert.Equal("Real", p.Title));
        Assert.DoesNotContain(passages, p => p.Text.Contains("title: x", StringComparison.Ordinal));
    }

    [Fact]
    public void Split_LongSection_IsCutAtBlocks()
    {
        var blocks = Enumerable.Range(0, 10).Select(i => new string((char)('a' + i), 400)).ToList();
        var passages = MarkdownPassages.Split("# T\n\n" + string.Join("\n\n", blocks), "");

        Assert.InRange(passages.Count, 4, 6);
        Assert.All(blocks, b => Assert.Single(passages, p => p.Text.Contains(b, StringComparison.Ordinal)));
    }

    [Fact]
    public void Split_EnormousTable_IsCutByLines()
    {
        var passages = MarkdownPassages.Split("# T\n" + string.Join('\n', Enumerable.Range(0, 2000).Select(i => $"| row {i} | value |")), "");
        Assert.All(passages, p => Assert.InRange(p.Text.Length, 1, 1000));
        Assert.Contains(passages, p => p.Text.Contains("| row 1999 |", StringComparison.Ordinal));
    }

    [Fact]
    public void Split_AnyDocument_PassagesAreItsLinesInOrder()
    {
        var line = Gen.Elements("# A", "## B", "### Requirement: C", "#### Scenario: D", "text", "- item", "", "  ", "```", "<!-- c -->", "---", "| t |", "x\r", "## ");
        var document = line.ListOf().Select(lines => string.Join('\n', lines));
        Prop.ForAll(document.ToArbitrary(), text =>
        {
            var lines = text.Split('\n');
            var last = 0;
            foreach (var passage in MarkdownPassages.Split(text, "s"))
            {
                if (passage.Line <= last || passage.EndLine < passage.Line || passage.EndLine > lines.Length) return false;
                if (passage.Text != string.Join('\n', lines[(passage.Line - 1)..passage.EndLine].Select(l => l.EndsWith('\r') ? l[..^1] : l))) return false;
                last = passage.EndLine;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("openspec/specs/a/spec.md", nameof(SourceKind.Spec))]
    [InlineData("openspec/specs/a/b/spec.md", nameof(SourceKind.Spec))]
    [InlineData("docs/x.md", nameof(SourceKind.Document))]
    [InlineData("openspec/changes/archive/2025-01-01-x/proposal.md", nameof(SourceKind.Archive))]
    [InlineData("openspec/plans/x.md", nameof(SourceKind.Archive))]
    [InlineData("openspec/project.md", nameof(SourceKind.Document))]
    [InlineData("src/a.cs", nameof(SourceKind.Comment))]
    public void KindOf_Source_IsKnown(string path, string kind) => Assert.Equal(kind, Sources.KindOf(path, comments: true)?.ToString());

    [Theory]
    [InlineData("openspec/changes/x/proposal.md")]
    [InlineData("openspec/changes/archive/2025-01-01-x/review.md")]
    [InlineData("openspec/changes/archive/2025-01-01-x/tasks.md")]
    [InlineData("openspec/AGENTS.md")]
    [InlineData("src/a.exe")]
    [InlineData("src/a.g.cs")]
    [InlineData("src/a.min.js")]
    public void KindOf_NoSource_IsNull(string path) => Assert.Null(Sources.KindOf(path, comments: true));

    [Theory]
    [InlineData("openspec/changes/x/a.md", true)]
    [InlineData("openspec/changes/archive/2025-01-31-x/a.md", true)]
    [InlineData("openspec/changes/archive/2025-01-31-not-x/a.md", false)]
    [InlineData("openspec/changes/xy/a.md", false)]
    [InlineData("openspec/specs/x/spec.md", false)]
    public void BelongsToChange_Path_TellsWhose(string path, bool belongs) => Assert.Equal(belongs, Sources.BelongsToChange(path, "x"));
}
