using System.Text;
using OpenSpec.Documents;

namespace OpenSpec.Schemas;

/// <summary>The workflow schemas of a project: its own, the user's, and the built-in one (reference §7).</summary>
internal sealed class SchemaCatalog(IOpenSpecFiles files, OpenSpecOptions options)
{
    private const string DefaultName = "spec-driven";

    private readonly Lazy<HashSet<string>> _projectNames = new(() => FindProjectSchemas(files));
    private readonly Dictionary<string, Resolution> _resolved = new(StringComparer.Ordinal);
    private readonly Lazy<ProjectConfig?> _config = new(() => ReadConfig(files));

    public ProjectConfig? Config => _config.Value;

    public bool Contains(string name) =>
        name == DefaultName || options.UserSchemas.ContainsKey(name) || _projectNames.Value.Contains(name);

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

    private Resolution Load(string name)
    {
        if (_projectNames.Value.Contains(name))
        {
            var bytes = files.Read($"schemas/{name}/schema.yaml");
            return bytes is { } content ? Parse(Encoding.UTF8.GetString(content.Span), name) : new("", null, false, $"schema \"{name}\" cannot be read");
        }

        if (options.UserSchemas.TryGetValue(name, out var text))
            return Parse(text, name);
        return name == DefaultName ? new(name, WorkflowSchema.SpecDriven, true, null) : new("", null, false, $"schema: there is no schema \"{name}\"");
    }

    private static Resolution Parse(string text, string name)
    {
        var schema = WorkflowSchema.TryParse(text, out var fault);
        return new(name, schema, false, fault is null ? null : $"schema \"{name}\": {fault}");
    }

    private static HashSet<string> FindProjectSchemas(IOpenSpecFiles files)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in files.List("schemas"))
        {
            var isTransient = entry.Name.StartsWith(".fork-staging-", StringComparison.Ordinal) || entry.Name.StartsWith(".init-staging-", StringComparison.Ordinal)
                || entry.Name.Contains(".fork-backup-", StringComparison.Ordinal) || entry.Name.Contains(".init-backup-", StringComparison.Ordinal);
            if (entry.Kind == OpenSpecEntryKind.Directory && !isTransient && ArtifactOutputs.IsFile(files, $"schemas/{entry.Name}/schema.yaml"))
                names.Add(entry.Name);
        }

        return names;
    }

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
