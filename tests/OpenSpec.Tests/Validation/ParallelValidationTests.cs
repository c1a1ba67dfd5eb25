using System.Globalization;
using OpenSpec.Tests.Differential;
using OpenSpec.Validation;

namespace OpenSpec.Tests.Validation;

/// <summary>Several threads give the same reports in the same order.</summary>
public sealed class ParallelValidationTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    public void ValidateAll_SeveralThreads_SameReportsInTheSameOrder(int threads)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        for (var seed = 1; seed <= 40; seed++)
        {
            // Each generated project's items under names of their own; the changes still share main specs with each other.
            foreach (var (path, bytes) in new ProjectGenerator(seed).Make().Files)
                files.TryAdd(path.StartsWith("changes/", StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"changes/p{seed}-{path[8..]}") : path, bytes);
        }

        var alone = new OpenSpecProject(new MemoryFiles(files)).ValidateAll();
        var together = new OpenSpecProject(new MemoryFiles(files), new OpenSpecOptions { MaxParallelism = threads }).ValidateAll();

        Assert.True(alone.Count > 60, $"only {alone.Count} items");
        Assert.Equal(alone.Select(Describe), together.Select(Describe));
    }

    private static string Describe(ItemReport report) =>
        $"{report.Type} {report.Id}: " + string.Join("; ", report.Issues.Select(i => $"{i.Rule} {i.Level} {i.Path} {i.Line} {i.Message}"));
}
