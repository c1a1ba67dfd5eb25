using System.Text;

namespace OpenSpec.Schemas;

/// <summary><c>openspec/config.yaml</c>. Each field is checked on its own; what is malformed is dropped and reported.</summary>
public sealed record ProjectConfig
{
    /// <summary>Largest <see cref="Context"/>, in UTF-8 bytes.</summary>
    public const int MaxContextBytes = 51_200;

    /// <summary>The workflow schema of changes that name none; null when absent.</summary>
    public string? Schema { get; init; }

    /// <summary>Text for authors of every artifact; null when absent.</summary>
    public string? Context { get; init; }

    /// <summary>Rules for authors, by artifact id.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Rules { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Advice for those who work on a change, by operation: <c>apply</c>, <c>archive</c>. Operations without advice are not in it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> OperationGuidance { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What was dropped and why, for people.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Reads a configuration. Any text is one.</summary>
    public static ProjectConfig Parse(string text)
    {
        var root = YamlText.TryParse(text, out var error);
        if (root is not YamlNode.Map map)
            return new() { Faults = [error is null ? "The configuration is not a map of keys and values; it is ignored." : $"The configuration is not valid YAML ({error}); it is ignored."] };
        var faults = new List<string>();
        return new()
        {
            Schema = ReadSchema(map.Find("schema"), faults),
            Context = ReadContext(map.Find("context"), faults),
            Rules = ReadRules(map.Find("rules"), faults),
            OperationGuidance = ReadOperations(map.Find("operations"), faults),
            Faults = faults,
        };
    }

    private static string? ReadSchema(YamlNode? node, List<string> faults)
    {
        if (node is YamlNode.Text { Value.Length: > 0 } text)
            return text.Value;
        if (node is not null)
            faults.Add("schema: must be a text that is not empty; it is ignored.");
        return null;
    }

    private static string? ReadContext(YamlNode? node, List<string> faults)
    {
        if (node is YamlNode.Text text && Encoding.UTF8.GetByteCount(text.Value) <= MaxContextBytes)
            return text.Value;
        if (node is not null)
            faults.Add($"context: must be a text of at most {MaxContextBytes:N0} bytes; it is ignored.");
        return null;
    }

    private static Dictionary<string, IReadOnlyList<string>> ReadRules(YamlNode? node, List<string> faults)
    {
        var rules = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (node is YamlNode.Map map)
        {
            foreach (var (artifact, value) in map.Entries)
            {
                if (Texts(value) is { } texts)
                    rules[artifact] = texts;
                else
                    faults.Add($"rules.{artifact}: must be a list of texts; it is ignored.");
            }
        }
        else if (node is not null)
        {
            faults.Add("rules: must be a map of artifact ids; it is ignored.");
        }

        return rules;
    }

    private static Dictionary<string, IReadOnlyList<string>> ReadOperations(YamlNode? node, List<string> faults)
    {
        var guidance = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (node is not (null or YamlNode.Map))
            faults.Add("operations: must be a map of apply and archive; it is ignored.");
        foreach (var (operation, value) in (node as YamlNode.Map)?.Entries ?? new Dictionary<string, YamlNode>())
        {
            if (operation is not ("apply" or "archive"))
                faults.Add($"operations.{operation}: there is no such operation, only apply and archive; it is ignored.");
            else if (value is not YamlNode.Map map)
                faults.Add($"operations.{operation}: must be a map with guidance; it is ignored.");
            else if (map.Find("guidance") is { } given)
                AddGuidance(operation, given);
        }

        return guidance;

        void AddGuidance(string operation, YamlNode given)
        {
            if (Texts(given) is not { } texts)
                faults.Add($"operations.{operation}.guidance: must be a list of texts; it is ignored.");
            else if (texts.Length > 0)
                guidance[operation] = texts;
        }
    }

    /// <summary>The texts of a list, empty ones aside; null when it is no list of texts.</summary>
    private static string[]? Texts(YamlNode node) => node is YamlNode.List list && list.Items.All(i => i is YamlNode.Text)
        ? list.Items.Select(i => ((YamlNode.Text)i).Value).Where(t => t.Length > 0).ToArray()
        : null;
}
