using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workflow.Hosting;

/// <summary>Generates the JSON schema (draft 2020-12) of <c>config/orchestrator.yaml</c> from the definitions in <see cref="SettingsBinder"/>.</summary>
internal static class SettingsSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Generate()
    {
        var reader = new SettingsReader([]);
        SettingsBinder.Bind(reader);
        var sections = new JsonObject();
        foreach (var definition in reader.Definitions)
        {
            var (section, key) = (definition.Key[..definition.Key.IndexOf('.')], definition.Key[(definition.Key.IndexOf('.') + 1)..]);
            if (sections[section] is not JsonObject node)
                sections[section] = node = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject() };
            node["properties"]![key] = Property(definition);
        }

        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "WorkflowOrchestrator configuration",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = sections,
        };
        return schema.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject Property(SettingDefinition definition)
    {
        var property = new JsonObject
        {
            ["type"] = definition.Type,
            ["description"] = definition.Description,
            ["default"] = JsonSerializer.SerializeToNode(definition.Default),
        };
        if (definition.Type == "array")
            property["items"] = new JsonObject { ["type"] = "string" };
        if (definition.Minimum is { } minimum)
            property["minimum"] = minimum;
        if (definition.Maximum is { } maximum)
            property["maximum"] = maximum;
        if (definition.Choices is { } choices)
            property["enum"] = new JsonArray([.. choices.Select(choice => JsonValue.Create(choice))]);
        return property;
    }
}
