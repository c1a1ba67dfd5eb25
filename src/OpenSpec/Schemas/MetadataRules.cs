using OpenSpec.Parsing;

namespace OpenSpec.Schemas;

/// <summary>The shape of <c>.openspec.yaml</c>.</summary>
internal static class MetadataRules
{
    /// <summary>The first thing wrong; null when nothing is.</summary>
    public static string? Check(YamlNode root)
    {
        if (root is not YamlNode.Map map)
            return $"it must be a map of keys and values, not {root.KindName}";
        return CheckSchema(map.Find("schema"))
            ?? CheckCreated(map.Find("created"))
            ?? CheckGoal(map.Find("goal"))
            ?? CheckAreas(map.Find("affected_areas"))
            ?? CheckInitiative(map.Find("initiative"))
            ?? CheckFlag("skip_specs", map.Find("skip_specs"))
            ?? CheckFlag("retire_capabilities", map.Find("retire_capabilities"));
    }

    /// <summary>A kebab id: <c>^[a-z0-9]+(?:-[a-z0-9]+)*$</c>.</summary>
    public static bool IsKebab(ReadOnlySpan<char> text)
    {
        var wasHyphen = true;
        foreach (var c in text)
        {
            var isHyphen = c == '-';
            if (isHyphen ? wasHyphen : !(char.IsAsciiLetterLower(c) || EcmaText.IsDigit(c)))
                return false;
            wasHyphen = isHyphen;
        }

        return !wasHyphen;
    }

    private static string? CheckSchema(YamlNode? node) => node switch
    {
        YamlNode.Text { Value.Length: > 0 } => null,
        null => "schema: is missing; name the workflow schema, such as spec-driven",
        YamlNode.Text => "schema: must not be empty",
        _ => $"schema: must be a text, not {node.KindName}",
    };

    private static string? CheckCreated(YamlNode? node) => node switch
    {
        null => null,
        YamlNode.Text text when IsDate(text.Value) => null,
        _ => "created: must be a date of the form YYYY-MM-DD",
    };

    private static bool IsDate(string text)
    {
        if (text.Length != 10)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (i is 4 or 7 ? text[i] != '-' : !EcmaText.IsDigit(text[i]))
                return false;
        }

        return true;
    }

    private static string? CheckGoal(YamlNode? node) =>
        node is null or YamlNode.Text { Value.Length: > 0 } ? null : "goal: must be a text that is not empty";

    private static string? CheckAreas(YamlNode? node) =>
        node is null || (node is YamlNode.List list && list.Items.All(i => i is YamlNode.Text { Value.Length: > 0 }))
            ? null
            : "affected_areas: must be a list of texts that are not empty";

    private static string? CheckInitiative(YamlNode? node)
    {
        if (node is null)
            return null;
        var isLink = node is YamlNode.Map map && map.Entries.Count == 2
            && map.Find("store") is YamlNode.Text store && IsKebab(store.Value)
            && map.Find("id") is YamlNode.Text id && IsKebab(id.Value);
        return isLink ? null : "initiative: must have exactly the keys store and id, both kebab-case";
    }

    private static string? CheckFlag(string key, YamlNode? node) =>
        node is null or YamlNode.Boolean ? null : $"{key}: must be true or false, not {node.KindName}";
}
