using System.Text;

namespace Workflow.Documents.Text;

/// <summary>Documents as text and as lines, without losing a byte.</summary>
internal static class TextLines
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes UTF-8 exactly: a byte order mark stays as U+FEFF; null when there are none, or when they are not UTF-8. Encoding the text gives the bytes again.</summary>
    public static string? Decode(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Encodes text as UTF-8; null when it holds half a surrogate pair, which no UTF-8 can say.</summary>
    public static byte[]? Encode(string text)
    {
        try
        {
            return s_strict.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Splits after each LF, CR LF or lone CR, keeping the line ends: the parts joined are the text.</summary>
    public static string[] Split(string text)
    {
        var lines = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r'))
                continue;
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                i++;
            lines.Add(text[start..(i + 1)]);
            start = i + 1;
        }

        if (start < text.Length)
            lines.Add(text[start..]);
        return [.. lines];
    }

    /// <summary>The line end that the text uses most; LF when it has none.</summary>
    public static string LineEnd(string text)
    {
        var windows = 0;
        var unix = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                if (i > 0 && text[i - 1] == '\r')
                    windows++;
                else
                    unix++;
            }
        }

        return windows > unix ? "\r\n" : "\n";
    }
}
