using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Platform.Models.Wire;

/// <summary>
/// The body of a chat request. Byte-stable: the same messages give the same bytes, with nothing that changes before the end of the messages, so
/// that the server's prompt cache works.
/// </summary>
internal static class ChatRequestWriter
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes to send.</summary>
    /// <param name="model">The name on the server.</param>
    /// <param name="messages">Text only.</param>
    /// <param name="request">Everything else.</param>
    /// <param name="features">What this server understands.</param>
    public static byte[] Write(string model, IReadOnlyList<ChatMessage> messages, ModelRequestOptions request, ServerFeatures features)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteStartArray("messages");
            foreach (var message in messages)
            {
                json.WriteStartObject();
                json.WriteString("role", RoleOf(message));
                json.WriteString("content", message.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("max_tokens", request.MaxOutputTokens); // the only name that every server knows
            json.WriteNumber("temperature", request.Temperature);
            if (request.Seed is { } seed)
                json.WriteNumber("seed", seed);
            json.WriteBoolean("stream", true);
            if (features.StreamUsage)
            {
                json.WriteStartObject("stream_options");
                json.WriteBoolean("include_usage", true);
                json.WriteEndObject();
            }

            if (request.Schema is { } schema && features.JsonSchema)
                WriteSchema(json, schema);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSchema(Utf8JsonWriter json, Schema.ResponseSchema schema)
    {
        json.WriteStartObject("response_format");
        json.WriteString("type", "json_schema");
        json.WriteStartObject("json_schema");
        json.WriteString("name", schema.Name);
        json.WriteBoolean("strict", true);
        json.WritePropertyName("schema");
        schema.Json.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // "developer" is not known everywhere and is replaced by "system" where it is.
    private static string RoleOf(ChatMessage message) =>
        message.Role == ChatRole.Assistant ? "assistant" : message.Role == ChatRole.User ? "user" : "system";
}

/// <summary>Optional parts of the API. Assumed until a server refuses one; then not sent again to it.</summary>
/// <param name="StreamUsage"><c>stream_options.include_usage</c>.</param>
/// <param name="JsonSchema"><c>response_format</c> of type <c>json_schema</c>.</param>
internal sealed record ServerFeatures(bool StreamUsage = true, bool JsonSchema = true)
{
    /// <summary>What is left when the server complains about one of them; null when it complains about something else.</summary>
    public ServerFeatures? Without(ModelFailure failure, bool sentSchema)
    {
        if (failure.Kind is not ModelFailureKind.RequestRejected)
            return null;
        if (StreamUsage && failure.Message.Contains("stream_options", StringComparison.OrdinalIgnoreCase))
            return this with { StreamUsage = false };
        return JsonSchema && sentSchema && (failure.Message.Contains("response_format", StringComparison.OrdinalIgnoreCase) || failure.Message.Contains("json_schema", StringComparison.OrdinalIgnoreCase))
            ? this with { JsonSchema = false }
            : null;
    }
}
