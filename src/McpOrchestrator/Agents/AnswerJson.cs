using System.Text.Json;
using Platform.Json;

namespace McpOrchestrator.Agents;

/// <summary>
/// Reads the answer that a tool or a program gives as JSON: an object with <c>answer</c> (text, or null for not known) and optionally
/// <c>confidence</c> and <c>evidence</c> (objects with <c>path</c>, <c>quote</c> and optionally <c>line</c>).
/// </summary>
internal static class AnswerJson
{
    // An agent whose evidence is not in the repository made it up, or read something else.
    private const double WithFalseEvidence = 0.4;

    /// <summary>The answer; null when the JSON is not of this form.</summary>
    /// <param name="said">What the agent returned.</param>
    /// <param name="otherwise">Confidence when it gives none.</param>
    /// <param name="quotes">Checks its evidence.</param>
    internal static AgentAnswer? Read(JsonElement said, double otherwise, RepositoryQuotes quotes)
    {
        var json = JsonUnicode.Mend(said);
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("answer", out var answer)) return null;
        if (answer.ValueKind == JsonValueKind.Null) return new AgentAnswer(null, 0, []);
        if (answer.ValueKind != JsonValueKind.String) return null;
        var confidence = json.TryGetProperty("confidence", out var given) && given.ValueKind == JsonValueKind.Number ? given.GetDouble() : otherwise;
        var claims = Claims(json).Take(AnswerCleaner.MostEvidence).ToList();
        List<Evidence> found = [.. claims.Select(c => quotes.Find(c, Math.Clamp(confidence, 0, 1))).OfType<Evidence>()];
        return new AgentAnswer(answer.GetString(), found.Count < claims.Count ? confidence * WithFalseEvidence : confidence, found);
    }

    private static IEnumerable<ClaimedEvidence> Claims(JsonElement json)
    {
        if (!json.TryGetProperty("evidence", out var list) || list.ValueKind != JsonValueKind.Array) yield break;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) continue;
            var line = item.TryGetProperty("line", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var at) ? at : (int?)null;
            yield return new ClaimedEvidence(Text(item, "path"), line, Text(item, "quote"));
        }
    }

    private static string Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
