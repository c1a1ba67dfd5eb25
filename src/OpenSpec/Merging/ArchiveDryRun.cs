using OpenSpec.Documents;
using OpenSpec.Parsing;
using OpenSpec.Validation;

namespace OpenSpec.Merging;

/// <summary>What <c>openspec archive ID --yes</c> would do, found out in memory.</summary>
internal sealed class ArchiveDryRun
{
    private readonly ProjectContext _project;
    private readonly ChangeFiles _change;
    private readonly ChangeFiles.Marker _retire;
    private readonly List<MergedSpec> _specs = [];
    private readonly List<ArchiveRefusal> _refusals = [];
    private readonly List<string> _warnings = [];

    private ArchiveDryRun(ProjectContext project, string id)
    {
        _project = project;
        _change = new(project, id);
        _retire = _change.ReadMarker("retire_capabilities");
    }

    /// <summary>Runs.</summary>
    /// <param name="project">The project.</param>
    /// <param name="id">Change id.</param>
    /// <param name="today">The day that the archive would be named after; null to leave out whether that name is taken.</param>
    public static ArchiveOutcome Run(ProjectContext project, string id, DateOnly? today)
    {
        if (CheckName(project, id) is { } refusal)
            return new ArchiveOutcome.Refused([refusal]);
        var nested = NamespaceFolder.FindNested(project, id);
        if (nested.Count > 0)
            return Refuse("archive_change_is_namespace_folder", ChangeValidator.DescribeNested(id, nested));
        var run = new ArchiveDryRun(project, id);
        if (run.CheckValidity() is { } invalid)
            return new ArchiveOutcome.Refused([invalid]);
        return run.CheckTarget(today) is { } taken ? new ArchiveOutcome.Refused([taken]) : run.Merge();
    }

    private static ArchiveRefusal? CheckName(ProjectContext project, string id)
    {
        if (id.Length == 0 || id is "." or ".." || id.Contains('/') || id.Contains('\\'))
            return new("archive_change_name_invalid", null, null, $"\"{id}\" is no change id.");
        return project.KindOf("changes/" + id) switch
        {
            OpenSpecEntryKind.Directory => null,
            OpenSpecEntryKind.Link => new("archive_change_symlink", null, null, $"changes/{id} is a link. Put a real directory in its place."),
            _ => new("archive_change_not_found", null, null, $"There is no change \"{id}\"."),
        };
    }

    /// <summary>Validation that blocks archiving. A change that has nothing like a delta is not validated at all.</summary>
    private ArchiveRefusal? CheckValidity()
    {
        if (!NeedsValidation())
            return null;
        var errors = ChangeValidator.IssuesForArchive(_project, _change).Where(i => i.Level == IssueLevel.Error).ToArray();
        if (errors.Length == 0)
            return null;
        var more = errors.Length > 1 ? $" ({errors.Length - 1} more)" : "";
        return new("archive_validation_failed", null, errors[0].Requirement, $"The change is not valid. {errors[0].Path}: {errors[0].Message}{more}");
    }

    private bool NeedsValidation()
    {
        if (_change.HasRootSpec || _change.UnreadDeltaFiles().Count > 0)
            return true;
        var marker = _change.ReadMarker("skip_specs");
        return marker.Fault is not null
            || (marker.IsHonoured && (_change.SpecFiles.Count > 0 || _change.SpecsIsNoDirectory))
            || _change.Deltas.Any(d => HasDeltaLine(d.Document.Text));
    }

    /// <summary><c>^##\s+(ADDED|MODIFIED|REMOVED|RENAMED)\s+Requirements</c> on any line, fences included, ignoring case.</summary>
    private static bool HasDeltaLine(string text)
    {
        var at = 0;
        while (true)
        {
            var line = text.AsSpan(at);
            if (line.StartsWith("##") && line.Length > 2 && EcmaText.IsSpace(line[2]) && StartsWithDeltaTitle(EcmaText.TrimStart(line[2..])))
                return true;
            var next = line.IndexOfAny("\n\r\u2028\u2029");
            if (next < 0)
                return false;
            at += next + 1;
        }
    }

    private static bool StartsWithDeltaTitle(ReadOnlySpan<char> text)
    {
        var word = text[..Math.Min(text.Length, 8)];
        var length = EcmaText.StartsWithIgnoreAsciiCase(word, "ADDED") ? 5
            : EcmaText.StartsWithIgnoreAsciiCase(word, "MODIFIED") ? 8
            : EcmaText.StartsWithIgnoreAsciiCase(word, "REMOVED") || EcmaText.StartsWithIgnoreAsciiCase(word, "RENAMED") ? 7 : 0;
        if (length == 0 || text.Length <= length || !EcmaText.IsSpace(text[length]))
            return false;
        return EcmaText.StartsWithIgnoreAsciiCase(EcmaText.TrimStart(text[length..]), "Requirements");
    }

