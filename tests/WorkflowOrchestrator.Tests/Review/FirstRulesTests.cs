using Workflow.Review;

namespace Workflow.Tests.Review;

/// <summary>Hits and non-hits of rules 1 to 8, 12 and 20.</summary>
public sealed class FirstRulesTests
{
    [Theory]
    [InlineData("The limit SHALL be TBD.", "Error")]
    [InlineData("TODO: describe the limit that the system SHALL keep.", "Error")]
    [InlineData("The system SHALL close the session after [TBD] minutes.", "Error")]
    [InlineData("The system SHALL close the session within ??? seconds.", "Error")]
    [InlineData("The owner of the file SHALL be to be decided.", "Error")]
    [InlineData("The system SHALL warn about TODO comments in a file.", "Advice")]
    [InlineData("The system SHALL support [NEEDS CLARIFICATION: which formats?].", "Error")]
    [InlineData("The system SHALL warn about `TODO` comments.", null)]
    [InlineData("The system SHALL warn when the purpose says \"TBD\".", null)]
    [InlineData("The order SHALL continue to be determined by the dates.", null)]
    [InlineData("Every todo of the list SHALL have a date.", null)]
    public void Placeholder_Statement_IsErrorOnlyAsAValue(string statement, string? expected) => AssertSeverity("placeholder", Specimen.Requirement(statement), expected);

    [Fact]
    public void Placeholder_InProposal_IsAWarning()
    {
        var specimen = Specimen.Requirement("The system SHALL list results.") with { Proposal = "## Why\n\nTBD\n\n## What Changes\n\n- A list. We talk about TODO lists.\n" };
        var finding = Assert.Single(specimen.Findings("placeholder"));
        Assert.Equal((FindingSeverity.Warning, "proposal.md", 3, "TBD"), (finding.Severity, finding.Path, finding.Line, finding.Quote));
    }

    [Theory]
    [InlineData("- **WHEN** the index is missing", "Error")]
    [InlineData("- **THEN** the page shows an error", "Error")]
    [InlineData("The page shows an error and that is all.", "Error")]
    [InlineData("- **GIVEN** no index\n- **THEN** the page shows an error", "Warning")]
    [InlineData("- **WHEN** the index is missing\n- **THEN** the page shows an error", null)]
    [InlineData("- WHEN the index is missing\n- THEN the page shows an error", null)]
    [InlineData("* **When** the index is missing\n* **Then** the page shows an error", null)]
    [InlineData("WHEN the index is missing\nTHEN the page shows an error", null)]
    [InlineData("- **WHEN** the index is missing, **THEN** the page shows an error", null)]
    [InlineData("When the index is missing\nThen the page shows an error", null)]
    [InlineData("1. **WHEN:** the index is missing\n2. **THEN:** the page shows an error", null)]
    public void ScenarioIncomplete_Steps_NeedTriggerAndOutcome(string steps, string? expected) => AssertSeverity("scenario-incomplete", Specimen.Scenario(steps), expected);

    [Fact]
    public void ScenarioIncomplete_AnotherLanguage_IsLeftAlone()
    {
        var specimen = new Specimen
        {
            Delta = "## ADDED Requirements\n\n### Requirement: Suche\nDas System MUST alle Treffer zeigen, auch wenn der Index fehlt.\n\n#### Scenario: Kein Index\n- **WENN** der Index fehlt\n- **DANN** erscheint ein Fehler\n",
        };
        Assert.Empty(specimen.Findings());
    }

    [Theory]
    [InlineData("- **THEN** it works", "Warning")]
    [InlineData("- **THEN** success", "Warning")]
    [InlineData("- **THEN** the page closes", null)]
    [InlineData("- **THEN** exit `1`", null)]
    [InlineData("- **THEN** status 404", null)]
    [InlineData("- **THEN** it shows:\n  - the name of the index\n  - the date", null)]
    [InlineData("- **THEN** prints\n\n```\nno index\n```", null)]
    public void OutcomeUnobservable_ShortOutcome_IsReported(string then, string? expected) =>
        AssertSeverity("outcome-unobservable", Specimen.Scenario("- **WHEN** the index is missing", then), expected);

    [Theory]
    [InlineData("- **WHEN** a\n- **THEN** the page shows a\n- **WHEN** b\n- **THEN** the page shows b", "Warning")]
    [InlineData("- **WHEN** a\n- **AND** b\n- **THEN** the page shows a", null)]
    [InlineData("- **WHEN** a reader asks WHEN it opens\n- **THEN** the page shows a date", null)]
    public void SeveralTriggers_Steps_CountsOnlyKeywords(string steps, string? expected) => AssertSeverity("several-triggers", Specimen.Scenario(steps), expected);

    [Theory]
    [InlineData("the reader opens the page", "the page shows the results", "Advice")]
    [InlineData("the index is missing", "the page shows a note", null)]
    [InlineData("the reader opens the page", "the page shows no results", null)]
    [InlineData("the request times out with a timeout", "the page shows a note", null)]
    [InlineData("the value is non-numeric", "the page shows a note", null)]
    public void NoFailureScenario_OnlyGoodCases_IsReported(string when, string then, string? expected) =>
        AssertSeverity("no-failure-scenario", new Specimen { Delta = $"## ADDED Requirements\n\n### Requirement: Results\nThe system SHALL list the results of the index.\n\n#### Scenario: Page\n- **WHEN** {when}\n- **THEN** {then}\n" }, expected);

