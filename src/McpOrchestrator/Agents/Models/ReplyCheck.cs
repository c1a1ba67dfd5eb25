using System.Text;
using System.Text.RegularExpressions;
using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Models;

/// <summary>Decides what a model's reply is worth. A model sounds equally sure whether it read or invented, so only what stands in the passages counts.</summary>
internal static partial class ReplyCheck
{
    /// <summary>Confidence of a reply whose quotes are all true, before the passages' own fit is added.</summary>
    private const double Grounded = 0.62;
    private const double ForFit = 0.25;

    // Even one invented quote shows that it does not copy; the answer then stays below what a router accepts.
    private const double WithFalseQuote = 0.5;
    private const int ShortestQuote = 12; // characters: shorter ones stand everywhere

    /// <summary>The answer with the passages that carry it, or the admission that there is none.</summary>
    /// <param name="reply">What the model said.</param>
    /// <param name="question">What was asked; its own words and numbers need no evidence.</param>
    /// <param name="passages">What the model was given, in the order of their numbers.</param>
    internal static AgentAnswer Judge(ModelReply reply, string question, IReadOnlyList<Evidence> passages)
    {
        if (!reply.IsKnown || reply.Answer.Length == 0) return new AgentAnswer(null, 0, [.. passages.Take(3)]);
        var cited = reply.Quotes.Select(q => Find(q, passages)).ToList();
        List<Evidence> evidence = [.. cited.OfType<Evidence>().DistinctBy(e => (e.Path, e.Line))];
        if (evidence.Count == 0) return new AgentAnswer(null, 0, [.. passages.Take(3)]); // nothing shows that it read this anywhere
        var support = $"{question}\n{string.Join('\n', evidence.Select(e => e.Quote))}";
        if (!HasNumbersOf(reply.Answer, support)) return new AgentAnswer(null, 0, evidence);
        var confidence = (Grounded + (ForFit * evidence.Max(e => e.Score))) * (0.5 + (0.5 * SupportedShare(reply.Answer, support)));
        return new AgentAnswer(reply.Answer, Math.Round(cited.Contains(null) ? confidence * WithFalseQuote : confidence, 3), evidence);
    }

    /// <summary>The passage that the quote is from. A wrong number is forgiven, wrong words are not.</summary>
    private static Evidence? Find(ModelQuote quote, IReadOnlyList<Evidence> passages)
    {
        var words = Plain(quote.Quote);
        if (words.Length < ShortestQuote) return null;
        var named = quote.Passage >= 1 && quote.Passage <= passages.Count ? passages[quote.Passage - 1] : null;
        if (named is not null && Plain(named.Quote).Contains(words, StringComparison.OrdinalIgnoreCase)) return named;
        return passages.FirstOrDefault(p => Plain(p.Quote).Contains(words, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Without emphasis and with plain quotation marks, dashes and spaces: models change these without noticing.</summary>
    private static string Plain(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            switch (c)
            {
                case '*' or '`':
                    break;
                case '“' or '”' or '„':
                    result.Append('"');
                    break;
                case '‘' or '’':
                    result.Append('\'');
                    break;
                case '–' or '—' or '‑':
                    result.Append('-');
                    break;
                case var _ when char.IsWhiteSpace(c):
                    if (result.Length > 0 && result[^1] != ' ') result.Append(' ');
                    break;
                default:
                    result.Append(c);
                    break;
            }
        }

        return result.ToString().Trim().TrimEnd('.', '…');
    }

    /// <summary>A number that stands nowhere is invented.</summary>
    private static bool HasNumbersOf(string answer, string support)
    {
        var known = NumberPattern().Matches(support).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        return NumberPattern().Matches(answer).All(m => known.Contains(m.Value));
    }

    /// <summary>Share of the answer's content words that stand in its support.</summary>
    private static double SupportedShare(string answer, string support)
    {
        var known = Words.StemsOf(support).ToHashSet(StringComparer.Ordinal);
        List<string> said = [.. Words.StemsOf(answer).Where(s => !StopWords.Contains(s)).Distinct(StringComparer.Ordinal)];
        return said.Count == 0 ? 1 : (double)said.Count(s => known.Contains(s) || Synonyms.Of(s).Any(known.Contains)) / said.Count;
    }

    [GeneratedRegex(@"\d+(?:[.,]\d+)*")]
    private static partial Regex NumberPattern();
}
