using System.Diagnostics;
using System.Globalization;
using System.Text;
using OpenSpec.Editing;
using OpenSpec.Overlap;
using OpenSpec.Tests.Differential;
using Xunit.Abstractions;

namespace OpenSpec.Tests.Fuzz;

/// <summary>Nothing runs beside these tests, because they measure processor time of the process.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>
/// Any bytes: no exception, no hang. <c>OPENSPEC_FUZZ_SECONDS=600 dotnet test tests/OpenSpec.Tests --filter Category=Fuzz</c> runs it for ten
/// minutes; by default it runs for a few seconds. OPENSPEC_FUZZ_SEED repeats a run from the seed that a failure names.
/// </summary>
[Trait("Category", "Fuzz")]
[Collection(nameof(AloneCollection))]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public void Everything_AnyBytes_NeitherThrowsNorHangs()
    {
        var seconds = Setting("OPENSPEC_FUZZ_SECONDS", 5);
        var seed = Setting("OPENSPEC_FUZZ_SEED", 1);
        var (clock, runs, longest) = (Stopwatch.StartNew(), 0, TimeSpan.Zero);
        for (; clock.Elapsed < TimeSpan.FromSeconds(seconds); seed++, runs++)
        {
            var started = clock.Elapsed;
            try
            {
                RunOnce(seed);
            }
            catch (Exception ex)
            {
                throw new InvalidOperationException($"Seed {seed}", ex);
            }

            var took = clock.Elapsed - started;
            longest = took > longest ? took : longest;
            Assert.True(took < Limit, $"Seed {seed} took {took}.");
        }

        output.WriteLine($"{runs} projects in {clock.Elapsed.TotalSeconds:N0} s, up to seed {seed - 1}; the longest took {longest.TotalMilliseconds:N0} ms.");
    }

    [Theory]
    [InlineData("## ADDED Requirements\n")]
    [InlineData("### Requirement: x\nThe system SHALL x.\n#### Scenario: s\n- **WHEN** a\n")]
    [InlineData("<!--")]
    [InlineData("```\n")]
    [InlineData("#")]
    [InlineData(" ")]
    [InlineData("- FROM: `### Requirement: a`\n- TO: `### Requirement: b`\n")]
    [InlineData("SHALL")]
    [InlineData("TBD - created by archiving change ")]
    [InlineData("- [ ] 1.1 x\n")]
    [InlineData("#### Requirement: x\n##### Scenario: y\n")]
    public void Everything_TheSameAMillionTimes_TakesLinearTime(string unit)
    {
        // Four times the text may take four times as long, with room for noise; a square would take sixteen times.
        _ = Time(unit, 200_000);
        var small = Enumerable.Range(0, 3).Min(_ => Time(unit, 500_000));
        var large = Enumerable.Range(0, 3).Min(_ => Time(unit, 2_000_000));
        Assert.True(large < (small * 10) + TimeSpan.FromMilliseconds(300), $"500 KB took {small.TotalMilliseconds:N0} ms, 2 MB took {large.TotalMilliseconds:N0} ms.");
    }

    private static TimeSpan Time(string unit, int length)
    {
        var body = string.Concat(Enumerable.Repeat(unit, length / unit.Length));
        var files = MemoryFiles.FromText(new Dictionary<string, string>
        {
            ["specs/base/spec.md"] = "# base\n\n## Purpose\n" + body[..(body.Length / 4)] + "\n\n## Requirements\n" + body,
            ["changes/chg/specs/base/spec.md"] = "## MODIFIED Requirements\n" + body,
            ["changes/chg/tasks.md"] = "## 1. x\n" + body,
        });
        // Processor time: other processes on the machine do not count.
        var before = Environment.CpuUsage.UserTime;
        var project = new OpenSpecProject(files);
        _ = project.ValidateAll();
        _ = project.DryRunArchive("chg");
        return Environment.CpuUsage.UserTime - before;
    }

    private static void RunOnce(int seed)
    {
        var (files, directories) = new ProjectGenerator(seed).Make();
        var random = new Random(seed);
        foreach (var path in files.Keys.Where(_ => random.NextDouble() < 0.3).ToArray())
            files[path] = Damage(files[path], random);
        var memory = new MemoryFiles(files.Select(f => KeyValuePair.Create(f.Key, new ReadOnlyMemory<byte>(f.Value))), directories);
        var project = new OpenSpecProject(memory);
        _ = project.ValidateAll();
        _ = project.ValidateArchived();
        foreach (var id in project.ChangeIds())
        {
            _ = project.DryRunArchive(id);
            foreach (var artifact in project.Status(id).Artifacts)
                _ = project.Instructions(id, artifact.Id);
            _ = project.ApplyInstructions(id);
            var documents = project.ReadChange(id);
            _ = MechanicalRepairs.Apply(documents, MechanicalRepairs.For(memory, id));
        }

        if (seed % 10 == 0)
            _ = ChangeOverlap.Analyze(memory);
    }

    /// <summary>Bytes flipped, cut, doubled or replaced by noise.</summary>
    private static byte[] Damage(byte[] bytes, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                var noise = new byte[random.Next(400)];
                random.NextBytes(noise);
                return noise;
            case 1:
                return bytes[..random.Next(bytes.Length + 1)];
            case 2:
                return [.. bytes, .. bytes];
            case 3:
                var unicode = new string(Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(0x3000)).ToArray());
                return [.. bytes, .. Encoding.UTF8.GetBytes(unicode)];
            default:
                var copy = bytes.ToArray();
                for (var i = random.Next(1, 6); i > 0 && copy.Length > 0; i--)
                    copy[random.Next(copy.Length)] = (byte)random.Next(256);
                return copy;
        }
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;
}
