using System.Text.Json;

namespace Testing.Models;

/// <summary>A chat request as the simulator got it.</summary>
/// <param name="Body">The JSON.</param>
/// <param name="Raw">Its bytes.</param>
/// <param name="Authorization">The header, if there was one.</param>
/// <param name="ContentLength">Null: it came in chunks.</param>
/// <param name="Number">1 for the first chat request.</param>
public sealed record SimulatedRequest(JsonElement Body, byte[] Raw, string? Authorization, long? ContentLength, int Number)
{
    public string Model => Body.TryGetProperty("model", out var model) ? model.GetString() ?? "" : "";

    public int MaxTokens => Body.TryGetProperty("max_tokens", out var tokens) ? tokens.GetInt32() : 4096;

    public bool WantsUsage => Body.TryGetProperty("stream_options", out var options) && options.TryGetProperty("include_usage", out var usage) && usage.GetBoolean();

    /// <summary>The schema, when one was sent.</summary>
    public JsonElement? Schema => Body.TryGetProperty("response_format", out var format) && format.TryGetProperty("json_schema", out var wrapper) && wrapper.TryGetProperty("schema", out var schema) ? schema : null;

    /// <summary>Name of the schema, when one was sent.</summary>
    public string? SchemaName => Body.TryGetProperty("response_format", out var format) && format.TryGetProperty("json_schema", out var wrapper) && wrapper.TryGetProperty("name", out var name) ? name.GetString() : null;

    /// <summary>All messages as one text.</summary>
    public string Prompt => string.Join('\n', Body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content").GetString()));

    /// <summary>Length of the static instructions.</summary>
    public int SystemLength => Body.GetProperty("messages").EnumerateArray().Where(message => message.GetProperty("role").GetString() == "system").Sum(message => message.GetProperty("content").GetString()!.Length);

    /// <summary>The test request that a client sends to a model it has just found.</summary>
    public bool IsCanary => SchemaName == "canary";

    /// <summary>As this simulator counts: four bytes a token.</summary>
    public int PromptTokens => Math.Max(1, Prompt.Length / 4);
}
