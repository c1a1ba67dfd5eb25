using Workflow.Review;
using Workflow.Review.Rules;

namespace Workflow.Tests.Review;

/// <summary>Hits and non-hits of rules 9 to 25, without those of the first ten.</summary>
public sealed class MoreRulesTests
{
    [Theory]
    [InlineData("The page should list the results. It SHALL show errors.", "Warning")]
    [InlineData("The system will list the results.", "Warning")]
    [InlineData("The system SHALL list results. That is how readers can find them.", null)]
    [InlineData("The system MAY list the results.", null)]
    [InlineData("The system SHALL list the results that should be seen.", null)]
    [InlineData("The system SHALL list results. The reader knows what should follow.", null)]
    [InlineData("The system SHALL show the `should` flag.", null)]
    public void WeakModal_Statement_IsReportedWithoutShall(string statement, string? expected) => AssertSeverity("weak-modal", Specimen.Requirement(statement), expected);

    [Fact]
    public void WeakModal_Outcome_IsReported() => AssertSeverity("weak-modal", Specimen.Scenario("- **WHEN** the index is missing", "- **THEN** the page should show an error"), "Warning");

    [Theory]
    [InlineData("The system SHALL give better results.", "Advice")] // measured: four of six such hits are problems
    [InlineData("The system SHALL minimize the traffic.", "Advice")]
    [InlineData("The system SHALL use a larger cache.", "Advice")]
    [InlineData("The system SHALL be faster than the old one.", null)]
    [InlineData("The system SHALL use a lower-case name and lower case letters.", null)]
    [InlineData("The system SHALL cache the index to improve it.", null)]
    [InlineData("The system SHALL remove what no longer exists.", null)]
    public void Comparative_Statement_NeedsAReferent(string statement, string? expected) => AssertSeverity("comparative", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The system SHALL always list all results.", "Advice")]
    [InlineData("The system SHALL be up 100% of the day.", "Advice")]
    [InlineData("The system SHALL list the results. It never stops.", null)]
    [InlineData("The system SHALL show the `all` flag.", null)]
    public void Universal_Statement_IsAdvice(string statement, string? expected) => AssertSeverity("universal", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The system SHALL support exports.", "Advice")]
    [InlineData("The reader SHALL be able to export.", "Advice")]
    [InlineData("The system SHALL write exports that support reading.", null)]
    [InlineData("The process SHALL stop.", null)]
    public void WeakVerb_RightAfterShall_IsAdvice(string statement, string? expected) => AssertSeverity("weak-verb", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The system SHALL stop as described above.", "Warning")]
    [InlineData("The system SHALL stop as the `no-such-thing` capability says.", "Warning")]
    [InlineData("The system SHALL stop as the `other-thing` capability says.", null)]
    [InlineData("The system SHALL stop as the `search` capability says.", null)]
    [InlineData("The system SHALL draw the line above the text.", null)]
    public void DanglingReference_Statement_IsReportedWhenNothingIsThere(string statement, string? expected) => AssertSeverity(
        "dangling-reference",
        Specimen.Requirement(statement) with { MoreFiles = new Dictionary<string, string> { ["specs/other-thing/spec.md"] = "# x\n" } },
        expected);

    [Theory]
    [InlineData("The file SHALL be removed.", "Advice")]
    [InlineData("The file MUST NOT be silently overwritten.", "Advice")]
    [InlineData("The file SHALL be removed by the cleaner.", null)]
    [InlineData("The file SHALL be red.", null)]
    [InlineData("The cleaner SHALL remove the file.", null)]
    public void Passive_Statement_NeedsAnAgent(string statement, string? expected) => AssertSeverity("passive", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("It SHALL stop.", "Advice")]
    [InlineData("This SHALL stop.", "Advice")]
    [InlineData("This page SHALL stop.", null)]
    [InlineData("The page SHALL stop. It SHALL say so.", null)]
    public void Pronoun_FirstOfTheStatement_IsAdvice(string statement, string? expected) => AssertSeverity("pronoun", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The page SHALL stop, SHALL say so and SHALL close.", "Warning")]
    [InlineData("The page SHALL stop and SHALL say so.", "Advice")]
    [InlineData("The page SHALL stop. The page SHALL say so.", null)]
    public void SeveralShalls_Sentence_CountsThem(string statement, string? expected) => AssertSeverity("several-shalls", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The page SHALL show the name and/or the date.", "Warning")]
    [InlineData("The page SHALL show the name as well as the date.", "Advice")]
    [InlineData("The page SHALL show the name and the date.", null)]
    public void Combinator_Statement_IsReported(string statement, string? expected) => AssertSeverity("combinator", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The page SHALL close within 72.", "Warning")]
    [InlineData("The page SHALL close after 5 and say so.", "Warning")]
    [InlineData("The page SHALL close within 72 hours.", null)]
    [InlineData("The page SHALL close within 5s.", null)]
    [InlineData("The page SHALL close every 2 `ticks`.", null)]
    [InlineData("The page SHALL close after 12:30.", null)]
    [InlineData("The page SHALL show at least 1.", null)]
    public void NumberWithoutUnit_Statement_IsReported(string statement, string? expected) => AssertSeverity("number-without-unit", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData(46, "Advice")]
    [InlineData(45, null)]
    public void LongSentence_Words_CountsThem(int words, string? expected) =>
        AssertSeverity("long-sentence", Specimen.Requirement("SHALL " + string.Join(' ', Enumerable.Repeat("word", words - 1)) + "."), expected);

    [Theory]
    [InlineData("The system SHALL call `refresh()`.", "Advice")]
    [InlineData("The `Parser` class SHALL stop.", "Advice")]
    [InlineData("The system SHALL change `src/parser.ts`.", "Advice")]
    [InlineData("The system SHALL accept `--json`.", null)]
    [InlineData("The system SHALL write `config.yaml`.", null)]
    public void ImplementationDetail_Statement_IsAdvice(string statement, string? expected) => AssertSeverity("implementation-detail", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The system SHALL list the names of all open files of the project in order.", "The system SHALL list the names of all closed files of the project in order.", 1)]
    [InlineData("The system SHALL list the names of all open files of the project in order.", "The page SHALL close when a reader has been away for one hour or more.", 0)]
    [InlineData("The system SHALL stop.", "The system SHALL stop.", 0)]
    public void NearDuplicate_TwoRequirements_AreCompared(string first, string second, int expected)
    {
        string[] steps = ["- **WHEN** the index is missing", "- **THEN** the page shows an error"];
        var specimen = new Specimen { Delta = Specimen.Added("First", first, steps) + "\n" + Specimen.Added("Second", second, steps) };
        Assert.Equal(expected, specimen.Findings("near-duplicate").Count);
    }

    [Fact]
    public void NearDuplicate_OfTheMainSpec_IsReportedUnlessItIsReplaced()
    {
        const string Main = "# search\n\n## Purpose\nx\n\n## Requirements\n\n### Requirement: Old\nThe system SHALL list the names of all open files of the project.\n\n#### Scenario: a\n- **WHEN** a\n- **THEN** b\n";
        var specimen = Specimen.Requirement("The system SHALL list the names of all open files of the project too.") with { MainSpec = Main };
        Assert.Contains("'Old'", Assert.Single(specimen.Findings("near-duplicate")).Message, StringComparison.Ordinal);
        Assert.Empty((specimen with { Delta = specimen.Delta + "\n## REMOVED Requirements\n\n### Requirement: Old\n" }).Findings("near-duplicate"));
    }

    [Theory]
    [InlineData("The folder SHALL be a folder. The directory SHALL be a directory.", "", "Advice")]
    [InlineData("The folder SHALL be a folder.", "", null)]
    [InlineData("The folder SHALL be open.", "directory directory directory directory", "Advice")]
    [InlineData("The folder SHALL be open.", "directory directory directory directory folder", null)]
    public void TermDrift_TwoWordsForOneThing_IsAdvice(string statement, string main, string? expected) =>
        AssertSeverity("term-drift", Specimen.Requirement(statement) with { MainSpec = $"# search\n\n## Purpose\n{main}\n" }, expected);

    [Theory]
    [InlineData("### New Capabilities\n- `search`: finds", null)]
    [InlineData("### Modified Capabilities\n- `search`: finds", "'search' is called modified, but there is no such spec yet.")]
    [InlineData("### New Capabilities\n- `search`: finds\n- `export`: writes", "The proposal names 'export', but there is no specs/export/spec.md in this change.")]
    [InlineData("### New Capabilities\n- `export`: writes", "The delta specs change 'search', which the proposal does not name.")]
    [InlineData("### New Capabilities\n- none", null)]
    public void CapabilityMismatch_Proposal_IsComparedWithTheDeltas(string capabilities, string? expected)
    {
        var specimen = Specimen.Requirement("The system SHALL stop.") with { Proposal = $"## Why\nx\n\n## What Changes\n- y\n\n## Capabilities\n\n{capabilities}\n\n## Impact\n- `other`: z\n" };
        Assert.Equal(expected, specimen.Findings("capability-mismatch").Select(finding => finding.Message).FirstOrDefault(message => expected is null || message == expected));
    }

    [Theory]
    [InlineData("", "Warning")]
    [InlineData("**Reason**: nobody uses it.", "Advice")]
    [InlineData("**Reason**: nobody uses it.\n**Migration**: none needed.", null)]
    public void RemovalWithoutReason_Removed_WantsBoth(string text, string? expected) =>
        AssertSeverity("removal-without-reason", new Specimen { Delta = $"## REMOVED Requirements\n\n### Requirement: Old\n{text}\n" }, expected);

    [Theory]
    [InlineData("- Remove the old page", "Advice")]
    [InlineData("- **BREAKING** Remove the old page", null)]
    [InlineData("- Add a page that can remove files", null)]
    public void BreakingUnmarked_Proposal_WantsTheMark(string bullet, string? expected) =>
        AssertSeverity("breaking-unmarked", Specimen.Requirement("The system SHALL stop.") with { Proposal = $"## Why\nx\n\n## What Changes\n{bullet}\n" }, expected);

    [Theory]
    [InlineData("- [ ] 1.1 Show the results", null)]
    [InlineData("- [ ] 1.1 Searching", null)]
    [InlineData("- [ ] 1.1 Write the export", "Advice")]
    [InlineData("No tasks yet", null)]
    public void UntaskedRequirement_Tasks_AreSearchedForItsName(string tasks, string? expected) =>
        AssertSeverity("untasked-requirement", Specimen.Requirement("The system SHALL stop.") with { Tasks = $"## 1. Work\n\n{tasks}\n" }, expected);

    [Fact]
    public void All_Rules_HaveUniqueReadableIdsAndAllNumbers()
    {
        Assert.All(BuiltInRules.All, rule => Assert.Matches("^[a-z]+(-[a-z]+)*$", rule.Id));
        Assert.Equal(BuiltInRules.All.Count, BuiltInRules.All.Select(rule => rule.Id).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 26), BuiltInRules.All.Select(rule => rule.Number).Distinct());
        Assert.Equal(BuiltInRules.All.Select(rule => rule.Number), BuiltInRules.All.Select(rule => rule.Number).Order());
    }

    private static void AssertSeverity(string rule, Specimen specimen, string? expected) =>
        Assert.Equal(expected, specimen.Findings(rule).Select(finding => (FindingSeverity?)finding.Severity).Max()?.ToString());
}
