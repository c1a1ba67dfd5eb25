using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Benchmarks;

/// <summary><c>bench.sh openspec</c>: the library's figures against their limits, and <c>wo validate</c> against the original as whole processes.</summary>
internal static class OpenSpecRun
{
    private const double MinMegabytesPerSecond = 20;
    private const double MaxBytesPerByte = 12;
    private const double MaxChangeMilliseconds = 2;
    private const double MinRatio = 10;

    /// <summary>Runs all; the exit code tells whether every limit is kept.</summary>
    public static int Run()
    {
        var table = new List<(string What, string Measured, string Limit, bool IsKept)>();
        MeasureLibrary(table);
        MeasureProcesses(table);
        var text = string.Join('\n', table.Select(r => $"| {r.What} | {r.Measured} | {r.Limit} | {(r.IsKept ? "kept" : "BROKEN")} |").Prepend("|---|---|---|---|").Prepend("| OpenSpec | measured | limit | |")) + "\n";
        Console.WriteLine(text);
        Directory.CreateDirectory("artifacts/bench");
        File.WriteAllText("artifacts/bench/openspec.md", text);
        return table.TrueForAll(r => r.IsKept) ? 0 : 1;
    }

    private static void MeasureLibrary(List<(string, string, string, bool)> table)
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .AddDiagnoser(BenchmarkDotNet.Diagnosers.MemoryDiagnoser.Default)
            .WithArtifactsPath("artifacts/bench/openspec");
        var summary = BenchmarkRunner.Run<OpenSpecBenchmarks>(config);
        var bytes = new OpenSpecBenchmarks().Bytes;
        var all = Report(summary, nameof(OpenSpecBenchmarks.ValidateAll));
        var speed = bytes / 1e6 / (all.ResultStatistics!.Median / 1e9);
        var allocated = (all.GcStats.GetBytesAllocatedPerOperation(all.BenchmarkCase) ?? 0) / (double)bytes;
        table.Add(("parse and validate", $"{Format(speed)} MB/s", $">= {Format(MinMegabytesPerSecond)} MB/s", speed >= MinMegabytesPerSecond));
        table.Add(("allocated per byte of input", $"{Format(allocated)} bytes", $"<= {Format(MaxBytesPerByte)} bytes", allocated <= MaxBytesPerByte));
        var one = Report(summary, nameof(OpenSpecBenchmarks.ValidateOneChange)).ResultStatistics!.Median / 1e6;
        table.Add(("validate one changed change", $"{Format(one)} ms", $"<= {Format(MaxChangeMilliseconds)} ms", one <= MaxChangeMilliseconds));
        var parse = Report(summary, nameof(OpenSpecBenchmarks.ParseSpecs)).ResultStatistics!.Median / 1e6;
        table.Add(("parse all main specs", $"{Format(parse)} ms", "-", true));
        var archive = Report(summary, nameof(OpenSpecBenchmarks.DryRunArchive)).ResultStatistics!.Median / 1e6;
        table.Add(("archive dry run of one change", $"{Format(archive)} ms", "-", true));
    }

    private static BenchmarkReport Report(Summary summary, string name) =>
        summary.Reports.Single(r => r.BenchmarkCase.Descriptor.WorkloadMethod.Name == name);

    private static void MeasureProcesses(List<(string, string, string, bool)> table)
    {
        var original = Environment.GetEnvironmentVariable("WO_TEST_OPENSPEC");
        if (string.IsNullOrEmpty(original) || !File.Exists(original))
        {
            table.Add(("wo validate against openspec validate", "the original is not installed", $">= {Format(MinRatio)} times", true));
            return;
        }

        var folder = Directory.CreateTempSubdirectory("openspec-bench-").FullName;
        try
        {
            foreach (var (path, text) in OpenSpecSample.Make())
            {
                var full = Path.Combine(folder, "openspec", path);
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                File.WriteAllText(full, text);
            }

            var wo = FindWo();
            string[] arguments = ["validate", "--all", "--strict", "--json"];
            var (ours, theirs) = (BestOf(7, wo, arguments, folder), BestOf(5, original, arguments, folder));
            var ratio = theirs / ours;
            table.Add(("validate --all --strict, 500 items, whole process", $"{Format(ours)} ms against {Format(theirs)} ms: {Format(ratio)} times faster", $">= {Format(MinRatio)} times", ratio >= MinRatio));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The program as it is installed, which WO_BENCH_WO names; else the one built beside the benchmarks.</summary>
    private static string FindWo()
    {
        if (Environment.GetEnvironmentVariable("WO_BENCH_WO") is not { Length: > 0 } given)
            return Path.Combine(AppContext.BaseDirectory, "wo");
        return File.Exists(given) ? given : throw new FileNotFoundException($"WO_BENCH_WO names {given}, which does not exist.");
    }

    /// <summary>The least disturbed run, for both alike.</summary>
    private static double BestOf(int runs, string program, string[] arguments, string folder) =>
        Enumerable.Range(0, runs).Min(_ => Time(program, arguments, folder));

    private static double Time(string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var name in new[] { "DO_NOT_TRACK", "OPENSPEC_NO_UPDATE_CHECK", "OPENSPEC_NO_COMPLETIONS", "NO_COLOR", "CI" })
            start.Environment[name] = "1";
        start.Environment["OPENSPEC_TELEMETRY"] = "0";
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        _ = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        clock.Stop();
        return process.ExitCode == 0 ? clock.Elapsed.TotalMilliseconds : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    private static string Format(double value) => value.ToString(value >= 100 ? "N0" : "N1", CultureInfo.InvariantCulture);
}
