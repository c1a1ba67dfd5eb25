using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Json;

namespace McpOrchestrator.Agents;

/// <summary>What an asker adds to a question: where it comes from, and words around it.</summary>
/// <param name="Change">Id of the OpenSpec change that asks; its own documents are no evidence for it.</param>
/// <param name="Capability">The capability that the question is about.</param>
/// <param name="Hint">Other words, to help ranking.</param>
internal sealed partial record AskContext(string? Change, string? Capability, string Hint)
{
    private const int LongestHint = 1000;

    internal static readonly AskContext None = new(null, null, "");

    /// <summary>
    /// Reads what the caller sent: an object, or text that holds one, with <c>change</c> and <c>capability</c>; or free text, in which
    /// <c>change: ID</c> and <c>capability: ID</c> are understood.
    /// </summary>
    internal static AskContext Parse(JsonElement? context) => context switch
    {
        { ValueKind: JsonValueKind.Object } members => FromObject(members),
        { ValueKind: JsonValueKind.String } text => FromText(text.GetString()!),
        _ => None,
    };

    private static AskContext FromText(string text)
    {
        if (text.AsSpan().TrimStart().StartsWith('{'))
        {
            try
            {
                return FromObject(JsonElement.Parse(JsonUnicode.ToUtf8(text)));
            }
            catch (JsonException)
            {
                // Text that only looks like JSON is read as text.
            }
        }

        string? change = null, capability = null;
        foreach (Match match in KeyPattern().Matches(text))
        {
            if (match.Groups["key"].ValueSpan.Equals("change", StringComparison.OrdinalIgnoreCase)) change ??= match.Groups["value"].Value;
            else capability ??= match.Groups["value"].Value;
        }

        return new AskContext(change, capability, Cut(KeyPattern().Replace(text, " ")));
    }

    private static AskContext FromObject(JsonElement members)
    {
        string? change = null, capability = null;
        var words = new List<string>();
        foreach (var member in members.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String) continue;
            if (member.NameEquals("change")) change = member.Value.GetString();
            else if (member.NameEquals("capability")) capability = member.Value.GetString();
            else words.Add(member.Value.GetString()!);
        }

        return new AskContext(change, capability, Cut(string.Join(' ', words)));
    }

    private static string Cut(string text) => text.Length <= LongestHint ? text.Trim() : text[..LongestHint].Trim();

    [GeneratedRegex(@"\b(?<key>change|capability)\s*[:=]\s*[""'`]?(?<value>[A-Za-z0-9][\w./-]*)[""'`]?", RegexOptions.IgnoreCase)]
    private static partial Regex KeyPattern();
}