    private ArchiveRefusal? CheckTarget(DateOnly? today)
    {
        var id = _change.Id;
        if (!IsDated(id) && today is null)
            return null;
        var name = IsDated(id) ? id : $"{today!.Value.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)}-{id}";
        return _project.KindOf("changes/archive/" + name) is null
            ? null
            : new("archive_target_exists", null, null, $"changes/archive/{name} exists already. Rename the change or the archived one.");
    }

    private static bool IsDated(string id)
    {
        if (id.Length < 11)
            return false;
        for (var i = 0; i < 11; i++)
        {
            if (i is 4 or 7 or 10 ? id[i] != '-' : !EcmaText.IsDigit(id[i]))
                return false;
        }

        return true;
    }

    private ArchiveOutcome Merge()
    {
        foreach (var delta in _change.Deltas)
        {
            if (_project.IsMainSpecPathBlocked(delta.Capability))
                return Refuse("archive_error", $"A file stands where {ProjectContext.MainSpecPath(delta.Capability)} needs a directory.");
            var main = _project.MainSpec(delta.Capability);
            if (main.IsUnreadable)
                _refusals.Add(new("archive_spec_update_failed", delta.Capability, null, $"{ProjectContext.MainSpecPath(delta.Capability)} cannot be read. Repair it first."));
            else
                Merge(delta, main.Document);
        }

        if (_refusals.Count > 0)
            return new ArchiveOutcome.Refused(_refusals.OrderBy(r => r.Code == "archive_spec_validation_failed").ToArray());
        return new ArchiveOutcome.Clean(_specs, _specs.Aggregate(default(MergeCounts), (sum, s) => sum + s.Counts), _warnings);
    }

    private void Merge(DeltaDocument delta, OpenSpecDocument<MainSpec>? main)
    {
        var capability = delta.Capability;
        var result = SpecMerger.Merge(capability, delta.Document.Content, main?.Content, _change.Id);
        if (result.Refusal is not null)
        {
            _refusals.Add(result.Refusal);
            return;
        }

        _warnings.AddRange(result.Warnings);
        var path = ProjectContext.MainSpecPath(capability);
        var merged = result.ComposeText();
        var errors = SpecValidator.Validate(MainSpec.Parse(merged), path).Items.Where(i => i.Level == IssueLevel.Error).ToArray();
        var isOnlyEmptied = errors.Length > 0 && Array.TrueForAll(errors, e => e.Rule == "S3");
        var leftovers = isOnlyEmptied && result.IsEmptied ? RetirementAudit.Find(main?.Content ?? MainSpec.Parse(merged)) : [];
        if (_retire.IsHonoured && isOnlyEmptied && result.IsEmptied && leftovers.Count == 0 && (main is null || result.Counts.Removed > 0))
        {
            _specs.Add(new(capability, path, main is null, null, IsWritten: main is not null, result.Counts));
            return;
        }

        if (errors.Length > 0)
        {
            _refusals.Add(new("archive_spec_validation_failed", capability, null, DescribeInvalid(capability, errors, isOnlyEmptied && result.Counts.Removed > 0, leftovers)));
            return;
        }

        var text = main is null ? merged : SpecText.MatchLineEnds(merged, main.Text);
        _specs.Add(new(capability, path, main is null, result.Counts.Any ? text : main?.Text ?? text, result.Counts.Any, result.Counts));
    }

    private string DescribeInvalid(string capability, ValidationIssue[] errors, bool isEmptied, IReadOnlyList<string> leftovers)
    {
        var message = $"The merged spec of {capability} would not be valid. {errors[0].Message}";
        if (!isEmptied)
            return message;
        if (leftovers.Count > 0)
            return $"{message} Its file cannot be deleted either, because it holds more than requirements: {string.Join(", ", leftovers.Take(3).Select(l => $"\"{l}\""))}. Move that elsewhere.";
        var marker = _retire.Fault is null ? "" : $" (The marker that is there is not honoured: {_retire.Fault}.)";
        return $"{message} The change removes its last requirement: to give up the capability, set retire_capabilities: true in .openspec.yaml.{marker}";
    }

    private static ArchiveOutcome.Refused Refuse(string code, string message) => new([new(code, null, null, message)]);
}
