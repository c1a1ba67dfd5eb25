using System.Text.Json;
using Platform.Json;

namespace Platform.Models.Wire;

/// <summary>What a server says about a failure.</summary>
/// <param name="Message">The innermost message.</param>
/// <param name="Code">Its code or type, when it gives one.</param>
/// <param name="Parameter">The field of the request that it blames.</param>
internal sealed record ErrorBody(string Message, string? Code, string? Parameter)
{
    private const int MaxMessage = 500;
    private const int MaxNesting = 4;

    /// <summary>
    /// Reads an error as it really comes: <c>error</c> as a string or an object, a message that holds another error as escaped JSON
    /// (LM Studio's engine protocol), or plain text. Null: this is no error body.
    /// </summary>
    public static ErrorBody? Read(string body)
    {
        if (Parse(body) is not { } root)
            return null;
        return root.ValueKind == JsonValueKind.Object ? FromRoot(root) : null;
    }

    /// <summary>The same; a body that is no error object becomes the message.</summary>
    public static ErrorBody ReadAny(string body)
    {
        if (Read(body) is { } error)
            return error;
        if (Parse(body) is { ValueKind: JsonValueKind.Object } root)
        {
            foreach (var name in new[] { "message", "detail", "title" })
            {
                if (Text(root, name) is { } message)
                    return Unnested(new ErrorBody(message, Text(root, "code") ?? Text(root, "type"), null));
            }
        }

        return new ErrorBody(Short(body.Trim()), null, null);
    }

    /// <summary>The error in a parsed object, if it is one.</summary>
    public static ErrorBody? FromRoot(JsonElement root)
    {
        if (!root.TryGetProperty("error", out var error))
            return null;
        return error.ValueKind switch
        {
            JsonValueKind.String => Unnested(new ErrorBody(error.GetString()!, null, null)),
            JsonValueKind.Object => Unnested(new ErrorBody(
                Text(error, "message") ?? Text(error, "error") ?? error.GetRawText(),
                Text(error, "code") ?? Text(error, "type"),
                Text(error, "param"))),
            _ => null,
        };
    }

    private static ErrorBody Unnested(ErrorBody error)
    {
        for (var depth = 0; depth < MaxNesting; depth++)
        {
            var start = error.Message.IndexOf("{\"error\"", StringComparison.Ordinal);
            if (start < 0 || Parse(error.Message[start..]) is not { ValueKind: JsonValueKind.Object } inner || !inner.TryGetProperty("error", out var nested))
                break;
            var message = nested.ValueKind == JsonValueKind.Object ? Text(nested, "message") : nested.ValueKind == JsonValueKind.String ? nested.GetString() : null;
            if (message is null)
                break;
            error = error with { Message = message };
        }

        return error with { Message = Short(error.Message) };
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(JsonUnicode.ToUtf8(text)); // what follows the first value does not matter
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    }
    : null;

    private static string Short(string text) => text.Length <= MaxMessage ? text : text[..MaxMessage] + "…";
}
