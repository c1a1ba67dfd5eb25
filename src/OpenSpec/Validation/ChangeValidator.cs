using OpenSpec.Documents;
using OpenSpec.Merging;
using OpenSpec.Parsing;

namespace OpenSpec.Validation;

/// <summary>Rules on a change, in the order of the original.</summary>
internal sealed class ChangeValidator(ProjectContext project, ChangeFiles change)
{
    private readonly IssueList _issues = new();
    private readonly List<(string Path, DeltaDocument Delta)> _withoutEntries = [];
    private int _entries;

    /// <summary>The full report of <c>openspec validate ID</c>.</summary>
    public static ItemReport Report(ProjectContext project, string id)
    {
        var nested = NamespaceFolder.FindNested(project, id);
        if (nested.Count > 0)
        {
            var issues = new IssueList();
            issues.Add("C0", "file", null, DescribeNested(id, nested));
            return ItemReport.Create(ItemType.Change, id, issues.Items, []);
        }

        var change = new ChangeFiles(project, id);
        var validator = new ChangeValidator(project, change);
        validator.CheckDeltas(withMainSpecs: true);
        validator.CheckTasks();
        return ItemReport.Create(ItemType.Change, id, validator._issues.Items, change.Loader.Faults);
    }

    /// <summary>The issues that block archiving: the same without main specs and without task lints.</summary>
    public static IReadOnlyList<ValidationIssue> IssuesForArchive(ProjectContext project, ChangeFiles change)
    {
        var validator = new ChangeValidator(project, change);
        validator.CheckDeltas(withMainSpecs: false);
        return validator._issues.Items;
    }

    public static string DescribeNested(string id, IReadOnlyList<string> nested) =>
        $"\"{id}\" is no change but a folder around {string.Join(", ", nested.Select(n => $"changes/{n}/"))}, which nothing sees. Move each directly below changes/ and give it a flat name, such as \"{nested[0].Replace('/', '-')}\".";

    private void CheckDeltas(bool withMainSpecs)
    {
        var hasRootSpec = change.HasRootSpec;
        if (hasRootSpec)
            _issues.Add("C1", "spec.md", null, "A delta spec stands at specs/spec.md, where nothing reads it. Move it to specs/CAPABILITY/spec.md.", change.SpecsRoot + "/spec.md");
        if (CheckDeltaFiles(withMainSpecs) && withMainSpecs)
            CheckMerge();
        var unread = change.UnreadDeltaFiles();
        foreach (var file in unread)
            _issues.Add("C13", file.Relative, null, $"specs/{file.Relative} has delta sections, but only spec.md files in capability folders are read. Move its requirements to specs/{CapabilityOf(file)}/spec.md.", file.Path);
        CheckEmptyFiles();
        CheckMarker(hasRootSpec || unread.Count > 0);
    }

    /// <summary>Checks file by file; false when a blocked path ends the checking, as it does in the original.</summary>
    private bool CheckDeltaFiles(bool withMainSpecs)
    {
        foreach (var delta in change.Deltas)
        {
            if (!CheckDelta(delta, withMainSpecs))
                return false;
        }

        return true;
    }

    private bool CheckDelta(DeltaDocument delta, bool withMainSpecs)
    {
        var path = delta.Capability + "/spec.md";
        if (delta.Document.Fault is { Kind: DocumentFaultKind.TooLarge } fault)
        {
            _issues.Add("F1", path, null, fault.Message, delta.Document.Path);
            _entries++;
            return true;
        }

        var spec = delta.Document.Content;
        var rules = new DeltaRules(spec, path, delta.Document.Path, _issues);
        rules.CheckBlocks();
        if (spec.EntryCount == 0)
            _withoutEntries.Add((path, delta));
        if (withMainSpecs && spec.Modified.Count > 0)
        {
            if (project.IsMainSpecPathBlocked(delta.Capability))
            {
                _entries += spec.Added.Count + spec.Modified.Count;
                return false;
            }

            ScenarioLossRule.Check(spec, project.MainSpec(delta.Capability), path, delta.Document.Path, _issues);
        }

        rules.CheckNames();
        _entries += spec.EntryCount;
        return true;
    }

