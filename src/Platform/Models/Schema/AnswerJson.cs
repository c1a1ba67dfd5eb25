using System.Text.Json;
using Platform.Json;

namespace Platform.Models.Schema;

/// <summary>Reads the JSON that a model wrote, telling apart what is cut short, what is no JSON, and what says one thing twice.</summary>
internal static class AnswerJson
{
    private const string ThinkStart = "<think>";
    private const string ThinkEnd = "</think>";
    private const int MaxDepth = 32;

    public static SchemaVerdict Read(string answer)
    {
        var text = Unwrap(answer);
        if (text.Length == 0)
            return new SchemaVerdict.Invalid(ModelFailureKind.Empty, "the answer is empty");
        var bytes = JsonUnicode.ToUtf8(text);
        if (Fault(bytes) is { } fault)
            return fault;
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
            return new SchemaVerdict.Valid(text, document.RootElement.Clone());
        }
        catch (JsonException error)
        {
            // The reader has accepted it, so this is what only the strict parse refuses.
            return new SchemaVerdict.Invalid(ModelFailureKind.DuplicateKey, Short(error.Message));
        }
    }

    /// <summary>The answer without a thinking part and without a code fence around it: some servers leave both in the text.</summary>
    public static string Unwrap(string answer)
    {
        var text = StripThinking(answer);
        if (!text.StartsWith("```", StringComparison.Ordinal))
            return text;
        var line = text.IndexOf('\n');
        if (line < 0)
            return text;
        text = text[(line + 1)..].TrimEnd();
        return text.EndsWith("```", StringComparison.Ordinal) ? text[..^3].TrimEnd() : text;
    }

    /// <summary>The answer without a thinking part before it; empty when the thinking never ended.</summary>
    public static string StripThinking(string answer)
    {
        var text = answer.Trim();
        if (!text.StartsWith(ThinkStart, StringComparison.OrdinalIgnoreCase))
            return text;
        var end = text.IndexOf(ThinkEnd, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? "" : text[(end + ThinkEnd.Length)..].TrimStart();
    }

    // A beginning of JSON that just stops was cut; anything else is none.
    private static SchemaVerdict.Invalid? Fault(byte[] bytes)
    {
        if (IsWhole(bytes))
            return null;
        try
        {
            var reader = new Utf8JsonReader(bytes, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
            while (reader.Read())
            {
            }

            return new SchemaVerdict.Invalid(ModelFailureKind.Truncated, "the JSON ends in the middle");
        }
        catch (JsonException error)
        {
            return new SchemaVerdict.Invalid(ModelFailureKind.NotJson, Short(error.Message));
        }
    }

    private static bool IsWhole(byte[] bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Short(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
