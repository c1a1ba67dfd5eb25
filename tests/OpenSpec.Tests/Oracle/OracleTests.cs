using OpenSpec.Validation;
using Xunit.Abstractions;

namespace OpenSpec.Tests.Oracle;

/// <summary>Our verdicts against those of the real command line, 1.13.2.</summary>
public sealed class OracleTests(ITestOutputHelper output)
{
    [Fact]
    public void Validate_EdgeCases_AgreesWithTheCommandLine()
    {
        var golden = GoldenItem.ReadLines(Corpus.EdgeCases.Files["validate.golden.jsonl"]);
        Assert.True(golden.Count > 200);
        Compare("edge-cases", new OpenSpecProject(Corpus.EdgeCases.Tree("validate/openspec")), golden, isWhole: false);
    }

    [Fact]
    public void Validate_RealRepositories_AgreesWithTheCommandLine()
    {
        foreach (var archive in Corpus.Repositories)
        {
            foreach (var tree in new[] { "active", "unarchived" })
            {
                var golden = GoldenItem.ReadLines(archive.Files[tree + "/golden.jsonl"]);
                Compare($"{archive.Name}/{tree}", new OpenSpecProject(archive.Tree(tree + "/openspec")), golden);
            }
        }

        if (Corpus.Repositories.Count == 0)
            output.WriteLine("No corpus of real repositories here (OPENSPEC_CORPUS); only the edge cases are compared.");
    }

    private void Compare(string name, OpenSpecProject project, IReadOnlyList<GoldenItem> golden, bool isWhole = true)
    {
        var reports = project.ValidateAll().ToDictionary(r => (r.Type == ItemType.Change ? "change" : "spec", r.Id));
        var differences = new List<string>();
        foreach (var item in golden)
        {
            if (!reports.Remove((item.Type, item.Id), out var report))
                differences.Add($"{item.Type} {item.Id}: not found");
            else if (Describe(item) != Describe(report))
                differences.Add($"{item.Type} {item.Id}\n  command line:\n{Describe(item)}\n  here:\n{Describe(report)}");
        }

        if (isWhole)
            differences.AddRange(reports.Keys.Select(k => $"{k}: only here"));
        output.WriteLine($"{name}: {golden.Count} items, {golden.Sum(g => g.Issues.Count)} issues compared, {differences.Count} differ");
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    private static string Describe(GoldenItem item) => string.Join("\n", item.Issues
        .Select(i => $"    {i.Rule} {i.Level} {i.Path}:{i.Line}")
        .Prepend($"    valid {item.Valid}, strict {item.StrictValid}"));

    private static string Describe(ItemReport report) => string.Join("\n", report.Issues
        .Select(i => $"    {i.Rule} {i.Level.ToString().ToUpperInvariant()} {i.Path}:{i.Line}")
        .Prepend($"    valid {report.Valid}, strict {report.StrictValid}"));
}
