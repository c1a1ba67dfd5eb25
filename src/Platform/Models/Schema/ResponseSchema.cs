using System.Text.Json;

namespace Platform.Models.Schema;

/// <summary>
/// The form of an answer: a JSON schema in the subset that local engines enforce (measured with llama.cpp: enums, bounds of integers, lengths, nested
/// objects). Every answer is checked here as well, because servers drop a grammar in silence.
/// </summary>
public sealed class ResponseSchema
{
    // Longer maximum lengths make llama.cpp drop the whole grammar without a word.
    private const int MaxStringLength = 240;
    private const int MaxArrayItems = 8;
    private const int MaxObjectDepth = 3;

    private static readonly HashSet<string> s_keywords =
        ["type", "properties", "required", "additionalProperties", "enum", "const", "items", "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum", "description", "title"];

    private ResponseSchema(string name, JsonElement json) => (Name, Json) = (name, json);

    /// <summary>Name on the wire: letters, digits and underscores.</summary>
    public string Name { get; }

    public JsonElement Json { get; }

    /// <summary>A schema of ours.</summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="json">The schema.</param>
    /// <exception cref="ArgumentException">It uses what engines do not enforce; the message names the place.</exception>
    public static ResponseSchema Parse(string name, string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement.Clone();
        var faults = new List<string>();
        if (!IsObject(root))
            faults.Add("$: the root must be an object");
        Check(root, "$", 1, faults);
        return faults.Count == 0 ? new ResponseSchema(name, root) : throw new ArgumentException($"Schema '{name}': {string.Join("; ", faults)}.", nameof(json));
    }

    /// <summary>Checks a complete answer.</summary>
    public SchemaVerdict Check(string text) => AnswerJson.Read(text) switch
    {
        SchemaVerdict.Valid parsed when SchemaValidator.Validate(Json, parsed.Value) is { Count: > 0 } faults => new SchemaVerdict.Invalid(ModelFailureKind.WrongSchema, string.Join("; ", faults.Take(5))),
        var verdict => verdict,
    };

    /// <summary>A schema that came with <c>ChatOptions</c> of somebody else: used as it is.</summary>
    internal static ResponseSchema Foreign(string name, JsonElement json) => new(name, json);

    private static bool IsObject(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object");

    private static void Check(JsonElement schema, string path, int depth, List<string> faults)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{path}: is no schema");
            return;
        }

        foreach (var keyword in schema.EnumerateObject().Select(property => property.Name).Where(keyword => !s_keywords.Contains(keyword)))
            faults.Add($"{path}: '{keyword}' is not enforced by engines");
        if (IsObject(schema))
            CheckObject(schema, path, depth, faults);
        Bound(schema, path, "array", "maxItems", MaxArrayItems, faults);
        if (!schema.TryGetProperty("enum", out _) && !schema.TryGetProperty("const", out _))
            Bound(schema, path, "string", "maxLength", MaxStringLength, faults);
        if (schema.TryGetProperty("items", out var items))
            Check(items, path + "[]", depth, faults);
        else if (IsType(schema, "array"))
            faults.Add($"{path}: an array needs 'items'");
        if (IsType(schema, "number") && (schema.TryGetProperty("minimum", out _) || schema.TryGetProperty("maximum", out _)))
            faults.Add($"{path}: bounds are enforced for integers only");
    }

    private static void CheckObject(JsonElement schema, string path, int depth, List<string> faults)
    {
        if (depth > MaxObjectDepth)
            faults.Add($"{path}: objects nest deeper than {MaxObjectDepth}");
        if (!schema.TryGetProperty("additionalProperties", out var additional) || additional.ValueKind != JsonValueKind.False)
            faults.Add($"{path}: an object needs 'additionalProperties: false'");
        var required = schema.TryGetProperty("required", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(name => name.GetString()).ToHashSet() : [];
        if (!schema.TryGetProperty("properties", out var properties))
        {
            faults.Add($"{path}: an object needs 'properties'");
            return;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (!required.Contains(property.Name))
                faults.Add($"{path}.{property.Name}: must be required");
            Check(property.Value, $"{path}.{property.Name}", depth + 1, faults);
        }
    }

    private static bool IsType(JsonElement schema, string name) =>
        schema.TryGetProperty("type", out var type) && (type.ValueKind == JsonValueKind.String ? type.ValueEquals(name) : type.ValueKind == JsonValueKind.Array && type.EnumerateArray().Any(item => item.ValueEquals(name)));

    private static void Bound(JsonElement schema, string path, string type, string keyword, int limit, List<string> faults)
    {
        if (IsType(schema, type) && !(schema.TryGetProperty(keyword, out var value) && value.TryGetInt32(out var bound) && bound <= limit))
            faults.Add($"{path}: needs '{keyword}' of at most {limit}");
    }
}

/// <summary>What an answer is worth.</summary>
public abstract record SchemaVerdict
{
    private SchemaVerdict()
    {
    }

    /// <summary>JSON of the schema.</summary>
    /// <param name="Text">The JSON alone, without what the model wrote around it.</param>
    public sealed record Valid(string Text, JsonElement Value) : SchemaVerdict;

    /// <summary>Of no use.</summary>
    /// <param name="Kind">NotJson, Truncated, DuplicateKey, WrongSchema or Empty.</param>
    /// <param name="Message">What is wrong, in words that a model can act on.</param>
    public sealed record Invalid(ModelFailureKind Kind, string Message) : SchemaVerdict;
}
