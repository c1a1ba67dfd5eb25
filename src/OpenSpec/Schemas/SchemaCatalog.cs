using System.Collections.Concurrent;
using System.Text;
using OpenSpec.Documents;

namespace OpenSpec.Schemas;

/// <summary>The workflow schemas of a project: its own, the user's, and the built-in one.</summary>
internal sealed class SchemaCatalog(IOpenSpecFiles files, OpenSpecOptions options)
{
    private const string DefaultName = "spec-driven";

    private readonly Lazy<HashSet<string>> _projectNames = new(() => Names(files, "schemas"));
    private readonly Lazy<HashSet<string>> _userNames = new(() => Names(options.UserSchemas, ""));
    private readonly ConcurrentDictionary<string, Resolution> _resolved = new(StringComparer.Ordinal);
    private readonly Lazy<ProjectConfig?> _config = new(() => ReadConfig(files));

    public ProjectConfig? Config => _config.Value;

    public bool Contains(string name) =>
        name == DefaultName || _projectNames.Value.Contains(name) || _userNames.Value.Contains(name);

    /// <summary>The schema that a change uses, or why it cannot be told.</summary>
    public Resolution ResolveForChange(OpenSpecDocument<ChangeMetadata>? metadata)
    {
        if (metadata is null)
            return Resolve(Config?.Schema ?? DefaultName);
        if (metadata.Content.Fault is { } fault)
            return new("", null, false, fault);
        var name = metadata.Content.Schema!;
        return Contains(name) ? Resolve(name) : new("", null, false, $"schema: there is no schema \"{name}\"");
    }

    /// <summary>A schema by name; <c>.yaml</c> at its end does not matter here.</summary>
    public Resolution Resolve(string name)
    {
        if (name.EndsWith(".yaml", StringComparison.Ordinal))
            name = name[..^5];
        else if (name.EndsWith(".yml", StringComparison.Ordinal))
            name = name[..^4];
        if (_resolved.TryGetValue(name, out var known))
            return known;
        return _resolved[name] = Load(name);
    }

    /// <summary>The text of an artifact's template; null when there is none, and for OpenSpec's own schema.</summary>
    public string? Template(Resolution resolution, Artifact artifact)
    {
        if (resolution.IsBuiltIn || artifact.Template is not { } template)
            return null;
        var (tree, root) = _projectNames.Value.Contains(resolution.Name) ? (files, "schemas/") : (options.UserSchemas, "");
        var path = string.Join('/', template.Replace('\\', '/').Split('/').Where(s => s is not ("" or ".")));
        return ReadText(tree, $"{root}{resolution.Name}/templates/{path}");
    }

    private Resolution Load(string name)
    {
        if (_projectNames.Value.Contains(name))
            return Load(name, ReadText(files, $"schemas/{name}/schema.yaml"));
        if (_userNames.Value.Contains(name))
            return Load(name, ReadText(options.UserSchemas, $"{name}/schema.yaml"));
        return name == DefaultName ? new(name, WorkflowSchema.SpecDriven, true, null) : new("", null, false, $"schema: there is no schema \"{name}\"");
    }

    private static Resolution Load(string name, string? text)
    {
        if (text is null)
            return new("", null, false, $"schema \"{name}\" cannot be read");
        var schema = WorkflowSchema.TryParse(text, out var fault);
        return new(name, schema, false, fault is null ? null : $"schema \"{name}\": {fault}");
    }

    /// <summary>The folders with a schema, without those that the original's <c>schema init</c> and <c>fork</c> leave for a moment.</summary>
    private static HashSet<string> Names(IOpenSpecFiles tree, string folder)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in tree.List(folder))
        {
            var isTransient = entry.Name.StartsWith(".fork-staging-", StringComparison.Ordinal) || entry.Name.StartsWith(".init-staging-", StringComparison.Ordinal)
                || entry.Name.Contains(".fork-backup-", StringComparison.Ordinal) || entry.Name.Contains(".init-backup-", StringComparison.Ordinal);
            if (entry.Kind == OpenSpecEntryKind.Directory && !isTransient && ArtifactOutputs.IsFile(tree, (folder.Length == 0 ? "" : folder + "/") + entry.Name + "/schema.yaml"))
                names.Add(entry.Name);
        }

        return names;
    }

    private static string? ReadText(IOpenSpecFiles tree, string path) => tree.Read(path) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    private static ProjectConfig? ReadConfig(IOpenSpecFiles files)
    {
        var bytes = files.Read("config.yaml") ?? files.Read("config.yml");
        return bytes is { } content ? ProjectConfig.Parse(Encoding.UTF8.GetString(content.Span)) : null;
    }

    /// <summary>What came of looking for a schema.</summary>
    /// <param name="Name">Its name; empty when there is none.</param>
    /// <param name="Schema">The schema; null when it cannot be used.</param>
    /// <param name="IsBuiltIn">Whether it is OpenSpec's own, whose task numbering rules apply.</param>
    /// <param name="Fault">Why it cannot be used, for people.</param>
    internal sealed record Resolution(string Name, WorkflowSchema? Schema, bool IsBuiltIn, string? Fault);
}
