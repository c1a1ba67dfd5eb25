namespace OpenSpec.Schemas;

/// <summary>Reads and checks workflow schemas.</summary>
internal static class SchemaReader
{
    private const int MaxArtifacts = 1000;

    public static WorkflowSchema? TryRead(string text, out string? fault)
    {
        var root = YamlText.TryParse(text, out var error);
        if (root is null)
        {
            fault = $"it is not valid YAML ({error})";
            return null;
        }

        try
        {
            var schema = ReadSchema(root);
            CheckReferences(schema);
            CheckCircles(schema.Artifacts);
            fault = null;
            return schema;
        }
        catch (SchemaFault ex)
        {
            fault = ex.Message;
            return null;
        }
    }

    private static WorkflowSchema ReadSchema(YamlNode root)
    {
        var map = root as YamlNode.Map ?? throw new SchemaFault("it must be a map of keys and values");
        var name = Text(map, "name", "name", isRequired: true)!;
        if (name.Length == 0)
            throw new SchemaFault("name: must not be empty");
        var version = map.Find("version") is YamlNode.Number { Value: >= 1 and <= int.MaxValue } number && number.Value == Math.Truncate(number.Value)
            ? (int)number.Value
            : throw new SchemaFault("version: must be a positive whole number");
        if (map.Find("artifacts") is not YamlNode.List { Items.Count: >= 1 and <= MaxArtifacts } list)
            throw new SchemaFault($"artifacts: must be a list of 1 to {MaxArtifacts} artifacts");
        var artifacts = list.Items.Select(ReadArtifact).ToArray();
        var description = Text(map, "description", "description", isRequired: false) ?? "";
        return new(name, version, description, artifacts, ReadApply(map.Find("apply")));
    }

    private static Artifact ReadArtifact(YamlNode node, int index)
    {
        var place = $"artifacts.{index}";
        var map = node as YamlNode.Map ?? throw new SchemaFault($"{place}: must be a map");
        var id = Text(map, "id", $"{place}.id", isRequired: true)!;
        if (id.Length == 0)
            throw new SchemaFault($"{place}.id: must not be empty");
        var generates = RelativePath(Text(map, "generates", $"{place}.generates", isRequired: true)!, $"{place}.generates");
        var description = Text(map, "description", $"{place}.description", isRequired: true)!;
        var template = RelativePath(Text(map, "template", $"{place}.template", isRequired: true)!, $"{place}.template");
        var instruction = Text(map, "instruction", $"{place}.instruction", isRequired: false);
        return new(id, generates, description, Texts(map.Find("requires"), $"{place}.requires") ?? []) { Template = template, Instruction = instruction };
    }

    private static ApplyPhase? ReadApply(YamlNode? node)
    {
        if (node is null)
            return null;
        var map = node as YamlNode.Map ?? throw new SchemaFault("apply: must be a map");
        if (Texts(map.Find("requires"), "apply.requires") is not { Length: > 0 } requires)
            throw new SchemaFault("apply.requires: must name at least one artifact");
        var instruction = Text(map, "instruction", "apply.instruction", isRequired: false);
        var tracks = map.Find("tracks") is null or YamlNode.Null
            ? null
            : RelativePath(Text(map, "tracks", "apply.tracks", isRequired: true)!, "apply.tracks");
        return new(requires, tracks) { Instruction = instruction };
    }

    private static string? Text(YamlNode.Map map, string key, string place, bool isRequired) => map.Find(key) switch
    {
        YamlNode.Text text => text.Value,
        null when !isRequired => null,
        null => throw new SchemaFault($"{place}: is missing"),
        var other => throw new SchemaFault($"{place}: must be a text, not {other.KindName}"),
    };

    private static string[]? Texts(YamlNode? node, string place)
    {
        if (node is null)
            return null;
        return node is YamlNode.List list && list.Items.All(i => i is YamlNode.Text)
            ? list.Items.Select(i => ((YamlNode.Text)i).Value).ToArray()
            : throw new SchemaFault($"{place}: must be a list of texts");
    }

    private static string RelativePath(string path, string place)
    {
        var isRooted = path.Length > 0 && path[0] is '/' or '\\';
        var hasDrive = path.Length > 1 && char.IsAsciiLetter(path[0]) && path[1] == ':';
        if (path.Length == 0 || isRooted || hasDrive || path.Contains('\0') || path.Split('/', '\\').Contains("..", StringComparer.Ordinal))
            throw new SchemaFault($"{place}: must be a relative path that stays inside its folder");
        return path;
    }

    private static void CheckReferences(WorkflowSchema schema)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var artifact in schema.Artifacts)
        {
            if (!ids.Add(artifact.Id))
                throw new SchemaFault($"two artifacts have the id \"{artifact.Id}\"");
        }

        foreach (var (artifact, required) in schema.Artifacts.SelectMany(a => a.Requires.Select(r => (a.Id, r))))
        {
            if (!ids.Contains(required))
                throw new SchemaFault($"artifact \"{artifact}\" requires \"{required}\", which does not exist");
        }

        if (schema.Apply?.Requires.FirstOrDefault(r => !ids.Contains(r)) is { } unknown)
            throw new SchemaFault($"apply.requires names \"{unknown}\", which does not exist");
    }

    private static void CheckCircles(IReadOnlyList<Artifact> artifacts)
    {
        var byId = artifacts.ToDictionary(a => a.Id, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var artifact in artifacts)
            Visit(artifact.Id, byId, done, path);
    }

    private static void Visit(string id, Dictionary<string, Artifact> artifacts, HashSet<string> done, List<string> path)
    {
        if (done.Contains(id))
            return;
        var start = path.IndexOf(id);
        if (start >= 0)
            throw new SchemaFault($"artifacts require each other in a circle: {string.Join(" → ", path.Skip(start).Append(id))}");
        path.Add(id);
        foreach (var required in artifacts[id].Requires)
            Visit(required, artifacts, done, path);
        path.RemoveAt(path.Count - 1);
        done.Add(id);
    }

    /// <summary>Leaves the reading at the first fault; never leaves this class.</summary>
    private sealed class SchemaFault(string message) : Exception(message);
}
