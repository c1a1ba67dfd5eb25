using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Platform.Ids;

namespace Workflow.Documents;

/// <summary>
/// Names an update: a ULID, 26 characters of Crockford's base 32 with 48 bits of time (milliseconds) and 80 random bits, so that ids sort in the order
/// of planning. Also the value of the commit trailer <c>Workflow-Update</c> and the name of the backup folder.
/// </summary>
internal readonly record struct UpdateId : IComparable<UpdateId>
{
    private const int RandomLength = 16;
    private const int Length = TimeOrderedText.TimeDigits + RandomLength;

    private static readonly SearchValues<char> s_digits = SearchValues.Create(TimeOrderedText.Digits.ToUpperInvariant());

    private readonly string? _value;

    private UpdateId(string value) => _value = value;

    public string Value => _value ?? throw new InvalidOperationException("An uninitialised UpdateId was used.");

    /// <summary>When the id was made (UTC, whole milliseconds).</summary>
    public DateTimeOffset Time => TimeOrderedText.TimeOf(Value);

    /// <summary>A new id for the present moment; in this process it sorts after those made before it, as long as the clock is not set back.</summary>
    public static UpdateId New(TimeProvider time) => new(TimeOrderedText.New(time, RandomLength).ToUpperInvariant());

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
}
