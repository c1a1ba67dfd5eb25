using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Platform.Json;

/// <summary>Makes JSON from elsewhere readable as text.</summary>
/// <remarks>
/// The grammar of JSON allows strings that no text can hold: an escape of half a surrogate pair such as <c>"\ud800"</c> (RFC 8259, section 8.2), and what is not UTF-8 gets through a
/// parser that only looks for the quotation mark. Both are found out when the string, or the name of a member, is read: it then throws. Reading foreign JSON begins here instead.
/// </remarks>
public static class JsonUnicode
{
    private const int EscapeLength = 6;

    /// <summary>The same JSON; what cannot be text is replaced by U+FFFD, the replacement character, as Unicode recommends (The Unicode Standard, section 3.9).</summary>
    public static JsonElement Mend(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined || IsText(json))
            return json;
        var raw = JsonMarshal.GetRawUtf8Value(json);
        return JsonElement.Parse(Mended(Utf8.IsValid(raw) ? raw.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(raw))));
    }

    /// <summary>JSON that came as text, to be parsed: with the same replacements, whether it is valid or not.</summary>
    public static byte[] ToUtf8(string json) => Mended(Encoding.UTF8.GetBytes(json));

    /// <summary>Whether all of it can be read as text.</summary>
    public static bool IsText(JsonElement json)
    {
        var raw = JsonMarshal.GetRawUtf8Value(json);
        return Utf8.IsValid(raw) && NextHalf(raw, 0) < 0;
    }

    private static byte[] Mended(byte[] json)
    {
        for (var at = NextHalf(json, 0); at >= 0; at = NextHalf(json, at + EscapeLength))
            "\\ufffd"u8.CopyTo(json.AsSpan(at));
        return json;
    }

    // Where the next escape of a surrogate without its other half stands; -1 for none. In JSON a backslash begins an escape wherever this walk meets it.
    private static int NextHalf(ReadOnlySpan<byte> json, int start)
    {
        for (var at = start; at < json.Length; at += 2) // over the letter too: it may be a backslash
        {
            if (json[at..].IndexOf((byte)'\\') is not (>= 0 and var step))
                return -1;
            at += step;
            if (char.IsSurrogate(Unit(json, at)))
            {
                if (!char.IsHighSurrogate(Unit(json, at)) || !char.IsLowSurrogate(Unit(json, at + EscapeLength)))
                    return at;
                at += EscapeLength;
            }
        }

        return -1;
    }

    // The UTF-16 unit that the escape there stands for; NUL when there is none.
    private static char Unit(ReadOnlySpan<byte> json, int at)
    {
        if (at + EscapeLength > json.Length || json[at] != '\\' || json[at + 1] != 'u')
            return '\0';
        return Utf8Parser.TryParse(json.Slice(at + 2, EscapeLength - 2), out ushort unit, out _, 'x') ? (char)unit : '\0';
    }
}