    [Theory]
    [InlineData("The system SHALL show a clear message.", "Warning")]
    [InlineData("The system SHALL answer fast.", "Warning")]
    [InlineData("The system SHALL use appropriate colours.", "Warning")]
    [InlineData("The system SHALL show colours (appropriate ones).", "Advice")]
    [InlineData("The system SHALL answer fast, within 200 ms.", "Advice")]
    [InlineData("The system SHALL show the page. Colours are suitable here.", "Advice")]
    [InlineData("The system SHALL clear the cache.", null)]
    [InlineData("The system SHALL keep the `fast` flag.", null)]
    [InlineData("The system SHALL keep the option named \"fast\".", null)]
    [InlineData("The system SHALL make clear that it stopped.", null)]
    [InlineData("The system SHALL fast-forward the branch.", null)]
    [InlineData("The system SHALL not show breakfast.", null)]
    public void VagueWord_Statement_WeighsByPlace(string statement, string? expected) => AssertSeverity("vague-word", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("- **THEN** the page shows a clear message", "Warning")]
    [InlineData("- **THEN** the page closes\n- **AND** the cleanup is done properly", "Warning")]
    public void VagueWord_Outcome_IsAWarning(string then, string? expected) => AssertSeverity("vague-word", Specimen.Scenario("- **WHEN** the index is missing", then), expected);

    [Fact]
    public void VagueWord_Trigger_IsAdvice() =>
        AssertSeverity("vague-word", Specimen.Scenario("- **WHEN** the index is sufficient", "- **THEN** the page shows the results"), "Advice");

    [Theory]
    [InlineData("The system SHALL remove the file where possible.", "Warning")]
    [InlineData("The system SHALL attempt to remove the file.", "Warning")]
    [InlineData("The system SHALL remove the file, as required.", "Warning")]
    [InlineData("Ideally the file is gone. The system SHALL log it.", "Advice")]
    [InlineData("The system SHALL NOT attempt to remove the file.", null)]
    [InlineData("The system SHALL remove the file as required by the schema.", null)]
    [InlineData("The system SHALL warn if required fields are missing.", null)]
    [InlineData("Removal SHALL be best-effort: a failure SHALL be logged.", null)]
    [InlineData("The system SHALL remove what `if possible` names.", null)]
    public void EscapeClause_Statement_IsReportedUnlessConditionFollows(string statement, string? expected) => AssertSeverity("escape-clause", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The system SHALL read YAML, JSON, etc.", "Warning")]
    [InlineData("The system SHALL read formats such as YAML and JSON.", "Warning")]
    [InlineData("The system SHALL read formats, e.g. YAML and JSON.", "Warning")]
    [InlineData("The system SHALL read a format (e.g. YAML).", null)]
    [InlineData("The system SHALL read YAML. Formats such as TOML come next.", "Advice")]
    [InlineData("The system SHALL read /etc/hosts.", null)]
    [InlineData("The system SHALL read the folder `etc`.", null)]
    [InlineData("The system SHALL read such files as the user names.", null)]
    public void OpenList_Statement_IsNothingInBrackets(string statement, string? expected) => AssertSeverity("open-list", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The system SHALL show the result immediately.", "Warning")]
    [InlineData("The system SHALL remove old files periodically.", "Warning")]
    [InlineData("The system SHALL answer as soon as possible.", "Warning")]
    [InlineData("The user SHALL be asked later.", null)]
    [InlineData("The system SHALL send the event immediately, not in a batch.", null)]
    [InlineData("The system SHALL write the date immediately after the name.", null)]
    [InlineData("The system SHALL answer as soon as the file is closed.", null)]
    [InlineData("The system SHALL accept version 2 or later.", null)]
    [InlineData("The system SHALL keep the file for a later run.", null)]
    [InlineData("The system SHALL show the result immediately, within 100 ms.", null)]
    public void VagueTime_Statement_IsReportedUnlessItIsAnOrder(string statement, string? expected) => AssertSeverity("vague-time", Specimen.Requirement(statement), expected);

    [Theory]
    [InlineData("The system SHALL answer with low latency.", "Warning")]
    [InlineData("The response time of the search SHALL be short.", "Warning")]
    [InlineData("The service SHALL be scalable.", "Warning")]
    [InlineData("The call SHALL be made with a timeout.", "Warning")]
    [InlineData("Uploads SHALL NOT exceed the size limit.", "Warning")]
    [InlineData("The latency SHALL stay below 200 ms.", null)]
    [InlineData("The system SHALL use the configured timeout.", null)]
    [InlineData("The system SHALL show the size of the file.", null)]
    [InlineData("A call that reaches its timeout SHALL fail.", null)]
    [InlineData("The index SHALL be cached to improve performance.", null)]
    [InlineData("The latency SHALL stay below `MAX_LATENCY`.", null)]
    public void UnquantifiedQuality_Statement_NeedsANumber(string statement, string? expected) => AssertSeverity("unquantified-quality", Specimen.Requirement(statement), expected);

    [Fact]
    public void UnquantifiedQuality_NumberInTheOutcome_SettlesIt() => Assert.Empty(
        Specimen.Requirement("The system SHALL answer with low latency.", "- **WHEN** no answer is cached", "- **THEN** the answer is there within 200 ms").Findings("unquantified-quality"));

    private static void AssertSeverity(string rule, Specimen specimen, string? expected) =>
        Assert.Equal(expected, specimen.Findings(rule).Select(finding => (FindingSeverity?)finding.Severity).Max()?.ToString());
}
