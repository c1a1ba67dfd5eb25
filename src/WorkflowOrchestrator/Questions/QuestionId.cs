using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Platform.Ids;

namespace Workflow.Questions;

/// <summary>
/// Names a question: <c>q-</c>, ten characters of time, a dash, eight random ones (Crockford's base 32, lower case). Ids sort in the order of asking,
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

/// <summary>Ids that sort by the time they were made: prefix, ten digits of time, a dash, eight random ones.</summary>
internal static class SortableId
{
    private const int RandomLength = 8;

    private static readonly SearchValues<char> s_digits = SearchValues.Create(TimeOrderedText.Digits);

    public static string New(string prefix, TimeProvider time)
    {
        var text = TimeOrderedText.New(time, RandomLength);
        return $"{prefix}-{text.AsSpan(0, TimeOrderedText.TimeDigits)}-{text.AsSpan(TimeOrderedText.TimeDigits)}";
    }

    public static bool IsValid(string prefix, string? text) =>
        text is not null
        && text.Length == prefix.Length + 1 + TimeOrderedText.TimeDigits + 1 + RandomLength
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && text[prefix.Length] == '-'
        && text[prefix.Length + 1 + TimeOrderedText.TimeDigits] == '-'
        && !text.AsSpan(prefix.Length + 1, TimeOrderedText.TimeDigits).ContainsAnyExcept(s_digits)
        && !text.AsSpan(prefix.Length + 2 + TimeOrderedText.TimeDigits).ContainsAnyExcept(s_digits);
}
