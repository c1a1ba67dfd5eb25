using OpenSpec.Parsing;
using OpenSpec.Schemas;

namespace OpenSpec.Validation;

/// <summary>Rule C0: a folder that only holds other changes is reported as a change, while the changes in it are invisible.</summary>
internal static class NamespaceFolder
{
    private const int MaxNesting = 3;

    private static readonly string[] Markers = [".openspec.yaml", "proposal.md", "tasks.md", "design.md"];

    /// <summary>Paths below <c>changes/</c> of the changes inside, in ordinal order; empty when the folder is an ordinary change.</summary>
    public static IReadOnlyList<string> FindNested(ProjectContext project, string id)
    {
        var root = "changes/" + id;
        var entries = project.Files.List(root);
        if (entries.Any(e => !e.Name.StartsWith('.') && e.Kind != OpenSpecEntryKind.Directory) || LooksLikeChange(project, root, entries))
            return [];
        var found = new List<string>();
        Collect(project, id, 1, entries, found);
        found.Sort(string.CompareOrdinal);
        return found;
    }

    private static void Collect(ProjectContext project, string prefix, int depth, IReadOnlyList<OpenSpecEntry> entries, List<string> found)
    {
        if (depth > MaxNesting)
            return;
        foreach (var entry in entries)
        {
            if (entry.Kind != OpenSpecEntryKind.Directory || entry.Name.StartsWith('.'))
                continue;
            var path = $"{prefix}/{entry.Name}";
            var children = project.Files.List("changes/" + path);
            if (LooksLikeChange(project, "changes/" + path, children))
                found.Add(path);
            else
                Collect(project, path, depth + 1, children, found);
        }
    }

    private static bool LooksLikeChange(ProjectContext project, string root, IReadOnlyList<OpenSpecEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (Markers.Contains(entry.Name, StringComparer.Ordinal) && IsFile(project, root, entry))
                return true;
        }

        return SpecDiscovery.HasAnyFile(project.Files, root + "/specs", project.Options.MaxDepth) || HasSchemaOutput(project, root);
    }

    private static bool IsFile(ProjectContext project, string root, OpenSpecEntry entry) =>
        entry.Kind == OpenSpecEntryKind.File || (entry.Kind == OpenSpecEntryKind.Link && project.Files.Read($"{root}/{entry.Name}") is not null);

    /// <summary>Whether a file stands exactly where the project's schema would put one. The built-in schema's files are all covered above.</summary>
    private static bool HasSchemaOutput(ProjectContext project, string root)
    {
        var resolution = project.Schemas.ResolveForChange(metadata: null);
        return resolution is { Schema: { } schema, IsBuiltIn: false }
            && schema.Artifacts.Any(a => ArtifactOutputs.Find(project.Files, project.Options, root, a.Generates).Count > 0);
    }
}
