using System.Runtime.InteropServices;
using System.Text;

namespace Workflow.Feedback.Analyses;

/// <summary>Keys of 64 bits for texts that are seen millions of times, and the strings of the few that are shown.</summary>
internal sealed class ByteKeys
{
    // A name space that grows without end (an attacker's event types, say) must not take all memory.
    private const int MaxNames = 10_000;

    private readonly Dictionary<ulong, string> _names = [];

    /// <summary>A hash that differs, for all practical purposes, when the bytes differ.</summary>
    public static ulong Of(ReadOnlySpan<byte> text, ulong seed = 14695981039346656037)
    {
        var hash = seed ^ ((ulong)text.Length * 0x9E3779B97F4A7C15);
        while (text.Length >= 8)
        {
            hash = Mix(hash, MemoryMarshal.Read<ulong>(text));
            text = text[8..];
        }

        var rest = 0UL;
        foreach (var value in text)
            rest = (rest << 8) | value;
        return Mix(hash, rest);
    }

    /// <summary>The text as a string; the same object for the same text.</summary>
    public string Name(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return "";
        var key = Of(text);
        if (_names.TryGetValue(key, out var name))
            return name;
        if (_names.Count >= MaxNames)
            return "other";
        return _names[key] = Encoding.UTF8.GetString(text);
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        var high = Math.BigMul(hash ^ value, 0xD6E8FEB86659FD93, out var low);
        return high ^ low;
    }
}
