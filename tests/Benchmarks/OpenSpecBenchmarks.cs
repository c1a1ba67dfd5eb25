using System.Text;
using BenchmarkDotNet.Attributes;
using OpenSpec;
using OpenSpec.Documents;

namespace Benchmarks;

/// <summary>Parsing, validating and merging in memory. Limits: at least 20 MB/s on one core, at most 12 bytes allocated per byte of input, one changed file in 2 ms.</summary>
[MemoryDiagnoser]
public class OpenSpecBenchmarks
{
    private readonly OpenSpecProject _project;
    private readonly byte[][] _documents;
    private readonly string[] _specs;

    /// <summary>Makes the sample project.</summary>
    public OpenSpecBenchmarks()
    {
        var files = OpenSpecSample.Make();
        _project = new(MemoryFiles.FromText(files));
        _documents = files.Where(f => f.Key.EndsWith("spec.md", StringComparison.Ordinal) || f.Key.EndsWith("tasks.md", StringComparison.Ordinal)).Select(f => Encoding.UTF8.GetBytes(f.Value)).ToArray();
        _specs = files.Where(f => f.Key.StartsWith("specs/", StringComparison.Ordinal)).Select(f => f.Value).ToArray();
    }

    /// <summary>Bytes of the documents that validation reads.</summary>
    public long Bytes => _documents.Sum(d => (long)d.Length);

    /// <summary>Everything: read, parse, all rules, the merge of every delta.</summary>
    [Benchmark]
    public int ValidateAll() => _project.ValidateAll().Count;

    /// <summary>One change, read anew.</summary>
    [Benchmark]
    public bool ValidateOneChange() => _project.ValidateChange("change-100").Valid;

    /// <summary>Main specs, parsing only.</summary>
    [Benchmark]
    public int ParseSpecs() => _specs.Sum(s => MainSpec.Parse(s).Requirements.Count);

    /// <summary>One archive dry run.</summary>
    [Benchmark]
    public object DryRunArchive() => _project.DryRunArchive("change-100");
}
