using FsCheck;
using FsCheck.Fluent;
using OpenSpec.Documents;
using OpenSpec.Editing;
using OpenSpec.Tests.Generators;

namespace OpenSpec.Tests.Editing;

public sealed class EditingTests
{
    private const string Delta = "\ufeff## ADDED Requirements\r\n\r\n### Requirement: A\r\nThe system SHALL a.\r\n\r\n#### Scenario: one\r\n- **WHEN** x\r\n\r\n### Requirement: B ##\r\nIt MUST b.  \r\n\r\n#### Scenario: two\r\n- **WHEN** y\r\n";

    [Fact]
    public void Apply_WrongExpectation_IsAConflict()
    {
        Assert.IsType<EditOutcome.Conflict>(TextEdits.Apply("abc", [new(0, "x", "y")]));
        Assert.IsType<EditOutcome.Conflict>(TextEdits.Apply("abc", [new(2, "cd", "y")]));
        Assert.IsType<EditOutcome.Conflict>(TextEdits.Apply("abc", [new(0, "ab", ""), new(1, "b", "")]));
        Assert.IsType<EditOutcome.Conflict>(TextEdits.Apply("a\r\nb", [new(2, "\n", "")]));
        Assert.IsType<EditOutcome.Conflict>(TextEdits.Apply("\ud83d\ude80", [new(1, "\ude80", "")]));
        Assert.IsType<EditOutcome.Conflict>(TextEdits.Apply("abc", [], TextEdits.Hash("abd")));
        Assert.Equal("xbcy", Edited(TextEdits.Apply("abc", [new(3, "", "y"), new(0, "a", "x")], TextEdits.Hash("abc"))));
    }

    [Fact]
    public void ReplaceRequirement_CrLfAndByteOrderMark_ChangesOnlyTheBlock()
    {
        var hash = TextEdits.Hash(RequirementEditor.RequirementsOf(Delta)[1].Text);
        var result = Edited(RequirementEditor.ReplaceRequirement(Delta, "B", "### Requirement: B\nIt SHALL c.\n", hash).ApplyTo(Delta));
        Assert.Equal(Delta[..Delta.IndexOf("### Requirement: B")] + "### Requirement: B\r\nIt SHALL c.\r\n", result);
        Assert.IsType<EditTarget.Missing>(RequirementEditor.ReplaceRequirement(Delta, "B", "x", TextEdits.Hash("other")));
        Assert.IsType<EditTarget.Missing>(RequirementEditor.ReplaceRequirement(Delta, "C", "x"));
    }

    [Fact]
    public void EditScenarios_OfOneRequirement_LeavesTheOthers()
    {
        var added = Edited(RequirementEditor.AddScenario(Delta, "A", "#### Scenario: new\n- **WHEN** z").ApplyTo(Delta));
        Assert.Equal(["one", "new"], RequirementEditor.RequirementsOf(added)[0].Scenarios.Select(s => s.Name));
        var removed = Edited(RequirementEditor.RemoveScenario(added, "A", "new").ApplyTo(added));
        Assert.Equal(Delta, removed);
        var statement = Edited(RequirementEditor.ReplaceStatement(Delta, "A", "The system SHALL NOT a.").ApplyTo(Delta));
        Assert.Equal(Delta.Replace("SHALL a", "SHALL NOT a"), statement);
    }

    [Fact]
    public void RemoveRequirement_Last_KeepsTheLastLineEnd()
    {
        var removed = Edited(RequirementEditor.RemoveRequirement(Delta, "B").ApplyTo(Delta));
        Assert.EndsWith("- **WHEN** x\r\n", removed);
        Assert.Single(RequirementEditor.RequirementsOf(removed));
    }

    [Fact]
    public void AddRequirement_NoSuchSection_MakesIt()
    {
        var result = Edited(RequirementEditor.AddRequirement(Delta, DeltaOperation.Modified, "### Requirement: M\nIt SHALL m.").ApplyTo(Delta));
        Assert.StartsWith(Delta, result);
        Assert.Equal("M", DeltaSpec.Parse(result).Modified.Single().Name);
        Assert.EndsWith("It SHALL m.\r\n", result);
    }

    [Theory]
    [InlineData("# P\n\n## Clarifications\n\n- a\n\n## Impact\nx\n", "# P\n\n## Clarifications\n\n- a\n- b\n\n## Impact\nx\n")]
    [InlineData("# P\n\n## Clarifications\n\n## Impact\nx\n", "# P\n\n## Clarifications\n\n- b\n\n## Impact\nx\n")]
    [InlineData("# P\n\ntext", "# P\n\ntext\n\n## Clarifications\n\n- b\n")]
    [InlineData("# P\n\ntext\n", "# P\n\ntext\n\n## Clarifications\n\n- b\n")]
    [InlineData("", "## Clarifications\n\n- b\n")]
    public void AppendToSection_AnyDocument_AddsTheBullet(string text, string expected) =>
        Assert.Equal(expected, Edited(DocumentEditor.AppendToSection(text, "Clarifications", "- b").ApplyTo(text)));

