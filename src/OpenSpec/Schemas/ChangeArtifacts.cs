using OpenSpec.Validation;

namespace OpenSpec.Schemas;

/// <summary>A change seen through its workflow schema: which artifacts have which files. What status, instructions and apply state are worked out from.</summary>
internal sealed class ChangeArtifacts
{
    private readonly Dictionary<string, IReadOnlyList<string>> _files;
    private readonly HashSet<string> _skipped;

    private ChangeArtifacts(ProjectContext project, ChangeFiles change, SchemaCatalog.Resolution resolution, WorkflowSchema schema)
    {
        Project = project;
        Change = change;
        Resolution = resolution;
        Schema = schema;
        _files = schema.Artifacts.ToDictionary(a => a.Id, a => Find(a.Generates), StringComparer.Ordinal);
        _skipped = change.Metadata?.Content.SkipSpecs == true
            ? schema.Artifacts.Where(a => _files[a.Id].Count == 0 && ArtifactOutputs.IsSpecs(a.Generates)).Select(a => a.Id).ToHashSet(StringComparer.Ordinal)
            : [];
    }

    public ProjectContext Project { get; }

    public ChangeFiles Change { get; }

    public SchemaCatalog.Resolution Resolution { get; }

    public WorkflowSchema Schema { get; }

    /// <summary>Null, with the reason, when the change or its schema cannot be told.</summary>
    public static ChangeArtifacts? TryLoad(ProjectContext project, string changeId, out string fault)
    {
        fault = "";
        if (changeId.Length == 0 || changeId.StartsWith('.') || changeId == "archive" || changeId.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
            fault = $"\"{changeId}\" is no change id.";
        else if (project.KindOf("changes/" + changeId) is not OpenSpecEntryKind.Directory)
            fault = $"There is no change \"{changeId}\".";
        else if (NamespaceFolder.FindNested(project, changeId) is { Count: > 0 } nested)
            fault = $"\"{changeId}\" is a folder of changes ({string.Join(", ", nested.Take(3))}), which OpenSpec does not see. Move them up, directly into changes/.";
        if (fault.Length > 0)
            return null;
        var change = new ChangeFiles(project, changeId);
        var resolution = project.Schemas.ResolveForChange(change.Metadata);
        if (resolution.Schema is { } schema)
            return new(project, change, resolution, schema);
        fault = resolution.Fault!;
        return null;
    }

    /// <summary>Existing files of an artifact, relative to the change, in ordinal order.</summary>
    public IReadOnlyList<string> FilesOf(string artifactId) => _files[artifactId];

    /// <summary>Whether the change declares that this artifact is not needed.</summary>
    public bool IsSkipped(string artifactId) => _skipped.Contains(artifactId);

    /// <summary>Whether an artifact is there or not needed.</summary>
    public bool IsThere(string artifactId) => _files[artifactId].Count > 0 || IsSkipped(artifactId);

    /// <summary>Existing files of a path or glob, relative to the change, in ordinal order.</summary>
    public IReadOnlyList<string> Find(string generates) => ArtifactOutputs.Find(Project.Files, Project.Options, Change.Root, generates);
}
