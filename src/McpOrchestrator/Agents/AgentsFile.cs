using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Configuration;

namespace McpOrchestrator.Agents;

/// <summary>Reads <c>config/agents.yaml</c>: a list of agents under <c>agents</c>.</summary>
internal static partial class AgentsFile
{
    internal const string DefaultPath = "config/agents.yaml";

    // The one table of keys: reading, checking and the JSON schema follow it.
    private static readonly (string Key, bool IsList, bool Required, string Description)[] s_keys =
    [
        ("id", false, true, "Name under which the agent is asked: lower-case letters, digits and hyphens."),
        ("kind", false, true, "What the agent is. librarian: full-text search over the repository's own texts."),
        ("description", false, true, "For whoever chooses an agent: what it can answer."),
        ("capabilities", true, false, "Words by which a router chooses an agent."),
        ("paths", true, false, "For a librarian: folders and files to read, relative to the repository; '.' is all Markdown in it."),
    ];

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>Reads the named file, or the repository's own, or takes the built-in default. All faults are returned.</summary>
    internal static (IReadOnlyList<AgentDefinition> Agents, IReadOnlyList<string> Faults) Load(string? file, string root)
    {
        var path = file ?? Path.Combine(root, DefaultPath);
        if (file is null && !File.Exists(path)) return ([AgentDefinition.Librarian], []);
        try
        {
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], [$"{path}: cannot be read: {e.Message}"]);
        }
    }

    internal static (IReadOnlyList<AgentDefinition> Agents, IReadOnlyList<string> Faults) Parse(string path, string text)
    {
        IReadOnlyDictionary<string, string?> keys;
        try
        {
            keys = YamlConfiguration.Parse(path, text);
        }
        catch (YamlConfigurationException e)
        {
            return ([], [e.Message]);
        }

        var faults = new List<string>();
        var entries = new SortedDictionary<int, Dictionary<string, List<string>>>();
        foreach (var (key, value) in keys) Collect(path, key, value, entries, faults);
        List<AgentDefinition> agents = [.. entries.Select(e => ToDefinition(path, e.Key, e.Value, faults)).OfType<AgentDefinition>()];
        foreach (var twice in agents.GroupBy(a => a.Profile.Id).Where(g => g.Count() > 1)) faults.Add($"{path}: agents: the id '{twice.Key}' is given {twice.Count()} times. Ids must differ.");
        if (agents.Count == 0 && faults.Count == 0) faults.Add($"{path}: agents: the list is empty. Describe at least one agent, or remove the file to get the librarian.");
        return (agents, faults);
    }

    /// <summary>The JSON schema of the file, for editors.</summary>
    internal static string Schema()
    {
        var properties = new JsonObject();
        foreach (var (key, isList, _, description) in s_keys)
        {
            properties[key] = isList
                ? new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" }, ["description"] = description }
                : new JsonObject { ["type"] = "string", ["description"] = description };
        }

        properties["kind"]!["enum"] = new JsonArray([.. AgentDefinition.Kinds.Select(k => JsonValue.Create(k))]);
        properties["id"]!["pattern"] = "^[a-z0-9][a-z0-9-]{0,63}$";
        var agent = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray([.. s_keys.Where(k => k.Required).Select(k => JsonValue.Create(k.Key))]),
            ["properties"] = properties,
        };
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Agents of the MCP Orchestrator",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("agents"),
            ["properties"] = new JsonObject { ["agents"] = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = agent } },
        };
        return schema.ToJsonString(s_indented).ReplaceLineEndings("\n") + "\n";
    }

    private static void Collect(string path, string key, string? value, SortedDictionary<int, Dictionary<string, List<string>>> entries, List<string> faults)
    {
        if (EntryPattern().Match(key) is not { Success: true } match)
        {
            faults.Add($"{path}: '{key.Replace(':', '.')}' is not a known key. The file holds one list, 'agents', of agents with {string.Join(", ", s_keys.Select(k => k.Key))}.");
            return;
        }

        var index = int.Parse(match.Groups["index"].ValueSpan);
        var name = match.Groups["key"].Value;
        if (!s_keys.Any(k => k.Key == name))
        {
            faults.Add($"{path}: agents[{index}].{name} is not a known key. Known: {string.Join(", ", s_keys.Select(k => k.Key))}.");
            return;
        }

        if (!entries.TryGetValue(index, out var entry)) entries[index] = entry = new(StringComparer.Ordinal);
        if (!entry.TryGetValue(name, out var values)) entry[name] = values = [];
        if (!string.IsNullOrWhiteSpace(value)) values.Add(value.Trim());
    }

    private static AgentDefinition? ToDefinition(string path, int index, Dictionary<string, List<string>> entry, List<string> faults)
    {
        var before = faults.Count;
        foreach (var (key, isList, required, _) in s_keys)
        {
            var values = entry.GetValueOrDefault(key, []);
            if (required && values.Count == 0) faults.Add($"{path}: agents[{index}].{key} is missing.");
            if (!isList && values.Count > 1) faults.Add($"{path}: agents[{index}].{key} must be one text, not a list.");
        }

        if (faults.Count > before) return null;
        var (id, kind) = (entry["id"][0], entry["kind"][0]);
        if (!IdPattern().IsMatch(id)) faults.Add($"{path}: agents[{index}].id: '{id}' may have only lower-case letters, digits and hyphens, at most 64.");
        if (!AgentDefinition.Kinds.Contains(kind)) faults.Add($"{path}: agents[{index}].kind: '{kind}' is not known. Known kinds: {string.Join(", ", AgentDefinition.Kinds)}.");
        var paths = entry.GetValueOrDefault("paths", []);
        foreach (var outside in paths.Where(p => Path.IsPathRooted(p) || p.Split('/').Contains("..")))
            faults.Add($"{path}: agents[{index}].paths: '{outside}' leads out of the repository. Write paths relative to it.");
        if (faults.Count > before) return null;
        return new AgentDefinition(
            new AgentProfile(id, kind, entry["description"][0], entry.GetValueOrDefault("capabilities", [])),
            paths.Count > 0 ? [.. paths.Select(p => p.TrimEnd('/'))] : AgentDefinition.Librarian.Paths);
    }

    [GeneratedRegex(@"^agents:(?<index>\d{1,4}):(?<key>[^:]+)(?::\d+)?$")]
    private static partial Regex EntryPattern();

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex IdPattern();
}
