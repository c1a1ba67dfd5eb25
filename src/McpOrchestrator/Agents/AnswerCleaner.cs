using System.Text;

namespace McpOrchestrator.Agents;

/// <summary>
/// Makes what an agent returned safe to pass on: an answer is data. Bounded in size, without control characters (which could drive a terminal),
/// and with numbers that are numbers.
/// </summary>
internal static class AnswerCleaner
{
    internal const int LongestAnswer = 16_000; // characters
    internal const int MostEvidence = 10;
    private const int LongestQuote = 8_000;
    private const int LongestPath = 1_000;

    internal static AgentAnswer Clean(AgentAnswer answer)
    {
        var text = answer.Answer is null ? null : Plain(answer.Answer, LongestAnswer).Trim();
        return new AgentAnswer(text is { Length: > 0 } ? text : null, Share(answer.Confidence), [.. answer.Evidence.Where(IsClean).Take(MostEvidence).Select(e => e with { Score = Share(e.Score) })]);
    }

    // A quote that had to be changed would no longer be one.
    private static bool IsClean(Evidence evidence) => Plain(evidence.Path, LongestPath) == evidence.Path && Plain(evidence.Quote, LongestQuote) == evidence.Quote;

    /// <summary>Without control characters other than line feed and tab, and cut to a length without splitting a character.</summary>
    internal static string Plain(string text, int longest)
    {
        if (text.Length <= longest && !text.AsSpan().ContainsAny(s_unwanted)) return text;
        var result = new StringBuilder(Math.Min(text.Length, longest));
        foreach (var rune in text.EnumerateRunes())
        {
            if (result.Length + rune.Utf16SequenceLength > longest) return result.Append('…').ToString();
            if (Rune.IsControl(rune) && rune.Value is not ('\n' or '\t')) continue;
            result.Append(rune.ToString());
        }

        return result.ToString();
    }

    private static readonly System.Buffers.SearchValues<char> s_unwanted = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0, 32).Concat(Enumerable.Range(127, 33)).Select(c => (char)c).Where(c => c is not ('\n' or '\t')), .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    private static double Share(double value) => double.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);
}
