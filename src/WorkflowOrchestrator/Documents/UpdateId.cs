using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Workflow.Documents;

/// <summary>
/// Names an update: 26 characters of Crockford's base 32, 48 bits of time (milliseconds) and 80 random bits (a ULID), so that ids sort by the
/// time of planning. Also the value of the commit trailer <c>Workflow-Update</c> and the name of the backup folder.
/// </summary>
internal readonly record struct UpdateId : IComparable<UpdateId>
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;

    private static readonly SearchValues<char> s_digits = SearchValues.Create(Alphabet);

    private readonly string? _value;

    private UpdateId(string value) => _value = value;

    public string Value => _value ?? throw new InvalidOperationException("An uninitialised UpdateId was used.");

    /// <summary>When the id was made (UTC, whole milliseconds).</summary>
    public DateTimeOffset Time
    {
        get
        {
            long milliseconds = 0;
            foreach (var digit in Value.AsSpan(0, 10)) // 50 bits, the two highest of which are zero
                milliseconds = (milliseconds << 5) | (uint)Alphabet.IndexOf(digit);
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }
    }

    /// <summary>A new id for the present moment.</summary>
    public static UpdateId New(TimeProvider time)
    {
        Span<byte> bytes = stackalloc byte[16];
        var milliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 5; i >= 0; i--, milliseconds >>= 8)
            bytes[i] = (byte)milliseconds;
        RandomNumberGenerator.Fill(bytes[6..]);
        return new UpdateId(Encode(bytes));
    }

    /// <summary>Parses an id; lower case is accepted.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UpdateId id)
    {
        id = default;
        if (text is not { Length: Length })
            return false;
        var upper = text.ToUpperInvariant();
        if (upper.AsSpan().ContainsAnyExcept(s_digits))
            return false;
        id = new UpdateId(upper);
        return true;
    }

    /// <summary>Parses an id.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static UpdateId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not the id of an update: 26 letters and digits, as 'wo updates' shows them.");

    public int CompareTo(UpdateId other) => string.CompareOrdinal(_value, other._value);

    public override string ToString() => Value;

    // 128 bits in 26 digits of 5 bits: the first digit holds the 3 highest bits.
    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> digits = stackalloc char[Length];
        UInt128 number = 0;
        foreach (var value in bytes)
            number = (number << 8) | value;
        for (var i = Length - 1; i >= 0; i--, number >>= 5)
            digits[i] = Alphabet[(int)(uint)(number & 31)];
        return new string(digits);
    }
}
