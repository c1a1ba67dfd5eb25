using System.Text.Json;
using Workflow.Review;
using Workflow.Review.Rules;
using Xunit.Abstractions;

namespace Workflow.Tests.Review.Quality;

/// <summary>
/// Hits of the rules on public repositories, read and labelled one by one: a real problem or not, and why. Each sentence goes through its rule again; so the
/// figures are those of the rules as they are now. The sentences are short quotations from repositories under MIT and Apache-2.0 licences, named per row.
/// </summary>
public sealed class RuleQualityTests(ITestOutputHelper output)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    [Fact]
    public void Rules_LabelledHits_WarningsAreRightInSevenOfTenCases()
    {
        var labels = Labels();
        Assert.True(labels.Count >= 200, $"{labels.Count} labels");
        output.WriteLine($"{"rule",-24}{"labelled",9}{"gone",6}{"lost",6}{"warnings",10}{"right",7}{"advice",8}{"right",7}");
        var wrong = new List<string>();
        foreach (var group in labels.GroupBy(label => label.Rule, StringComparer.Ordinal))
        {
            var judged = group.Select(label => (label.Problem, Severity: SeverityNow(label))).ToArray();
            var (warnings, advice) = (judged.Where(hit => hit.Severity >= FindingSeverity.Warning).ToArray(), judged.Where(hit => hit.Severity == FindingSeverity.Advice).ToArray());
            output.WriteLine(
                $"{group.Key,-24}{judged.Length,9}{judged.Count(hit => hit.Severity is null && !hit.Problem),6}{judged.Count(hit => hit.Severity is null && hit.Problem),6}"
                + $"{warnings.Length,10}{Share(warnings),7}{advice.Length,8}{Share(advice),7}");
            var measured = RulePrecision.Of(group.Key);
            if (measured is null || measured != new MeasuredPrecision(judged.Count(hit => hit.Severity is not null && hit.Problem), judged.Count(hit => hit.Severity is not null)))
                wrong.Add($"RulePrecision says {measured} of {group.Key}; the labels say {judged.Count(hit => hit.Severity is not null && hit.Problem)}, {judged.Count(hit => hit.Severity is not null)}");
            if (warnings.Length >= 5 && warnings.Count(hit => hit.Problem) < 0.7 * warnings.Length)
                wrong.Add($"{group.Key}: {warnings.Count(hit => hit.Problem)} of {warnings.Length} warnings are right");
        }

        output.WriteLine($"{labels.Count} labelled hits");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string Share((bool Problem, FindingSeverity? Severity)[] hits) => hits.Length == 0 ? "-" : $"{100 * hits.Count(hit => hit.Problem) / hits.Length} %";

    private static FindingSeverity? SeverityNow(Label label) =>
        SpecimenOf(label).Findings(label.Rule).Select(finding => (FindingSeverity?)finding.Severity).Max();

    private static Specimen SpecimenOf(Label label) => label.Place switch
    {
        "block" => new Specimen { Delta = $"## ADDED Requirements\n\n{label.Text}\n" },
        "when" => Specimen.Scenario($"- **WHEN** {label.Text}", "- **THEN** the page shows an error"),
        "given" => Specimen.Scenario($"- **GIVEN** {label.Text}", "- **WHEN** the index is missing", "- **THEN** the page shows an error"),
        "then" => Specimen.Scenario("- **WHEN** the index is missing", $"- **THEN** {label.Text}"),
        _ => Specimen.Requirement(label.Text),
    };

    private static List<Label> Labels() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Review", "Quality", "labels.jsonl")).Select(line => JsonSerializer.Deserialize<Label>(line, Options)!)];

    /// <summary>One labelled hit.</summary>
    /// <param name="Rule">The rule that hit it when the sample was taken.</param>
    /// <param name="Problem">Whether it is a real problem.</param>
    /// <param name="Why">In one line.</param>
    /// <param name="Source">Repository and change.</param>
    /// <param name="Place">statement, when, given, then, or block for a whole requirement.</param>
    /// <param name="Text">The sentence.</param>
    private sealed record Label(string Rule, bool Problem, string Why, string Source, string Place, string Text);
}
