using System.Text;
using System.Text.Json;

namespace Testing.Models;

/// <summary>Writes the smallest value that a schema allows, as a grammar-driven engine without any idea would.</summary>
public static class SchemaSample
{
    public static string Of(JsonElement schema)
    {
        var text = new StringBuilder();
        Write(schema, text);
        return text.ToString();
    }

    private static void Write(JsonElement schema, StringBuilder text)
    {
        if (schema.TryGetProperty("enum", out var choices))
        {
            text.Append(choices[0].GetRawText());
            return;
        }

        if (schema.TryGetProperty("const", out var constant))
        {
            text.Append(constant.GetRawText());
            return;
        }

        var type = schema.TryGetProperty("type", out var named) ? (named.ValueKind == JsonValueKind.Array ? named[0].GetString() : named.GetString()) : "null";
        switch (type)
        {
            case "object":
                WriteObject(schema, text);
                break;
            case "array":
                WriteArray(schema, text);
                break;
            case "string":
                text.Append('"').Append('x', Bound(schema, "minLength")).Append('"');
                break;
            case "integer" or "number":
                text.Append(Bound(schema, "minimum"));
                break;
            case "boolean":
                text.Append("true");
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void WriteObject(JsonElement schema, StringBuilder text)
    {
        text.Append('{');
        var first = true;
        foreach (var property in schema.GetProperty("properties").EnumerateObject())
        {
            text.Append(first ? "" : ",").Append(JsonSerializer.Serialize(property.Name)).Append(':');
            Write(property.Value, text);
            first = false;
        }

        text.Append('}');
    }

    private static void WriteArray(JsonElement schema, StringBuilder text)
    {
        text.Append('[');
        for (var index = 0; index < Bound(schema, "minItems"); index++)
        {
            text.Append(index == 0 ? "" : ",");
            Write(schema.GetProperty("items"), text);
        }

        text.Append(']');
    }

    private static int Bound(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out var bound) ? (int)bound.GetDouble() : 0;
}
