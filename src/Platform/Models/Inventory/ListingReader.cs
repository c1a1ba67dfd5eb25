using System.Text.Json;

namespace Platform.Models.Inventory;

/// <summary>Reads the lists of models of the servers we know. Pure; null when the document is not that list.</summary>
internal static class ListingReader
{
    /// <summary>LM Studio 0.4: <c>GET /api/v1/models</c>.</summary>
    public static IReadOnlyList<ListedModel>? LmStudio(JsonElement root)
    {
        if (!TryList(root, "models", out var models))
            return null;
        var listed = new List<ListedModel>();
        foreach (var model in models.Where(model => Text(model, "type") is null or "llm" or "vlm"))
        {
            if (Text(model, "key") is not { } key)
                return null; // another server's list under the same path
            var instances = TryList(model, "loaded_instances", out var loaded) ? loaded : [];
            if (instances.Count == 0)
                listed.Add(new ListedModel(key, key, IsLoaded: false));
            foreach (var instance in instances)
            {
                var config = instance.TryGetProperty("config", out var found) ? found : default;
                listed.Add(new ListedModel(Text(instance, "id") ?? key, key, IsLoaded: true) { ContextTokens = Number(config, "context_length"), Slots = Number(config, "parallel") });
            }
        }

        return listed;
    }

    /// <summary>LM Studio 0.3.6: <c>GET /api/v0/models</c>. It does not tell the slots.</summary>
    public static IReadOnlyList<ListedModel>? LmStudioOld(JsonElement root)
    {
        if (!TryList(root, "data", out var models) || models.Any(model => Text(model, "state") is null))
            return null;
        return
        [
            .. models.Where(model => Text(model, "type") is null or "llm" or "vlm").Select(model => new ListedModel(Text(model, "id") ?? "", Text(model, "id") ?? "", Text(model, "state") == "loaded")
            {
                ContextTokens = Number(model, "loaded_context_length"),
            }),
        ];
    }

    /// <summary>llama.cpp's server: <c>GET /props</c>, which describes the one model that it serves.</summary>
    public static ListedModel? LlamaCpp(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("default_generation_settings", out var settings))
            return null;
        var path = Text(root, "model_alias") is { Length: > 0 } alias ? alias : Text(root, "model_path") is { Length: > 0 } file ? Path.GetFileName(file) : "default";
        return new ListedModel(path, path, IsLoaded: true) { ContextTokens = Number(settings, "n_ctx"), Slots = Number(root, "total_slots"), OwnContextPerSlot = true };
    }

    /// <summary>Ollama: <c>GET /api/tags</c> for what there is, <c>GET /api/ps</c> for what is loaded. A request loads what is not.</summary>
    public static IReadOnlyList<ListedModel>? Ollama(JsonElement tags, JsonElement? running)
    {
        if (!TryList(tags, "models", out var models) || models.Any(model => Text(model, "name") is null))
            return null;
        var loaded = running is { } list && TryList(list, "models", out var found) ? found : [];
        return
        [
            .. models.Select(model =>
            {
                var name = Text(model, "name")!;
                var instance = loaded.FirstOrDefault(candidate => Text(candidate, "name") == name);
                return new ListedModel(name, name, instance.ValueKind == JsonValueKind.Object ? true : null) { ContextTokens = Number(instance, "context_length") };
            }),
        ];
    }

    /// <summary>Any server: <c>GET /v1/models</c>. Listed does not mean loaded. Some (vLLM) tell the context.</summary>
    public static IReadOnlyList<ListedModel>? OpenAi(JsonElement root)
    {
        if (!TryList(root, "data", out var models))
            return null;
        return
        [
            .. models.Where(model => Text(model, "id") is not null).Select(model => new ListedModel(Text(model, "id")!, Text(model, "id")!, IsLoaded: null)
            {
                ContextTokens = Number(model, "max_model_len") ?? (model.TryGetProperty("meta", out var meta) ? Number(meta, "n_ctx") : null),
            }),
        ];
    }

    private static bool TryList(JsonElement root, string name, out IReadOnlyList<JsonElement> items)
    {
        items = [];
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
            return false;
        items = [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)];
        return true;
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0 ? number : null;
}
