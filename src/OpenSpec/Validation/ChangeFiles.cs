using OpenSpec.Documents;
using OpenSpec.Parsing;
using OpenSpec.Schemas;

namespace OpenSpec.Validation;

/// <summary>A change's files as validation, archiving and status need them; each is read once.</summary>
internal sealed class ChangeFiles
{
    private readonly ProjectContext _project;
    private IReadOnlyList<TaskFile>? _taskFiles;

    public ChangeFiles(ProjectContext project, string id)
    {
        _project = project;
        Id = id;
        Root = "changes/" + id;
        Loader = project.NewLoader();
        var files = SpecDiscovery.Walk(Loader, SpecsRoot);
        Deltas = SpecDiscovery.Capabilities(files)
            .Select(f => Loader.Load(f.Path, DeltaSpec.Parse) is { } document ? new DeltaDocument(f.Capability!, document) : null)
            .OfType<DeltaDocument>()
            .ToArray();
        SpecFiles = files;
        Metadata = Loader.Load(Root + "/.openspec.yaml", ChangeMetadata.Parse);
    }

    public string Id { get; }

    /// <summary>Path of the change relative to the <c>openspec</c> folder.</summary>
    public string Root { get; }

    public string SpecsRoot => Root + "/specs";

    public DocumentLoader Loader { get; }

    public IReadOnlyList<DeltaDocument> Deltas { get; }

    /// <summary>All files and links below <c>specs/</c>, dot entries aside.</summary>
    public IReadOnlyList<SpecFile> SpecFiles { get; }

    public OpenSpecDocument<ChangeMetadata>? Metadata { get; }

    /// <summary>Whether something that is no directory stands in place of <c>specs/</c>.</summary>
    public bool SpecsIsNoDirectory => _project.KindOf(SpecsRoot) is not (null or OpenSpecEntryKind.Directory);

    /// <summary>Whether a regular file <c>specs/spec.md</c> exists, which nothing reads.</summary>
    public bool HasRootSpec => SpecFiles.Any(f => f.Relative == "spec.md" && (!f.IsLink || _project.Files.Read(f.Path) is not null));

    /// <summary>Markdown files with delta sections that nothing reads, in ordinal order of their paths.</summary>
    public IReadOnlyList<SpecFile> UnreadDeltaFiles() => SpecFiles
        .Where(f => !f.Relative.EndsWith("/spec.md", StringComparison.Ordinal) && f.Relative != "spec.md"
            && f.Relative.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
            && Loader.Load(f.Path, DeltaSpec.Parse) is { Content.HasDeltaSections: true })
        .ToArray();

    /// <summary>The state of a marker of the metadata.</summary>
    public Marker ReadMarker(string key)
    {
        if (Metadata is null)
        {
            return _project.KindOf(Root + "/.openspec.yaml") is OpenSpecEntryKind.Directory or OpenSpecEntryKind.Other
                ? new(false, "the metadata file cannot be read")
                : default;
        }

        var metadata = Metadata.Content;
        if (metadata.Fault is not null)
            return metadata.MentionsMarker(key) ? new(false, metadata.Fault) : default;
        if (!(key == "skip_specs" ? metadata.SkipSpecs : metadata.RetireCapabilities))
            return default;
        var fault = _project.Schemas.ResolveForChange(Metadata).Fault;
        return new(fault is null, fault);
    }

    /// <summary>The task files that the schema tracks, by path; empty when there are none or the schema cannot be told.</summary>
    public IReadOnlyList<TaskFile> TaskFiles => _taskFiles ??= FindTaskFiles();

    /// <summary>The task files that progress is counted from: the tracked ones, else <c>tasks.md</c>.</summary>
    public IReadOnlyList<TaskFile> ProgressFiles => TaskFiles.Count > 0 ? TaskFiles : LoadTasks(["tasks.md"]);

    /// <summary>The documents of <see cref="ProgressFiles"/>.</summary>
    public IReadOnlyList<OpenSpecDocument<TaskList>> ProgressDocuments => ProgressFiles.Select(t => t.Document).ToArray();

    public bool UsesBuiltInSchema => _project.Schemas.ResolveForChange(Metadata) is { IsBuiltIn: true, Schema: not null };

    private TaskFile[] FindTaskFiles()
    {
        var schema = _project.Schemas.ResolveForChange(Metadata).Schema;
        return schema?.TrackedTasks is { } artifact
            ? LoadTasks(ArtifactOutputs.Find(_project.Files, _project.Options, Root, artifact.Generates))
            : [];
    }

    private TaskFile[] LoadTasks(IEnumerable<string> paths) => paths
        .Select(p => Loader.Load($"{Root}/{p}", TaskList.Parse) is { } document ? new TaskFile(p, document) : null)
        .OfType<TaskFile>()
        .OrderBy(t => t.Path, ItemOrder.Comparer)
        .ToArray();

    /// <summary>A marker: declared and honoured, or why it cannot be.</summary>
    internal readonly record struct Marker(bool IsHonoured, string? Fault);
}