    [Fact]
    public void ReplaceQuote_NotExactlyOnce_SaysSo()
    {
        Assert.IsType<EditTarget.Missing>(DocumentEditor.ReplaceQuote("aa", "b", "c"));
        Assert.IsType<EditTarget.Missing>(DocumentEditor.ReplaceQuote("aa", "a", "c"));
        Assert.IsType<EditTarget.Missing>(DocumentEditor.ReplaceQuote("aa", "", "c"));
        Assert.Equal("x\r\nz\r\nw", Edited(DocumentEditor.ReplaceQuote("x\r\ny\r\nw", "x\ny", "x\nz").ApplyTo("x\r\ny\r\nw")));
    }

    [Fact]
    public void Tasks_SetReplaceAdd_ChangesOneLine()
    {
        const string Tasks = "## 1. One\n- [ ] 1.1 a\n* [X]  1.2 b\n\n## 2. Two\n- [ ] 2.1 c\n";
        Assert.Equal(Tasks.Replace("[ ] 1.1", "[x] 1.1"), Edited(DocumentEditor.SetTask(Tasks, "1.1", isDone: true).ApplyTo(Tasks)));
        Assert.Equal(Tasks.Replace("[X]", "[ ]"), Edited(DocumentEditor.SetTask(Tasks, "1.2", isDone: false).ApplyTo(Tasks)));
        Assert.Equal(Tasks.Replace("2.1 c", "2.1 d"), Edited(DocumentEditor.ReplaceTaskText(Tasks, "2.1", "d").ApplyTo(Tasks)));
        Assert.Equal(Tasks.Replace("  1.2 b\n", "  1.2 b\n- [ ] 1.3 n\n"), Edited(DocumentEditor.AddTask(Tasks, "1", "n").ApplyTo(Tasks)));
        Assert.IsType<EditTarget.Missing>(DocumentEditor.SetTask(Tasks, "9.9", isDone: true));
    }

    [Fact]
    public void Apply_AnyEdit_ChangesOnlyItsRange() =>
        Prop.ForAll(Texts.Document.Arbitrary(), Texts.Line.Arbitrary(), Gen.Choose(0, int.MaxValue).Arbitrary(), (text, newText, seed) =>
        {
            var random = new System.Random(seed);
            var start = random.Next(text.Length + 1);
            var edit = new TextEdit(start, text.Substring(start, random.Next(text.Length - start + 1)), newText);
            return TextEdits.Apply(text, [edit]) is not EditOutcome.Edited edited
                || (edited.Text.StartsWith(text[..edit.Start], StringComparison.Ordinal) && edited.Text.EndsWith(text[edit.End..], StringComparison.Ordinal)
                    && edited.Text.Length == text.Length - edit.Length + newText.Length);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Between_AnyTwoTexts_PatchGivesTheSecond() =>
        Prop.ForAll(Texts.Document.Arbitrary(), Texts.Document.Arbitrary(), (before, after) =>
        {
            // A text is mostly compared with a variation of itself.
            var other = before.Length > 20 ? before[..10] + after[..Math.Min(after.Length, 30)] + before[15..] : after;
            return Patch(before, UnifiedDiff.Between("f", before, other)) == other;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Between_Texts_GivesTheFormatOfGit()
    {
        var before = string.Concat(Enumerable.Range(1, 20).Select(i => $"{i}\n"));
        var after = before.Replace("\n3\n", "\nthree\n").Replace("\n15\n", "\n15\n15b\n").TrimEnd('\n');
        Assert.Equal(
            "--- a/f\n+++ b/f\n@@ -1,6 +1,6 @@\n 1\n 2\n-3\n+three\n 4\n 5\n 6\n@@ -13,8 +13,9 @@\n 13\n 14\n 15\n+15b\n 16\n 17\n 18\n 19\n-20\n+20\n\\ No newline at end of file\n",
            UnifiedDiff.Between("f", before, after));
        Assert.Equal("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n", UnifiedDiff.Between("f", null, "x\n"));
    }

    [Fact]
    public void Between_HugeTexts_EndsSoon()
    {
        var before = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n"));
        var after = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"x{i}\n"));
        Assert.Equal(after, Patch(before, UnifiedDiff.Between("f", before, after)));
    }

    private static string Edited(EditOutcome outcome) => Assert.IsType<EditOutcome.Edited>(outcome).Text;

    /// <summary>A patch program of the simplest kind.</summary>
    private static string Patch(string text, string diff)
    {
        if (diff.Length == 0)
            return text;
        var old = SplitLines(text);
        var result = new System.Text.StringBuilder();
        var at = 0;
        var lines = SplitLines(diff);
        for (var i = 2; i < lines.Count; i++)
        {
            var line = lines[i];
            var hasEnd = i + 1 >= lines.Count || lines[i + 1][0] != '\\';
            var content = hasEnd ? line[1..] : line[1..^1];
            if (line[0] == '@')
            {
                var range = line.Split(' ')[1][1..].Split(',');
                var start = int.Parse(range[0]) - (range is [_, "0"] ? 0 : 1);
                while (at < start)
                    result.Append(old[at++]);
            }
            else if (line[0] is ' ' or '-')
            {
                Assert.Equal(old[at++], content);
                result.Append(line[0] == ' ' ? content : "");
            }
            else if (line[0] == '+')
            {
                result.Append(content);
            }
        }

        return result.Append(string.Concat(old.Skip(at))).ToString();
    }

    private static List<string> SplitLines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }
}