    /// <summary>C12: what archiving would refuse, for the files that have no error of their own.</summary>
    private void CheckMerge()
    {
        if (change.Deltas.FirstOrDefault(d => project.IsMainSpecPathBlocked(d.Capability)) is { } blocked)
        {
            _issues.Add("C12", "specs", null, $"Archiving would fail: a file stands where {ProjectContext.MainSpecPath(blocked.Capability)} needs a directory.");
            return;
        }

        foreach (var delta in change.Deltas)
        {
            var path = delta.Capability + "/spec.md";
            var main = project.MainSpec(delta.Capability);
            if (delta.Document.Content.EntryCount == 0 || main.IsUnreadable || _issues.HasErrorAt(path))
                continue;
            var result = SpecMerger.Merge(delta.Capability, delta.Document.Content, main.Document?.Content, change.Id);
            if (result.Refusal is { } refusal)
                _issues.Add("C12", path, null, $"Archiving would refuse this delta. {refusal.Message}", delta.Document.Path, refusal.Requirement);
        }
    }

    private void CheckEmptyFiles()
    {
        foreach (var (path, delta) in _withoutEntries.Where(e => e.Delta.Document.Content.HasDeltaSections))
        {
            var sections = string.Join(", ", delta.Document.Content.Sections.Where(s => s.Operation is not null).Select(s => $"\"{s.Title}\"").Distinct(StringComparer.Ordinal));
            _issues.Add("C14", path, null, $"The file has the sections {sections}, but no entry in them. Add \"### Requirement: NAME\" blocks.", delta.Document.Path);
        }

        foreach (var (path, delta) in _withoutEntries.Where(e => !e.Delta.Document.Content.HasDeltaSections))
            _issues.Add("C15", path, null, "The file has no delta section. Add one such as \"## ADDED Requirements\", or move the file out of specs/.", delta.Document.Path);
    }

    private void CheckMarker(bool hasMisplacedFiles)
    {
        var marker = change.ReadMarker("skip_specs");
        var file = change.Root + "/.openspec.yaml";
        if (marker.Fault is not null)
            _issues.Add("C16", ".openspec.yaml", null, $"skip_specs is set but not honoured, because .openspec.yaml is not valid: {marker.Fault}. Repair it.", file);
        var hasFiles = marker.IsHonoured && (change.SpecFiles.Count > 0 || change.SpecsIsNoDirectory);
        if (hasFiles)
            _issues.Add("C17", "file", null, "skip_specs is set in .openspec.yaml, but there are files below specs/. Remove skip_specs, or delete the files.", file);
        if (_entries > 0 || hasMisplacedFiles)
            return;
        if (marker.IsHonoured && !hasFiles)
            _issues.Add("C18", "file", null, "skip_specs is set in .openspec.yaml: the change declares that no requirement changes, so it needs no deltas.", file);
        else if (!marker.IsHonoured)
            _issues.Add("C19", "file", null, "The change has no deltas. Add specs/CAPABILITY/spec.md with ADDED, MODIFIED, REMOVED or RENAMED Requirements, or set skip_specs: true in .openspec.yaml if no requirement changes.");
    }

    private void CheckTasks()
    {
        var files = change.TaskFiles;
        if (files.Count > 0)
            TaskRules.CheckBoxes(files, _issues);
        if (change.UsesBuiltInSchema)
            TaskRules.CheckNumbers(files, _issues);
    }

    private static string CapabilityOf(SpecFile file)
    {
        var slash = file.Relative.LastIndexOf('/');
        return slash >= 0 ? file.Relative[..slash] : file.Relative[..^".md".Length];
    }
}
