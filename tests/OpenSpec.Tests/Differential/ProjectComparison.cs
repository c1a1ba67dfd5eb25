using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenSpec.Merging;
using OpenSpec.Tests.Oracle;
using OpenSpec.Validation;

namespace OpenSpec.Tests.Differential;

/// <summary>What was compared.</summary>
internal sealed class Tally
{
    public int Items { get; set; }

    public int Issues { get; set; }

    public int Statuses { get; set; }

    public int Instructions { get; set; }

    /// <summary>How many of these say something; the rest says why not.</summary>
    public int Told { get; set; }

    public int ProposalIssues { get; set; }

    public int Archives { get; set; }

    public int Clean { get; set; }
}

/// <summary>Compares one project's results.</summary>
internal sealed class ProjectComparison(int seed, string folder, List<string> differences, Tally tally)
{
    private static readonly OpenSpecOptions Options = new() { UserSchemas = MemoryFiles.FromText(ProjectGenerator.UserSchemas) };

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _files = [];
    private readonly List<string> _directories = [];

    public void Run()
    {
        var name = seed.ToString(CultureInfo.InvariantCulture);
        var (files, directories) = new ProjectGenerator(seed).Make();
        foreach (var (path, bytes) in files)
            _files[path] = bytes;
        _directories.AddRange(directories);
        using var said = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".json")));
        var project = Project();
        CompareReports(project.ValidateAll(), said.RootElement.GetProperty("validate"), r => r.Valid);
        CompareReports(Project(threads: 4).ValidateAll(), said.RootElement.GetProperty("strict"), r => r.StrictValid);
        CompareProgress(project, said.RootElement.GetProperty("list"));
        CompareStatus(project, said.RootElement.GetProperty("status"));
        new InstructionComparison(project, Check, tally).Run(said.RootElement.GetProperty("instructions"));
        foreach (var proposal in said.RootElement.GetProperty("proposals").EnumerateArray())
            CompareProposal(project, proposal.GetProperty("change").GetString()!, proposal.GetProperty("result").GetProperty("issues"));
        foreach (var archive in said.RootElement.GetProperty("archives").EnumerateArray())
            CompareArchive(archive.GetProperty("change").GetString()!, archive.GetProperty("result"));
        CompareSpecs(Path.Combine(folder, name, "openspec"));
    }

    private OpenSpecProject Project(int threads = 1) => new(new MemoryFiles(_files, _directories), Options with { MaxParallelism = threads });

    private void CompareReports(IReadOnlyList<ItemReport> reports, JsonElement said, Func<ItemReport, bool> isValid)
    {
        var expected = said.GetProperty("items").EnumerateArray().Select(Describe).ToArray();
        var actual = reports.Select(r => Describe(r, isValid(r))).ToArray();
        tally.Items += expected.Length;
        tally.Issues += reports.Sum(r => r.Issues.Count);
        for (var i = 0; i < Math.Max(expected.Length, actual.Length); i++)
        {
            if (expected.ElementAtOrDefault(i) != actual.ElementAtOrDefault(i))
                differences.Add($"seed {seed}\n  command line: {expected.ElementAtOrDefault(i)}\n  here:         {actual.ElementAtOrDefault(i)}");
        }
    }

    private static string Describe(JsonElement item)
    {
        var issues = item.GetProperty("issues").EnumerateArray().Select(i => i.Deserialize<GoldenIssue>()!).Select(i => $"{i.Rule} {i.Level} {i.Path}:{i.Line}");
        return $"{item.GetProperty("type").GetString()} {item.GetProperty("id").GetString()} {item.GetProperty("valid").GetBoolean()} | {string.Join(" | ", issues)}";
    }

    private static string Describe(ItemReport report, bool isValid) =>
        $"{report.Type.ToString().ToLowerInvariant()} {report.Id} {isValid} | {string.Join(" | ", report.Issues.Select(i => $"{i.Rule} {i.Level.ToString().ToUpperInvariant()} {i.Path}:{i.Line}"))}";

    private void CompareProgress(OpenSpecProject project, JsonElement said)
    {
        foreach (var change in said.GetProperty("changes").EnumerateArray())
        {
            var id = change.GetProperty("name").GetString()!;
            var expected = (change.GetProperty("completedTasks").GetInt32(), change.GetProperty("totalTasks").GetInt32());
            Check(expected, project.TaskProgress(id), $"progress of {id}");
        }
    }

    private void CompareStatus(OpenSpecProject project, JsonElement said)
    {
        foreach (var change in said.GetProperty("changes").EnumerateArray())
        {
            var id = change.GetProperty("changeName").GetString()!;
            tally.Statuses++;
            var status = project.Status(id);
            var expected = change.TryGetProperty("artifacts", out var artifacts)
                ? $"{change.GetProperty("schemaName").GetString()} {change.GetProperty("isPlanningComplete").GetBoolean()} " + string.Join(", ", artifacts.EnumerateArray().Select(a => $"{a.GetProperty("id").GetString()} {a.GetProperty("status").GetString()} [{Names(a)}]"))
                : "fault";
            var actual = status.Fault is null
                ? $"{status.SchemaName} {status.IsPlanningComplete} " + string.Join(", ", status.Artifacts.Select(a => $"{a.Id} {a.State.ToString().ToLowerInvariant()} [{string.Join(' ', a.MissingDependencies)}]"))
                : "fault";
            Check(expected, actual, $"status of {id}");
        }

        static string Names(JsonElement artifact) =>
            artifact.TryGetProperty("missingDeps", out var missing) ? string.Join(' ', missing.EnumerateArray().Select(m => m.GetString())) : "";
    }

    private void CompareProposal(OpenSpecProject project, string id, JsonElement said)
    {
        var expected = said.EnumerateArray().Select(i => i.Deserialize<GoldenIssue>()!).Select(i => $"{i.ProposalRule} {i.Level} {i.Path}:{i.Line}");
        var issues = project.CheckProposal(id);
        tally.ProposalIssues += issues.Count;
        Check(string.Join(" | ", expected), string.Join(" | ", issues.Select(i => $"{i.Rule} {i.Level.ToString().ToUpperInvariant()} {i.Path}:{i.Line}")), $"proposal of {id}");
    }

    private void CompareArchive(string id, JsonElement said)
    {
        tally.Archives++;
        var outcome = Project().DryRunArchive(id);
        if (!said.TryGetProperty("archive", out var archive) || archive.ValueKind == JsonValueKind.Null)
        {
            var expected = said.TryGetProperty("status", out var status) ? status[0].GetProperty("code").GetString() : said.ToString();
            Check(expected, outcome is ArchiveOutcome.Refused refused ? refused.Refusals[0].Code : "clean", $"archive {id} ({(said.TryGetProperty("status", out var s) ? s[0].GetProperty("message").GetString() : "")})");
            return;
        }

        if (outcome is not ArchiveOutcome.Clean clean)
        {
            differences.Add($"seed {seed}: archive {id} is clean there, here: {((ArchiveOutcome.Refused)outcome).Refusals[0]}");
            clean = new([], default, []);
        }

        tally.Clean++;
        if (archive.TryGetProperty("totals", out var t))
            Check(new MergeCounts(Count(t, "added"), Count(t, "modified"), Count(t, "removed"), Count(t, "renamed")), clean.Totals, $"totals of {id}");
        Check(archive.TryGetProperty("warnings", out var warnings) ? warnings.GetArrayLength() : 0, clean.Warnings.Count, $"warnings of {id}");
        Check(archive.GetProperty("specsUpdated").GetBoolean(), clean.Specs.Any(s => s.IsWritten), $"specsUpdated of {id}");
        Archive(id, archive.GetProperty("archivedAs").GetString()!, clean);
    }

    private void Archive(string id, string archivedAs, ArchiveOutcome.Clean clean)
    {
        foreach (var spec in clean.Specs.Where(s => s.IsWritten))
        {
            if (spec.Text is null)
                _files.Remove(spec.Path);
            else
                _files[spec.Path] = Encoding.UTF8.GetBytes(spec.Text);
        }

        foreach (var path in _files.Keys.Where(p => p.StartsWith($"changes/{id}/", StringComparison.Ordinal)).ToArray())
        {
            _files[$"changes/archive/{archivedAs}{path[($"changes/{id}".Length)..]}"] = _files[path];
            _files.Remove(path);
        }

        _directories.RemoveAll(d => d == "changes/" + id || d.StartsWith($"changes/{id}/", StringComparison.Ordinal));
    }

    private void CompareSpecs(string root)
    {
        var there = Directory.Exists(Path.Combine(root, "specs"))
            ? Directory.GetFiles(Path.Combine(root, "specs"), "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(root, f).Replace('\\', '/'), File.ReadAllBytes)
            : [];
        var here = _files.Where(f => f.Key.StartsWith("specs/", StringComparison.Ordinal)).ToDictionary(f => f.Key, f => f.Value.ToArray());
        foreach (var path in there.Keys.Union(here.Keys))
        {
            var (a, b) = (there.GetValueOrDefault(path), here.GetValueOrDefault(path));
            if (a is null || b is null || !a.AsSpan().SequenceEqual(b))
                differences.Add($"seed {seed}: {path} after archiving\n--- there\n{(a is null ? "absent" : Encoding.UTF8.GetString(a))}\n--- here\n{(b is null ? "absent" : Encoding.UTF8.GetString(b))}");
        }
    }

    private static int Count(JsonElement totals, string key) => totals.GetProperty(key).GetInt32();

    private void Check(object? expected, object? actual, string what)
    {
        if (!Equals(expected, actual))
            differences.Add($"seed {seed}: {what}\n  command line: {expected}\n  here:         {actual}");
    }
}
