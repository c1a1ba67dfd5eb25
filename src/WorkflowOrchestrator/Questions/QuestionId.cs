using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Workflow.Questions;

/// <summary>
/// Names a question: <c>q-</c>, ten characters of time, a dash, eight random ones (Crockford's base 32, lower case). Ids sort by the time of asking,
/// and the last characters are enough for a person to name one.
/// </summary>
internal readonly record struct QuestionId
{
    private readonly string? _value;

    private QuestionId(string value) => _value = value;

    public string Value => _value ?? throw new InvalidOperationException("An uninitialised QuestionId was used.");

    /// <summary>Makes a new id.</summary>
    public static QuestionId New(TimeProvider time) => new(SortableId.New("q", time));

    public static bool TryParse([NotNullWhen(true)] string? text, out QuestionId id)
    {
        var valid = SortableId.IsValid("q", text);
        id = valid ? new QuestionId(text!) : default;
        return valid;
    }

    /// <summary>Parses an id.</summary>
    /// <exception cref="FormatException">The text is no question id.</exception>
    public static QuestionId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a question id.");

    public override string ToString() => Value;
}

/// <summary>Ids that sort by time and are unique without a counter: prefix, 48 bits of milliseconds, 40 random bits.</summary>
internal static class SortableId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int TimeLength = 10;
    private const int RandomLength = 8;

    private static readonly SearchValues<char> s_alphabet = SearchValues.Create(Alphabet);

    public static string New(string prefix, TimeProvider time)
    {
        Span<char> text = stackalloc char[TimeLength + 1 + RandomLength];
        var milliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = TimeLength - 1; i >= 0; i--, milliseconds >>= 5)
            text[i] = Alphabet[(int)(milliseconds & 31)];
        text[TimeLength] = '-';
        Span<byte> random = stackalloc byte[RandomLength];
        Random.Shared.NextBytes(random); // to be unique, not to be a secret
        for (var i = 0; i < RandomLength; i++)
            text[TimeLength + 1 + i] = Alphabet[random[i] & 31];
        return $"{prefix}-{text}";
    }

    public static bool IsValid(string prefix, string? text) =>
        text is not null
        && text.Length == prefix.Length + 1 + TimeLength + 1 + RandomLength
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && text[prefix.Length] == '-'
        && text[prefix.Length + 1 + TimeLength] == '-'
        && !text.AsSpan(prefix.Length + 1, TimeLength).ContainsAnyExcept(s_alphabet)
        && !text.AsSpan(prefix.Length + 2 + TimeLength).ContainsAnyExcept(s_alphabet);
}
