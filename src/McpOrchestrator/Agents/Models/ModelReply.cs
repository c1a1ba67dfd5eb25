using System.Text.Json;
using Platform.Json;

namespace McpOrchestrator.Agents.Models;

/// <summary>What the model is asked to return.</summary>
/// <param name="IsKnown">Whether the passages answer the question.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Quotes">Words of the passages that carry it.</param>
internal sealed record ModelReply(bool IsKnown, string Answer, IReadOnlyList<ModelQuote> Quotes)
{
    /// <summary>The form of the answer. The reason stands first: a model that has to decide at once decides worse.</summary>
    internal static readonly JsonElement Schema = JsonElement.Parse(
        """
        {"type":"object","additionalProperties":false,"required":["reason","known","answer","quotes"],"properties":{
        "reason":{"type":"string","maxLength":240,"description":"which passage answers the question, or what is missing"},
        "known":{"type":"boolean","description":"true only when the passages answer the question"},
        "answer":{"type":"string","maxLength":1200,"description":"the answer in at most four sentences; empty when not known"},
        "quotes":{"type":"array","maxItems":4,"items":{"type":"object","additionalProperties":false,"required":["passage","quote"],"properties":{
        "passage":{"type":"integer","description":"number of the passage"},
        "quote":{"type":"string","maxLength":240,"description":"words copied from that passage, unchanged"}}}}}}
        """);

    /// <summary>Reads the reply; null when it is not of the form that was asked for.</summary>
    internal static ModelReply? Parse(string text)
    {
        var (from, to) = (text.IndexOf('{', StringComparison.Ordinal), text.LastIndexOf('}'));
        if (from < 0 || to < from) return null;
        try
        {
            using var json = JsonDocument.Parse(JsonUnicode.ToUtf8(text[from..(to + 1)]));
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("known", out var known) || known.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return null;
            var answer = root.TryGetProperty("answer", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString()! : "";
            return new ModelReply(known.GetBoolean(), answer.Trim(), [.. QuotesOf(root)]);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<ModelQuote> QuotesOf(JsonElement root)
    {
        if (!root.TryGetProperty("quotes", out var list) || list.ValueKind != JsonValueKind.Array) yield break;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("passage", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var passage)
                && item.TryGetProperty("quote", out var quote) && quote.ValueKind == JsonValueKind.String)
                yield return new ModelQuote(passage, quote.GetString()!);
        }
    }
}

/// <summary>Words that the model says stand in a passage.</summary>
/// <param name="Passage">Number of the passage, from 1.</param>
/// <param name="Quote">The words.</param>
internal sealed record ModelQuote(int Passage, string Quote);
