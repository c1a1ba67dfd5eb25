using System.Globalization;
using System.Text.Json;

namespace Platform.Models.Schema;

/// <summary>Checks a value against a schema. Pure; knows the keywords that <see cref="ResponseSchema"/> admits and skips others.</summary>
internal static class SchemaValidator
{
    /// <summary>Everything that is wrong, each with its place; empty when the value is of the schema.</summary>
    public static IReadOnlyList<string> Validate(JsonElement schema, JsonElement value)
    {
        var faults = new List<string>();
        Check(schema, value, "$", faults);
        return faults;
    }

    private static void Check(JsonElement schema, JsonElement value, string path, List<string> faults)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return;
        if (schema.TryGetProperty("type", out var type) && !IsOfType(type, value))
        {
            faults.Add($"{path}: must be {type.GetRawText().Trim('"')}");
            return;
        }

        if (schema.TryGetProperty("enum", out var choices) && choices.ValueKind == JsonValueKind.Array && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
            faults.Add($"{path}: must be one of {choices.GetRawText()}");
        if (schema.TryGetProperty("const", out var constant) && !JsonElement.DeepEquals(constant, value))
            faults.Add($"{path}: must be {constant.GetRawText()}");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(schema, value, path, faults);
                break;
            case JsonValueKind.Array:
                CheckArray(schema, value, path, faults);
                break;
            case JsonValueKind.String:
                CheckRange(schema, "minLength", "maxLength", CodePoints(value.GetString()!), path, "characters", faults);
                break;
            case JsonValueKind.Number:
                CheckRange(schema, "minimum", "maximum", value.GetDouble(), path, "", faults);
                break;
        }
    }

    private static void CheckObject(JsonElement schema, JsonElement value, string path, List<string> faults)
    {
        var hasProperties = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object;
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
        {
            foreach (var name in required.EnumerateArray().Select(item => item.GetString()!).Where(name => !value.TryGetProperty(name, out _)))
                faults.Add($"{path}: '{name}' is missing");
        }

        var closed = schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.False;
        foreach (var property in value.EnumerateObject())
        {
            if (hasProperties && properties.TryGetProperty(property.Name, out var inner))
                Check(inner, property.Value, $"{path}.{property.Name}", faults);
            else if (closed)
                faults.Add($"{path}: '{(property.Name.Length > 40 ? property.Name[..40] : property.Name)}' is not allowed");
        }
    }

    private static void CheckArray(JsonElement schema, JsonElement value, string path, List<string> faults)
    {
        CheckRange(schema, "minItems", "maxItems", value.GetArrayLength(), path, "items", faults);
        if (!schema.TryGetProperty("items", out var items))
            return;
        var index = 0;
        foreach (var item in value.EnumerateArray())
            Check(items, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]"), faults);
    }

    private static void CheckRange(JsonElement schema, string minimum, string maximum, double actual, string path, string unit, List<string> faults)
    {
        if (schema.TryGetProperty(minimum, out var least) && actual < least.GetDouble())
            faults.Add($"{path}: must have at least {least.GetRawText()} {unit}".TrimEnd());
        if (schema.TryGetProperty(maximum, out var most) && actual > most.GetDouble())
            faults.Add($"{path}: must have at most {most.GetRawText()} {unit}".TrimEnd());
    }

    private static bool IsOfType(JsonElement type, JsonElement value) => type.ValueKind switch
    {
        JsonValueKind.String => IsOfType(type.GetString()!, value),
        JsonValueKind.Array => type.EnumerateArray().Any(name => IsOfType(name.GetString()!, value)),
        _ => true,
    };

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Floor(number) == number,
        _ => true,
    };

    // JSON Schema counts characters as code points.
    private static int CodePoints(string text) => text.EnumerateRunes().Count();
}
