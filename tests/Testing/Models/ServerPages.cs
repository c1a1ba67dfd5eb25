using System.Text.Json.Nodes;

namespace Testing.Models;

/// <summary>What each kind of server tells about itself and its models.</summary>
internal static class ServerPages
{
    public static string? Page(string path, ModelSimulator server) => (server.Options.Server, path) switch
    {
        (SimulatedServer.LmStudio or SimulatedServer.LmStudioOld, "GET /lmstudio-greeting") => """{"lmstudio":true}""",
        (SimulatedServer.LmStudio, "GET /api/v1/models") => Native(server),
        (SimulatedServer.LmStudio or SimulatedServer.LmStudioOld, "GET /api/v0/models") => Older(server),
        (SimulatedServer.LlamaCpp, "GET /props") => Props(server),
        (SimulatedServer.LlamaCpp, "GET /health") => """{"status":"ok"}""",
        (SimulatedServer.Ollama, "GET /api/version") => """{"version":"0.9.0"}""",
        (SimulatedServer.Ollama, "GET /api/tags") => new JsonObject { ["models"] = new JsonArray(new JsonObject { ["name"] = server.Options.ModelId, ["model"] = server.Options.ModelId }) }.ToJsonString(),
        (SimulatedServer.Ollama, "GET /api/ps") => new JsonObject { ["models"] = server.IsLoaded ? new JsonArray(new JsonObject { ["name"] = server.Options.ModelId, ["context_length"] = server.Options.ContextTokens }) : [] }.ToJsonString(),
        (_, "GET /v1/models") => new JsonObject { ["object"] = "list", ["data"] = new JsonArray(new JsonObject { ["id"] = server.Options.ModelId, ["object"] = "model", ["owned_by"] = "organization_owner" }) }.ToJsonString(),
        _ => null,
    };

    private static string Native(ModelSimulator server) => new JsonObject
    {
        ["models"] = new JsonArray(
        [
            new JsonObject { ["type"] = "embedding", ["key"] = "text-embedding-nomic", ["loaded_instances"] = new JsonArray() },
            .. server.Options.Downloaded.Select(key => new JsonObject { ["type"] = "llm", ["key"] = key, ["loaded_instances"] = new JsonArray() }),
            new JsonObject
            {
                ["type"] = "llm",
                ["key"] = server.Options.ModelId,
                ["max_context_length"] = 131_072,
                ["loaded_instances"] = server.IsLoaded
                    ? new JsonArray(new JsonObject { ["id"] = server.Options.ModelId, ["config"] = new JsonObject { ["context_length"] = server.Options.ContextTokens, ["parallel"] = server.Options.Slots } })
                    : new JsonArray(),
            },
        ]),
    }.ToJsonString();

    private static string Older(ModelSimulator server) => new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray(new JsonObject
        {
            ["id"] = server.Options.ModelId,
            ["type"] = "llm",
            ["state"] = server.IsLoaded ? "loaded" : "not-loaded",
            ["loaded_context_length"] = server.IsLoaded ? server.Options.ContextTokens : null,
        }),
    }.ToJsonString();

    private static string Props(ModelSimulator server) => new JsonObject
    {
        ["default_generation_settings"] = new JsonObject { ["n_ctx"] = server.Options.ContextTokens / server.Options.Slots },
        ["total_slots"] = server.Options.Slots,
        ["model_path"] = "/models/" + server.Options.ModelId,
    }.ToJsonString();
}
