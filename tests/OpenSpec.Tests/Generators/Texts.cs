using FsCheck;
using FsCheck.Fluent;

namespace OpenSpec.Tests.Generators;

/// <summary>Texts that look like OpenSpec documents and break the format in every way that was ever seen, and some more.</summary>
internal static class Texts
{
    private static readonly string[] LineEnds = ["\n", "\n", "\n", "\r\n", "\r"];

    private static readonly string[] Names = ["Alpha", "Beta", "beta", "Alpha ##", "Login  form", "Ünïcode 名前", "A \"quoted\" one"];

    private static readonly string[] Fixed =
    [
        "", "", "", " ", "\t", "The system SHALL do it.", "It must not.", "**ID**: 1", "MUST", "_SHALL_", "```", "```yaml", "~~~~", "<!--", "-->", "---",
        "# Title", "## Purpose", "## Requirements", "## Notes", "### Notes", "##", "## ", "###", "####", "#### Edge case", "##### Deep",
        "- **WHEN** a", "- **THEN** b", "  - nested", "1. one", "* * *", "TBD", "TODO: later", "\u2028", "x\u2028y", "\u00a0", "\ud83d\ude80 rocket", "|a|b|", "<h2>x</h2>", "===",
        "## ADDED Requirements", "## MODIFIED Requirements", "## REMOVED Requirements", "## RENAMED Requirements",
        "## added requirements", "## ADDED  Requirements", "## ADDED Requirements ##", "## ADDED Requirement:", "##ADDED Requirements", "### ADDED Requirements",
        "### Requirement:", "### Requirement: ", "###Requirement: x", "#### Requirement: y", "  ### Requirement: z", "### Requirement : q", "### **Requirement: b**",
        "#### Scenario:", "### Scenario: s3", "##### Scenario: s5", "####Scenario: s4", "**Scenario: bold**", "- **Scenario:** bold two", "#### Scenario: ok ####",
        "- [ ] 1.1 one", "- [x] 1.1 two", "- [X] 2.1 three", "* [~] 1.2 four", "+ []", "1. [ ] n", "- [ ](x)", "- [a](x)", "- [WIP] t", "## 1. Setup", "## 2. Build", "## 02. Two", "- [ ] 1.10a x",
        "Why it is done", "## Why", "## What Changes",
    ];

    /// <summary>One line.</summary>
    public static Gen<string> Line { get; } = Gen.Frequency(
        (10, Gen.Elements(Fixed)),
        (4, Gen.Elements(Names).Select(n => "### Requirement: " + n)),
        (3, Gen.Elements(Names).Select(n => "#### Scenario: " + n)),
        (1, Gen.Elements(Names).Select(n => "- FROM: `### Requirement: " + n + "`")),
        (1, Gen.Elements(Names).Select(n => "- TO: `### Requirement: " + n + "`")),
        (1, Gen.Elements(Names).Select(n => "- `### Requirement: " + n + "`")));

    /// <summary>A document: lines with any line ends, sometimes a byte order mark, sometimes no last line end.</summary>
    public static Gen<string> Document { get; } =
        from bom in Gen.Frequency((9, Gen.Constant("")), (1, Gen.Constant("\ufeff")))
        from lines in (from line in Line from end in Gen.Elements(LineEnds) select line + end).ListOf()
        from last in Line
        select bom + string.Concat(lines) + last;

    /// <summary>A document with one kind of line end, a delta section first: most of it is read as entries.</summary>
    public static Gen<string> Delta { get; } =
        from end in Gen.Elements(LineEnds)
        from section in Gen.Elements("## ADDED Requirements", "## MODIFIED Requirements", "## ADDED Requirement", "### REMOVED Requirements")
        from lines in Line.ListOf()
        select section + end + end + string.Join(end, lines);

    /// <summary>A delta that mostly archives: whole blocks, some of them for what the main spec has.</summary>
    public static Gen<string> GoodDelta { get; } =
        from added in Gen.SubListOf("New", "Other", "Log out")
        from modified in Gen.SubListOf("Alpha", "Login  form", "A \"quoted\" one")
        from removed in Gen.SubListOf("Beta", "Ünïcode 名前", "Gone")
        from noise in Gen.Elements("", "", "text\n\n", "### Notes\n\nnote\n\n", "\n\n\n")
        select "## ADDED Requirements\n\n" + string.Concat(added.Select(n => GoodBlock(n, "first") + noise))
            + "## MODIFIED Requirements\n\n" + string.Concat(modified.Select(n => GoodBlock(n, "works") + noise))
            + "## REMOVED Requirements\n\n" + string.Concat(removed.Select(n => $"### Requirement: {n}\n**Reason**: old\n\n"));

    private static string GoodBlock(string name, string scenario) =>
        $"### Requirement: {name}\nThe system MUST {name}.\n\n#### Scenario: {scenario}\n- **WHEN** x\n- **THEN** y\n\n";

    /// <summary>A main spec that its readers can read, with a line in it here and there that they cannot.</summary>
    public static Gen<string> Main { get; } =
        from names in Gen.SubListOf(Names)
        from noise in Gen.Elements("", "", "", "### Notes\n\nkept\n\n", "```\n### Requirement: fenced\n```\n\n")
        select "# base Specification\n\n## Purpose\nA purpose that is long enough for the strict mode of the validator.\n\n## Requirements\n\n"
            + string.Concat(names.Select(n => $"### Requirement: {n}\nThe system SHALL {n}.\n\n#### Scenario: works\n- **WHEN** a\n- **THEN** b\n\n{noise}"));

    public static Arbitrary<T> Arbitrary<T>(this Gen<T> generator) => Arb.From(generator);
}
