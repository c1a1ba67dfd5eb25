using OpenSpec.Validation;

namespace OpenSpec.Tests.Validation;

/// <summary>What 1.7.0, 1.8.0, 1.11.0 and 1.13.0 really said about this project; measured with those versions.</summary>
public sealed class OlderVersionTests
{
    private const string Main = "# a\n\n## Purpose\nTBD - created by archiving change x. Update Purpose after archive.\n\n## Requirements\n### Requirement: One\nThe system SHALL x.\n\n"
        + "#### Scenario: s1\n- **WHEN** a\n- **THEN** b\n\n#### Scenario: s2\n- **WHEN** a\n- **THEN** b\n";

    private const string Delta = "## MODIFIED Requirements\n### Requirement: One\nThe system does x.\n\n#### Scenario: s1\n- **WHEN** a\n- **THEN** b\n\n#### Scenario: s3\n\n### Other\n\n## Foo\n### Requirement: orphan\n";

    private static readonly OpenSpecProject Project = new(MemoryFiles.FromText(
    [
        KeyValuePair.Create("specs/a/spec.md", Main),
        KeyValuePair.Create("changes/c/specs/a/spec.md", Delta),
        KeyValuePair.Create("changes/c/proposal.md", "## Why\nx\n## What Changes\ny\n"),
        KeyValuePair.Create("changes/c/tasks.md", "## 1. A\n- [ ] 2.1 x\n- [ ] 2.1 y\n"),
    ]));

    [Theory]
    [InlineData("1.7.0", "C2 Info, C7 Error", "")]
    [InlineData("1.8.0", "C2 Info, C7 Warning, C9 Error", "")]
    [InlineData("1.11.0", "C2 Info, C7 Warning, C9 Error, T2 Warning, T2 Warning, T3 Warning", "S10 Warning")]
    [InlineData("1.13.0", "C2 Info, C7 Warning, C9 Error, T2 Warning, T2 Warning, T3 Warning", "S10 Warning")]
    [InlineData("1.13.2", "C2 Info, C4 Warning, C7 Warning, C9 Error, T2 Warning, T2 Warning, T3 Warning", "S10 Warning")]
    public void AsOf_OlderVersion_HasItsRulesAndLevels(string version, string change, string spec)
    {
        var reports = Project.ValidateAll().ToDictionary(r => r.Type, r => r.AsOf(Version.Parse(version)));
        Assert.Equal(change, Describe(reports[ItemType.Change]));
        Assert.Equal(spec, Describe(reports[ItemType.Spec]));
        Assert.Equal(spec.Length == 0, reports[ItemType.Spec].StrictValid);
    }

    private static string Describe(ItemReport report) => string.Join(", ", report.Issues.Select(i => $"{i.Rule} {i.Level}"));
}
