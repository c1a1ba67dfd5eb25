using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpOrchestrator.Agents.Configuration;

/// <summary>The JSON schema of <c>config/agents.yaml</c>, for editors.</summary>
internal static class AgentsSchema
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    internal static string Text()
    {
        var properties = new JsonObject();
        foreach (var key in AgentKey.All) properties[key.Name] = Property(key);
        properties["kind"]!["enum"] = Names(AgentDefinition.Kinds);
        properties["id"]!["pattern"] = "^[a-z0-9][a-z0-9-]{0,63}$";
        var agent = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = Names(AgentKey.All.Where(k => k is { Required: true, Kinds.Count: 0 }).Select(k => k.Name)),
            ["properties"] = properties,
            ["allOf"] = new JsonArray([.. AgentDefinition.Kinds.Select(RuleFor)]),
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

    private static JsonObject Property(AgentKey key)
    {
        var property = key.Shape switch
        {
            KeyShape.List => new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            KeyShape.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") } },
            KeyShape.Number => new JsonObject { ["type"] = "number", ["minimum"] = key.Least, ["maximum"] = key.Most },
            KeyShape.Flag => new JsonObject { ["type"] = "boolean" },
            _ => new JsonObject { ["type"] = "string" },
        };
        property["description"] = key.Description;
        return property;
    }

    /// <summary>What an agent of one kind must have, and what it must not.</summary>
    private static JsonObject RuleFor(string kind) => new()
    {
        ["if"] = new JsonObject { ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = kind } } },
        ["then"] = new JsonObject
        {
            ["required"] = Names(AgentKey.All.Where(k => k.Required && k.BelongsTo(kind)).Select(k => k.Name)),
            ["properties"] = new JsonObject(AgentKey.All.Where(k => !k.BelongsTo(kind)).Select(k => KeyValuePair.Create(k.Name, (JsonNode?)JsonValue.Create(false)))),
        },
    };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(n => JsonValue.Create(n))]);
}
