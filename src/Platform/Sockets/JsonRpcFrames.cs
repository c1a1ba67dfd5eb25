using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Platform.Sockets;

/// <summary>The framing of MCP over a byte stream: one JSON-RPC message a line, UTF-8, no newline inside.</summary>
internal static class JsonRpcFrames
{
    internal static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    /// <summary>Takes one line off the front of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Unread bytes; starts behind the line afterwards.</param>
    /// <param name="searched">Bytes at the front that are known to hold no newline, so that a long message is not searched again and again.</param>
    /// <param name="line">The line without its newline.</param>
    internal static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, ref long searched, out ReadOnlySequence<byte> line)
    {
        if (buffer.Slice(searched).PositionOf((byte)'\n') is not { } newline)
        {
            searched = buffer.Length;
            line = default;
            return false;
        }

        searched = 0;
        line = buffer.Slice(0, newline);
        buffer = buffer.Slice(buffer.GetPosition(1, newline));
        return true;
    }

    /// <summary>True for a line of nothing but white space, which carries no message.</summary>
    internal static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
        {
            if (part.Span.ContainsAnyExcept(" \t\r"u8)) return false;
        }

        return true;
    }

    /// <summary>Reads one line as a message; null for JSON null.</summary>
    /// <exception cref="JsonException">Not a JSON-RPC message.</exception>
    internal static JsonRpcMessage? Parse(in ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        return JsonSerializer.Deserialize(ref reader, MessageType);
    }

    /// <summary>Finds the id in a message that cannot be read as a whole, so that its sender learns which request failed.</summary>
    internal static RequestId RecoverId(in ReadOnlySequence<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 4096 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isId = reader.ValueTextEquals("id"u8);
                if (!reader.Read()) return default;
                if (isId) return IdOf(ref reader);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // No id to be had; the answer goes out without one.
        }

        return default;
    }

    private static RequestId IdOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => new RequestId(reader.GetString()!),
        JsonTokenType.Number when reader.TryGetInt64(out var number) => new RequestId(number),
        _ => default,
    };
}
