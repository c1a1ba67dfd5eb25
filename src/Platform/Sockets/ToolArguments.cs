using System.Text.Json;
using Platform.Json;

namespace Platform.Sockets;

/// <summary>Checks a tool call's arguments against the tool's input schema, so that a model learns in words what to change.</summary>
/// <remarks>
/// Covers what schemas of flat tools hold: required, unknown names, type (one, several, or anyOf), enum, minimum and maximum, minLength and
/// maxLength, and the type of array items. What it does not know it lets pass; the tool's own binding is still behind it.
/// </remarks>
public static class ToolArguments
{
    /// <summary>Returns the first problem as one sentence; null when there is none.</summary>
    public static string? FindProblem(JsonElement schema, IDictionary<string, JsonElement>? arguments)
    {
        arguments ??= new Dictionary<string, JsonElement>();
        if (schema.ValueKind != JsonValueKind.Object) return null;
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(r => r.GetString()!))
            {
                if (!arguments.ContainsKey(name)) return $"Missing required argument '{name}'.";
            }
        }

        if (!schema.TryGetProperty("properties", out var properties)) return null;
        foreach (var (name, value) in arguments)
        {
            if (!properties.TryGetProperty(name, out var expected))
                return $"Unknown argument '{name}'. Known arguments: {string.Join(", ", properties.EnumerateObject().Select(p => p.Name))}.";
            if (!JsonUnicode.IsText(value)) return $"Argument '{name}' holds half a surrogate pair, or bytes that are no UTF-8; send Unicode text.";
            if (ProblemWith($"Argument '{name}'", expected, value) is { } problem) return problem;
        }

        return null;
    }

    private static string? ProblemWith(string what, JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind != JsonValueKind.Object) return null;
        if (schema.TryGetProperty("anyOf", out var alternatives) && alternatives.EnumerateArray().All(a => ProblemWith(what, a, value) is not null))
            return ProblemWith(what, alternatives.EnumerateArray().First(), value);
        var types = TypesOf(schema);
        if (types.Count > 0 && !types.Exists(t => Fits(t, value))) return $"{what} must be {string.Join(" or ", types)}, not {NameOf(value)}.";
        if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(c => JsonElement.DeepEquals(c, value)))
            return $"{what} must be one of {string.Join(", ", choices.EnumerateArray().Select(c => c.ToString()))}.";
        return value.ValueKind switch
        {
            JsonValueKind.Number => RangeProblem(what, schema, value.GetDouble()),
            JsonValueKind.String => LengthProblem(what, schema, value.GetString()!.Length),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) =>
                value.EnumerateArray().Select((item, i) => ProblemWith($"{what}[{i}]", items, item)).FirstOrDefault(p => p is not null),
            _ => null,
        };
    }

    private static string? RangeProblem(string what, JsonElement schema, double value)
    {
        if (schema.TryGetProperty("minimum", out var minimum) && value < minimum.GetDouble()) return $"{what} must be at least {minimum}.";
        return schema.TryGetProperty("maximum", out var maximum) && value > maximum.GetDouble() ? $"{what} must be at most {maximum}." : null;
    }

    private static string? LengthProblem(string what, JsonElement schema, int length)
    {
        if (schema.TryGetProperty("minLength", out var minimum) && length < minimum.GetInt32())
            return minimum.GetInt32() == 1 ? $"{what} must not be empty." : $"{what} must have at least {minimum} characters.";
        return schema.TryGetProperty("maxLength", out var maximum) && length > maximum.GetInt32() ? $"{what} must have at most {maximum} characters." : null;
    }

    private static List<string> TypesOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type)) return [];
        return type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];
    }

    private static bool Fits(string type, JsonElement value) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => "null",
    };
}
