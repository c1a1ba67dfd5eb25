using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpOrchestrator.Agents.Tools;

/// <summary>Makes a tool's arguments out of a question, as the configuration's <c>map</c> says.</summary>
internal static partial class ArgumentMap
{
    /// <summary>Names that may stand in braces.</summary>
    internal static readonly IReadOnlyList<string> Placeholders = ["question", "context", "change", "capability", "conversation_id", "repository"];

    /// <summary>The arguments. A value that turns out empty is left out, so that the tool's own default holds.</summary>
    /// <param name="map">Argument names with values that hold placeholders.</param>
    /// <param name="schema">The tool's input schema, which tells whether a value is text or JSON.</param>
    /// <param name="question">The question.</param>
    /// <param name="root">The repository.</param>
    /// <exception cref="AgentFaultException">A value is not what the schema asks for.</exception>
    internal static JsonObject Fill(IReadOnlyDictionary<string, string> map, JsonElement schema, AgentQuestion question, string root)
    {
        var arguments = new JsonObject();
        foreach (var (name, template) in map)
        {
            var isText = IsText(schema, name);
            var value = PlaceholderPattern().Replace(template, m => Encode(Value(m.Groups["name"].Value, question, root), isText));
            if (value.Length == 0) continue;
            arguments[name] = isText ? JsonValue.Create(value) : Json(name, value);
        }

        return arguments;
    }

    private static string Value(string placeholder, AgentQuestion question, string root) => placeholder switch
    {
        "question" => question.Text,
        "context" => question.Context.Hint,
        "change" => question.Context.Change ?? "",
        "capability" => question.Context.Capability ?? "",
        "conversation_id" => question.ConversationId ?? "",
        _ => root,
    };

    // Inside JSON text the value must not be able to end its string.
    private static string Encode(string value, bool isText) => isText ? value : JsonSerializer.Serialize(value)[1..^1];

    private static JsonNode? Json(string name, string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException e)
        {
            throw new AgentFaultException($"the value of '{name}' in its map is not the JSON that the tool asks for: {value}", e);
        }
    }

    private static bool IsText(JsonElement schema, string name)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || !properties.TryGetProperty(name, out var property)) return true;
        if (property.ValueKind != JsonValueKind.Object || !property.TryGetProperty("type", out var type)) return true;
        return type.ValueKind switch
        {
            JsonValueKind.String => type.GetString() == "string",
            JsonValueKind.Array => type.EnumerateArray().Any(t => t.ValueKind == JsonValueKind.String && t.GetString() == "string"),
            _ => true,
        };
    }

    [GeneratedRegex(@"\{(?<name>question|context|change|capability|conversation_id|repository)\}")]
    private static partial Regex PlaceholderPattern();
}
