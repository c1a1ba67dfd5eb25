using System.Globalization;
using Xunit.Abstractions;

namespace OpenSpec.Tests.Differential;

/// <summary>
/// Generated projects, validated, listed, instructed and archived by the real command line and by this library. OPENSPEC_DIFFERENTIAL_PROJECTS sets the
/// number of projects, OPENSPEC_DIFFERENTIAL_SEED the first seed.
/// </summary>
[Trait("Category", "Differential")]
public sealed class DifferentialTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("openspec-differential-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [CommandLineFact]
    public void GeneratedProjects_ValidateListStatusInstructArchive_AgreeWithTheCommandLine()
    {
        Assert.NotNull(CommandLine.Package);
        var (count, first) = (Setting("OPENSPEC_DIFFERENTIAL_PROJECTS", 300), Setting("OPENSPEC_DIFFERENTIAL_SEED", 1));
        var projects = Path.Combine(_folder, "projects");
        foreach (var seed in Enumerable.Range(first, count))
            WriteProject(Path.Combine(projects, seed.ToString(CultureInfo.InvariantCulture)), seed);
        CommandLine.Run(projects, TimeSpan.FromMinutes(5) + (count * TimeSpan.FromSeconds(2)));

        var differences = new List<string>();
        var tally = new Tally();
        foreach (var seed in Enumerable.Range(first, count))
            new ProjectComparison(seed, projects, differences, tally).Run();
        output.WriteLine($"Seeds {first} to {first + count - 1}: {count} projects, {tally.Items} items with {tally.Issues} issues, {tally.Statuses} statuses, {tally.Instructions} instructions ({tally.Told} told), {tally.ProposalIssues} proposal issues, {tally.Archives} archives ({tally.Clean} clean) compared; {differences.Count} differ.");
        Assert.True(differences.Count == 0, string.Join("\n", differences.Take(20)));
    }

    private static void WriteProject(string folder, int seed)
    {
        var (files, directories) = new ProjectGenerator(seed).Make();
        foreach (var directory in directories)
            Directory.CreateDirectory(Path.Combine(folder, "openspec", directory));
        foreach (var (path, bytes) in files)
        {
            var full = Path.Combine(folder, "openspec", path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, bytes);
        }
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;
}
