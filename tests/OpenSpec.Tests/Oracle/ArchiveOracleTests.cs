using System.Text;
using System.Text.Json;
using OpenSpec.Merging;
using Xunit.Abstractions;

namespace OpenSpec.Tests.Oracle;

/// <summary>The archive dry run against what the real command line did: same refusal or byte-exact same files, same counts.</summary>
public sealed class ArchiveOracleTests(ITestOutputHelper output)
{
    /// <summary>The day on which the oracle was made: archived changes are named after it.</summary>
    private static readonly DateOnly Today = new(2026, 11, 20);

    public static TheoryData<string> Cases() => new(Corpus.EdgeCases.Files.Keys
        .Where(f => f.StartsWith("archive/", StringComparison.Ordinal) && f.EndsWith("/result.json.json", StringComparison.Ordinal))
        .Select(f => f.Split('/')[1])
        .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void DryRunArchive_EdgeCase_AgreesWithTheCommandLine(string name)
    {
        using var result = JsonDocument.Parse(Corpus.EdgeCases.Files[$"archive/{name}/result.json.json"]);
        var arguments = result.RootElement.GetProperty("args").EnumerateArray().Select(a => a.GetString()!).ToArray();
        using var said = JsonDocument.Parse(result.RootElement.GetProperty("stdout").GetString()!);
        var outcome = new OpenSpecProject(Corpus.EdgeCases.Tree($"archive/{name}/before/openspec")).DryRunArchive(arguments[1], Today);

        if (said.RootElement.TryGetProperty("status", out var status))
        {
            var code = status[0].GetProperty("code").GetString();
            // A dry run is as with --yes: it asks for no confirmation.
            if (code == "archive_confirmation_required")
                Assert.IsType<ArchiveOutcome.Clean>(outcome);
            else
                Assert.Equal(code, Assert.IsType<ArchiveOutcome.Refused>(outcome).Refusals[0].Code);
            return;
        }

        var clean = outcome as ArchiveOutcome.Clean ?? throw new Xunit.Sdk.XunitException(string.Join("\n", ((ArchiveOutcome.Refused)outcome).Refusals));
        if (!arguments.Contains("--skip-specs"))
            CompareResult(name, said.RootElement.GetProperty("archive"), clean);
        output.WriteLine($"{name}: {clean.Specs.Count} specs compared byte by byte");
    }

    private static void CompareResult(string name, JsonElement archive, ArchiveOutcome.Clean clean)
    {
        Assert.Equal(archive.GetProperty("specsUpdated").GetBoolean(), clean.Specs.Any(s => s.IsWritten));
        if (archive.TryGetProperty("totals", out var totals))
            Assert.Equal(new MergeCounts(Count("added"), Count("modified"), Count("removed"), Count("renamed")), clean.Totals);
        Assert.Equal(archive.TryGetProperty("warnings", out var warnings) ? warnings.GetArrayLength() : 0, clean.Warnings.Count);

        var after = Corpus.EdgeCases.Tree($"archive/{name}/after/openspec");
        foreach (var spec in clean.Specs)
        {
            var expected = after.Read(spec.Path) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
            Assert.Equal(expected, spec.Text);
        }

        int Count(string key) => totals.GetProperty(key).GetInt32();
    }
}
