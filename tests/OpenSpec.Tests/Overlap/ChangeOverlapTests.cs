using OpenSpec.Overlap;

namespace OpenSpec.Tests.Overlap;

public sealed class ChangeOverlapTests
{
    private const string Main = "# base Specification\n\n## Purpose\nA purpose that is long enough for the strict mode of the validator.\n\n## Requirements\n\n"
        + "### Requirement: Alpha\nThe system SHALL a.\n\n#### Scenario: works\n- **WHEN** a\n";

    [Fact]
    public void Analyze_OneAddsAnotherModifies_OrdersThem()
    {
        var report = Analyze(("a-modifies", Delta("MODIFIED", "New", "works")), ("b-adds", Delta("ADDED", "New", "works")));
        Assert.Equal(["b-adds", "a-modifies"], report.Order);
        Assert.Empty(report.Blocked);
        Assert.False(Assert.Single(report.Overlaps).IsConflict);
    }

    [Fact]
    public void Analyze_TwoAddTheSame_NamesConflictAndStaleness()
    {
        var report = Analyze(("a", Delta("ADDED", "New", "one")), ("b", Delta("ADDED", "New", "two")));
        Assert.True(Assert.Single(report.Overlaps).IsConflict);
        Assert.Equal(["a"], report.Order);
        Assert.Equal("b", Assert.Single(report.Blocked).Key);
        Assert.Equal([("b", "a"), ("a", "b")], report.Stale.Select(s => (s.ChangeId, s.AfterId)));
    }

    [Fact]
    public void Analyze_OneRemovesWhatAnotherModifies_IsAConflict()
    {
        var report = Analyze(("a", "## REMOVED Requirements\n### Requirement: Alpha\n"), ("b", Delta("MODIFIED", "Alpha", "works")), ("c", Delta("ADDED", "Free", "works")));
        Assert.Equal("Alpha", Assert.Single(report.Overlaps, o => o.IsConflict).Requirement);
        Assert.Contains("c", report.Order);
    }

    private static OverlapReport Analyze(params (string Id, string Delta)[] changes) => ChangeOverlap.Analyze(MemoryFiles.FromText(
        changes.Select(c => KeyValuePair.Create($"changes/{c.Id}/specs/base/spec.md", c.Delta)).Append(KeyValuePair.Create("specs/base/spec.md", Main))));

    private static string Delta(string section, string name, string scenario) =>
        $"## {section} Requirements\n\n### Requirement: {name}\nThe system SHALL {scenario}.\n\n#### Scenario: {scenario}\n- **WHEN** a\n";
}
