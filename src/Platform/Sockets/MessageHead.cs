using System.Text.Json;

namespace Platform.Sockets;

/// <summary>What kind of JSON-RPC message something is.</summary>
public enum MessageKind
{
    /// <summary>No JSON object, or one that is no message.</summary>
    Invalid,
    Request,
    Notification,

    /// <summary>A result or an error.</summary>
    Response,
}

/// <summary>The part of a JSON-RPC message that a go-between must understand.</summary>
/// <param name="Kind">Request, notification or response.</param>
/// <param name="Id">The id as it stands in the JSON (a number, or a string with its quotes); null when there is none that can be used.</param>
/// <param name="Method">The method; null for responses.</param>
public sealed record MessageHead(MessageKind Kind, string? Id, string? Method)
{
    /// <summary>Reads only as much as is needed; what stands in params is not looked at, but the whole must be well-formed.</summary>
    public static MessageHead Read(ReadOnlySpan<byte> message)
    {
        string? id = null, method = null;
        var isResponse = false;
        try
        {
            var reader = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = 4096 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return new(MessageKind.Invalid, null, null);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isMethod) = (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("method"u8));
                isResponse |= reader.ValueTextEquals("result"u8) || reader.ValueTextEquals("error"u8);
                reader.Read();
                if (isId) id = IdOf(ref reader, message);
                else if (isMethod && reader.TokenType == JsonTokenType.String) method = reader.GetString();
                else reader.Skip();
            }

            if (reader.Read()) return new(MessageKind.Invalid, id, null); // throws for what follows the object
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new(MessageKind.Invalid, id, null);
        }

        if (method is not null) return new(id is null ? MessageKind.Notification : MessageKind.Request, id, method);
        return new(isResponse ? MessageKind.Response : MessageKind.Invalid, id, null);
    }

    private static string? IdOf(ref Utf8JsonReader reader, ReadOnlySpan<byte> message)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
            return System.Text.Encoding.UTF8.GetString(message[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]);
        reader.Skip();
        return null;
    }
}
