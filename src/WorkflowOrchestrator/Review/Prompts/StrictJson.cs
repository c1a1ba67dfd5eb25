using System.Globalization;
using System.Text;
using System.Text.Json;
using Platform.Json;

namespace Workflow.Review.Prompts;

/// <summary>
/// Reads what a model says as JSON, trusting nothing: size, depth, duplicate keys, unknown and missing members, types, lengths and bounds are all
/// checked here, whatever the server enforces.
/// </summary>
internal static class StrictJson
{
    /// <summary>Longer answers are refused, in UTF-16 units.</summary>
    public const int LongestAnswer = 64 * 1024;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Parses one JSON object; a Markdown fence around it is taken off.</summary>
    /// <exception cref="AnswerException">It is none.</exception>
    public static JsonElement Parse(string answer)
    {
        if (answer.Length > LongestAnswer)
            throw new AnswerException($"The answer is longer than {LongestAnswer} characters.");
        var text = Unwrap(answer.Trim());
        if (text.Length == 0)
            throw new AnswerException("The answer is empty.");
        try
        {
            using var document = JsonDocument.Parse(JsonUnicode.ToUtf8(text), Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new AnswerException("The answer is not a JSON object.");
        }
        catch (JsonException error)
        {
            throw new AnswerException($"The answer is not valid JSON: {error.Message}");
        }
    }

    /// <summary>Checks that an object has exactly these members.</summary>
    public static void Members(JsonElement element, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new AnswerException("An object was expected.");
        foreach (var member in element.EnumerateObject())
        {
            if (!names.Contains(member.Name))
                throw new AnswerException($"There is no member \"{Line(member.Name, 40)}\".");
        }

        foreach (var name in names)
        {
            if (!element.TryGetProperty(name, out _))
                throw new AnswerException($"The member \"{name}\" is missing.");
        }
    }

    /// <summary>The items of an array of at most <paramref name="most"/>.</summary>
    public static IReadOnlyList<JsonElement> Items(JsonElement element, string name, int most)
    {
        var array = element.GetProperty(name);
        if (array.ValueKind != JsonValueKind.Array)
            throw new AnswerException($"\"{name}\" must be an array.");
        return array.GetArrayLength() <= most ? [.. array.EnumerateArray()] : throw new AnswerException($"\"{name}\" has more than {most} items.");
    }

    /// <summary>A string of at most <paramref name="most"/> characters as one harmless line.</summary>
    public static string Text(JsonElement element, string name, int most)
    {
        var value = Raw(element, name);
        // Engines count code points and drop long limits: a little more than asked for is cut, not refused.
        return value.Length <= most * 4 ? Line(value, most) : throw new AnswerException($"\"{name}\" is longer than {most} characters.");
    }

    /// <summary>A string as it is, for comparing with a text.</summary>
    public static string Raw(JsonElement element, string name)
    {
        var value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new AnswerException($"\"{name}\" must be a string.");
    }

    /// <summary>One of the given words.</summary>
    public static string Choice(JsonElement element, string name, IReadOnlyList<string> choices)
    {
        var value = Raw(element, name);
        return choices.Contains(value, StringComparer.Ordinal) ? value : throw new AnswerException($"\"{name}\" must be one of: {string.Join(", ", choices)}.");
    }

    /// <summary>A whole number within bounds; null when it is out of them and <paramref name="isHint"/>.</summary>
    public static int? Number(JsonElement element, string name, int least, int most, bool isHint = false)
    {
        var value = element.GetProperty(name);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
            return number;
        return isHint && value.ValueKind == JsonValueKind.Number ? null : throw new AnswerException($"\"{name}\" must be a whole number from {least} to {most}.");
    }

    /// <summary>Text as one line without anything that could hide text, move a cursor or turn its direction.</summary>
    public static string Line(string text, int most)
    {
        var line = new StringBuilder(Math.Min(text.Length, most) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            var isBlank = Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            if (isBlank && (line.Length == 0 || line[^1] == ' '))
                continue;
            if (!isBlank && (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse || rune == Rune.ReplacementChar))
                continue;
            if (line.Length + rune.Utf16SequenceLength > most)
                break;
            line.Append(isBlank ? " " : rune.ToString());
        }

        return line.ToString().TrimEnd();
    }

    private static string Unwrap(string text)
    {
        if (!text.StartsWith("```", StringComparison.Ordinal) || !text.EndsWith("```", StringComparison.Ordinal) || text.Length < 7)
            return text;
        var start = text.IndexOf('\n', StringComparison.Ordinal);
        return start < 0 ? text : text[(start + 1)..^3].Trim();
    }
}

/// <summary>A model's answer that is none. The message is shown to the model, once, so that it can mend it.</summary>
internal sealed class AnswerException(string message) : Exception(message);
