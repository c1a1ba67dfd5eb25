using OpenSpec.Editing;
using Workflow.Documents.Drafting;

namespace Workflow.Tests.Documents;

/// <summary>A repair that a person has said no to is known again, wherever its line stands by now; any other is not.</summary>
public sealed class RefusedRepairsTests
{
    private const string Before = "# Tasks\n\n## 1. Work\n- [ ] 1.1 One\n- [ ] 1.1 Two\n### Scenario: A";
    private const string After = "# Tasks\n\n## 1. Work\n- [ ] 1.1 One\n- [ ] 1.2 Two\n#### Scenario: A";

    [Theory]
    [InlineData("- [ ] 1.1 Two\n", "1.1 Two", "1.2 Two", true)]
    [InlineData("A new line above.\n\n- [ ] 1.1 Two\nand below\n", "1.1 Two", "1.2 Two", true)]
    [InlineData("- [ ] 1.1 Two\n", "1.1 Two", "1.3 Two", false)] // another remedy
    [InlineData("- [ ] 1.1 Three\n", "1.1 Three", "1.2 Three", false)] // another line
    [InlineData("### Scenario: A", "###", "####", true)]
    [InlineData("### Scenario: A\n", "###", "####", false)] // another line: it has an end now
    public void Contains_LineByLine(string text, string old, string replacement, bool expected) =>
        Assert.Equal(expected, Refused().Contains(Repair("tasks.md", text, old, replacement), text));

    [Fact]
    public void Contains_OtherDocumentOrNothingRefused_No()
    {
        const string text = "- [ ] 1.1 Two\n";
        Assert.False(Refused().Contains(Repair("design.md", text, "1.1", "1.2"), text));
        Assert.False(new RefusedRepairs().Contains(Repair("tasks.md", text, "1.1", "1.2"), text));
    }

    [Fact]
    public void Contains_OneOfTwoLinesRefused_No()
    {
        const string text = "- [ ] 1.1 Two\n- [ ] 1.1 Four\n";
        var both = new DraftedRepair("tasks.md", [new TextEdit(6, "1.1", "1.2"), new TextEdit(20, "1.1", "1.3")], "numbers");
        Assert.False(Refused().Contains(both, text));
    }

    private static RefusedRepairs Refused()
    {
        var refused = new RefusedRepairs();
        refused.Add("tasks.md", Before, After);
        refused.Add("tasks.md", "Some text.\n", "Another text.\n");
        return refused;
    }

    private static DraftedRepair Repair(string path, string text, string old, string replacement) =>
        new(path, [new TextEdit(text.IndexOf(old, StringComparison.Ordinal), old, replacement)], "a repair");
}
