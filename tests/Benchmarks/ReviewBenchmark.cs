using System.Diagnostics;
using System.Globalization;
using OpenSpec;
using Workflow.Changes;
using Workflow.Review;
using Workflow.Review.BuiltIn;

namespace Benchmarks;

/// <summary><c>bench.sh review</c>: requirements a second of the built-in reviewer, OpenSpec validation and archive dry run included.</summary>
internal static class ReviewBenchmark
{
    private const double FewestPerSecond = 2000;
    private const int Rounds = 3;

    /// <summary>Measures; 0 when the limit is kept.</summary>
    public static int Run()
    {
        var project = new OpenSpecProject(MemoryFiles.FromText(OpenSpecSample.Make()));
        var changes = project.ChangeIds();
        var requirements = changes.Sum(id => project.ReadChange(id).DeltaSpecs.Sum(delta => delta.Document.Content.Added.Count + delta.Document.Content.Modified.Count));
        var best = 0.0;
        var findings = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            findings = changes.Sum(id => Review(project, id).Findings.Count);
            best = Math.Max(best, requirements / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        var line = string.Create(CultureInfo.InvariantCulture, $"| built-in reviewer | {best:F0} requirements/s ({requirements} requirements of {changes.Count} changes, {findings} findings) | >= {FewestPerSecond:F0} | {(best >= FewestPerSecond ? "kept" : "BROKEN")} |");
        var text = $"| review | measured | limit | |\n|---|---|---|---|\n{line}\n";
        Console.WriteLine(text);
        Directory.CreateDirectory("artifacts/bench");
        File.WriteAllText("artifacts/bench/review.md", text);
        return best >= FewestPerSecond ? 0 : 1;
    }

    private static ChangeReview Review(OpenSpecProject project, string id)
    {
        var request = new ReviewRequest(ChangeId.Parse(id), new RevisionHash(""), project);
        return BuiltInReviewer.Conclude(request, BuiltInReviewer.Read(request, CancellationToken.None), ReviewFacts.ByRules);
    }
}
