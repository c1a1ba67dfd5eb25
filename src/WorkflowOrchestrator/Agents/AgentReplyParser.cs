using System.Text.Json;
using Platform.Json;

namespace Workflow.Agents;

/// <summary>Reads what the MCP Orchestrator says. Everything in it is untrusted: sizes and forms are checked, the rest is dropped.</summary>
internal static class AgentReplyParser
{
    public const int MaxAnswerLength = 64_000;
    public const int MaxEvidence = 20;
    public const int MaxQuoteLength = 8_000;
    private const int MaxAgents = 500;
    private const int MaxNameLength = 200;
    private const int MaxDescriptionLength = 4_000;
    private const int MaxPathLength = 1_000;

    /// <summary>Reads the result of <c>ask_agent</c>.</summary>
    /// <param name="result">The structured result.</param>
    /// <param name="asked">The agent that was asked.</param>
    public static AgentReply ParseReply(JsonElement? result, string asked)
    {
        if (result is not { ValueKind: JsonValueKind.Object } said)
            return new AgentReply.Unavailable("the reply is not an object", WasReached: true);
        var reply = JsonUnicode.Mend(said);
        var agent = Text(reply, "agent_id") is { Length: > 0 and <= MaxNameLength } id ? id : asked;
        if (Text(reply, "answer") is not { } answer || string.IsNullOrWhiteSpace(answer))
            return new AgentReply.DoesNotKnow(agent);
        if (answer.Length > MaxAnswerLength)
            return new AgentReply.Unavailable($"the answer has {answer.Length} characters; at most {MaxAnswerLength} are taken", WasReached: true);
        if (answer.Contains('\0'))
            return new AgentReply.Unavailable("the answer contains a NUL character", WasReached: true);
        return new AgentReply.Answered(answer.Trim(), Confidence(reply), ParseEvidence(reply), agent);
    }

    /// <summary>Reads the result of <c>list_agents</c>: an array, or an object with one under <c>agents</c> or <c>result</c>. Null when it is neither.</summary>
    public static IReadOnlyList<AgentInfo>? ParseAgents(JsonElement? result)
    {
        if (result is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } said)
            result = JsonUnicode.Mend(said);
        if (result is { ValueKind: JsonValueKind.Object } wrapped)
            result = wrapped.TryGetProperty("agents", out var agents) ? agents : wrapped.TryGetProperty("result", out var inner) ? inner : null;
        if (result is not { ValueKind: JsonValueKind.Array } list)
            return null;
        return [.. list.EnumerateArray().Select(ParseAgent).OfType<AgentInfo>().DistinctBy(agent => agent.Id).Take(MaxAgents)];
    }

    private static AgentInfo? ParseAgent(JsonElement agent)
    {
        if (agent.ValueKind != JsonValueKind.Object || Text(agent, "id") is not { Length: > 0 and <= MaxNameLength } id)
            return null;
        var description = Text(agent, "description") ?? "";
        return new AgentInfo(
            id,
            description.Length <= MaxDescriptionLength ? description : description[..MaxDescriptionLength],
            Strings(agent, "capabilities"),
            (Text(agent, "status") ?? "ready").ToLowerInvariant(),
            Number(agent, "load") ?? 0);
    }

    private static List<AgentEvidence> ParseEvidence(JsonElement reply)
    {
        if (!reply.TryGetProperty("evidence", out var list) || list.ValueKind != JsonValueKind.Array)
            return [];
        return [.. list.EnumerateArray().Select(ParsePassage).OfType<AgentEvidence>().Take(MaxEvidence)];
    }

    private static AgentEvidence? ParsePassage(JsonElement passage)
    {
        if (passage.ValueKind != JsonValueKind.Object || Text(passage, "path") is not { } path || Text(passage, "quote") is not { } quote)
            return null;
        if (!IsInside(path) || string.IsNullOrWhiteSpace(quote) || quote.Length > MaxQuoteLength)
            return null;
        var line = Number(passage, "line") is { } number && number is >= 1 and <= int.MaxValue ? (int)number : 1;
        return new AgentEvidence(path, line, quote);
    }

    /// <summary>Whether a path is relative, plain and cannot lead out of the repository by its form. (Links are looked at when the file is read.)</summary>
    private static bool IsInside(string path) =>
        path.Length is > 0 and <= MaxPathLength
        && !path.Any(character => char.IsControl(character) || character == '\\')
        && path.Split('/').All(segment => segment is not ("" or "." or ".."));

    private static double Confidence(JsonElement reply) =>
        Number(reply, "confidence") is { } number && double.IsFinite(number) ? Math.Clamp(number, 0, 1) : 0;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    private static string[] Strings(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString() ?? "").Where(item => item.Length is > 0 and <= MaxNameLength).Take(50)]
            : [];
}
