using OpenSpec;
using Workflow.Review;
using Workflow.Review.BuiltIn;
using Workflow.Review.Reading;

namespace Workflow.Tests.Review;

/// <summary>A change in memory, made from the pieces that a test is about.</summary>
internal sealed record Specimen
{
    public const string ChangeName = "add-search";

    public const string Capability = "search";

    public string Delta { get; init; } = "";

    public string? MainSpec { get; init; }

    public string? Proposal { get; init; }

    public string? Tasks { get; init; }

    public IReadOnlyDictionary<string, string> MoreFiles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>One ADDED requirement with this statement and these steps; the steps hold a failure case and so please the rule about it.</summary>
    public static Specimen Requirement(string statement, params string[] steps) => new()
    {
        Delta = Added("Search results", statement, steps.Length > 0 ? steps : ["- **WHEN** the index is missing", "- **THEN** the page shows an error"]),
    };

    /// <summary>An otherwise faultless requirement with one scenario of these steps.</summary>
    public static Specimen Scenario(params string[] steps) =>
        new() { Delta = Added("Search results", "The system SHALL list the results of the index, and an error when the index is missing.", steps) };

    public static string Added(string name, string statement, params string[] steps) =>
        $"## ADDED Requirements\n\n### Requirement: {name}\n{statement}\n\n#### Scenario: The index is missing\n{string.Join('\n', steps)}\n";

    public OpenSpecProject Project()
    {
        var files = new Dictionary<string, string>(MoreFiles, StringComparer.Ordinal);
        files[$"changes/{ChangeName}/specs/{Capability}/spec.md"] = Delta;
        if (MainSpec is not null)
            files[$"specs/{Capability}/spec.md"] = MainSpec;
        if (Proposal is not null)
            files[$"changes/{ChangeName}/proposal.md"] = Proposal;
        if (Tasks is not null)
            files[$"changes/{ChangeName}/tasks.md"] = Tasks;
        return new OpenSpecProject(MemoryFiles.FromText(files));
    }

    /// <summary>What the rules say; validation is left out.</summary>
    public IReadOnlyList<Finding> Findings(params string[] suppressed)
    {
        var project = Project();
        var documents = project.ReadChange(ChangeName);
        var change = ReviewedChangeReader.Read(project, documents);
        var texts = change.All.ToDictionary(document => document.Path, document => document.Source);
        var (findings, ungrounded) = QuoteAnchor.Ground(BuiltInReviewer.RuleFindings(change, suppressed, CancellationToken.None), texts);
        Assert.Equal(0, ungrounded);
        return findings;
    }

    public IReadOnlyList<Finding> Findings(string rule) => Findings([]).Where(finding => finding.RuleId == rule).ToArray();
}
