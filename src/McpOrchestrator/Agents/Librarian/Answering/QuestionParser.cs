using System.Text.RegularExpressions;
using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>Takes a question apart: its content words with their roles, and the form that its answer must have.</summary>
internal static partial class QuestionParser
{
    private static readonly HashSet<string> s_weakNames = Stems(
        "results result data list lists page view feature support handling handle management manage service request operation process processing information item items behaviour behavior rule rules requirement function functionality flow action step output input basic general new improved improve");

    private static readonly HashSet<string> s_failure = Stems("fail fails failed failure failing error errors wrong unavailable unreachable");

    /// <summary>Takes a question apart.</summary>
    /// <param name="text">The question.</param>
    /// <param name="hint">Words that help to rank but are not demanded; may be empty.</param>
    internal static Question Parse(string text, string hint)
    {
        (text, var options) = Part(text, OptionsPattern());
        (text, var trigger) = Part(text, TriggerPattern());
        hint = $"{hint} {options} {trigger}";
        var clear = VagueWordPattern().Replace(text, m => m.Groups["frame"].Value + " "); // … says 'promptly': that word is the fault, not the subject
        var names = QuotedPattern().Matches(clear).Select(m => m.Groups["name"].Value).ToList();
        var rest = names.Count > 0 ? QuotedPattern().Replace(clear, " ") : clear;
        var form = FormOf(rest);
        var terms = new Dictionary<string, TermRole>(StringComparer.Ordinal);
        foreach (var stem in names.SelectMany(n => Words.StemsOf(n)).Where(s => !StopWords.Contains(s)))
            terms.TryAdd(stem, s_weakNames.Contains(stem) || StopWords.IsFrame(stem) ? TermRole.WeakSubject : TermRole.Subject);
        foreach (var stem in Words.StemsOf(rest).Where(IsContent))
        {
            if (form == AnswerForm.Failure && s_failure.Contains(stem)) continue;
            terms.TryAdd(stem, form == AnswerForm.Quantity && Qualities.Of(stem) is not null ? TermRole.Quality : TermRole.Plain);
        }

        // A name of weak words only ('List results') is all that there is to go by.
        if (!terms.ContainsValue(TermRole.Subject))
        {
            foreach (var stem in terms.Where(t => t.Value == TermRole.WeakSubject).Select(t => t.Key).ToList()) terms[stem] = TermRole.Subject;
        }

        foreach (var stem in Words.StemsOf(hint).Where(IsContent)) terms.TryAdd(stem, TermRole.Hint);
        var phrases = names.Select(n => (IReadOnlyList<string>)[.. Words.StemsOf(n)]).Where(p => p.Count > 0).ToList();
        var noun = form == AnswerForm.Value ? NounOf(rest) : null;
        return new Question(
            [.. terms.Select(t => new Term(t.Key, t.Value))], form, form == AnswerForm.Quantity ? DimensionOf(rest) : Dimension.None, phrases, noun, BeyondPattern().IsMatch(rest));
    }

    /// <summary>Takes what the pattern finds at the end off the text.</summary>
    private static (string Text, string Part) Part(string text, Regex pattern)
    {
        var match = pattern.Match(text);
        return match.Success ? (text[..match.Index] + "?", match.Groups["part"].Value) : (text, "");
    }

    private static bool IsContent(string stem) => !StopWords.Contains(stem) && !StopWords.IsFrame(stem) && (stem.Length > 1 || char.IsDigit(stem[0]));

    private static AnswerForm FormOf(string text)
    {
        if (FailurePattern().IsMatch(text)) return AnswerForm.Failure;
        if (QuantityPattern().IsMatch(text)) return AnswerForm.Quantity;
        if (DefinitionPattern().IsMatch(text)) return AnswerForm.Definition;
        if (WhyPattern().IsMatch(text)) return AnswerForm.Why;
        if (WhoPattern().IsMatch(text)) return AnswerForm.Who;
        if (WherePattern().IsMatch(text)) return AnswerForm.Where;
        return NounOf(text) is not null ? AnswerForm.Value : AnswerForm.Statement;
    }

    private static string? NounOf(string text)
    {
        var match = NounPattern().Match(text);
        if (!match.Success) return null;
        var stem = Words.StemOf(match.Groups["noun"].ValueSpan);
        return IsContent(stem) ? stem : null;
    }

    private static Dimension DimensionOf(string text)
    {
        if (HowOftenPattern().IsMatch(text)) return Dimension.Time | Dimension.Rate | Dimension.Count;
        if (TimePattern().IsMatch(text)) return Dimension.Time;
        if (SizePattern().IsMatch(text)) return Dimension.Size | Dimension.Count;
        if (SharePattern().IsMatch(text)) return Dimension.Share;
        var asked = Dimension.None;
        foreach (var stem in Words.StemsOf(text)) asked |= Qualities.Of(stem)?.Dimension ?? Dimension.None;
        if (asked != Dimension.None) return asked;
        return HowManyPattern().IsMatch(text) ? Dimension.Count | Dimension.Rate | Dimension.Share : Dimension.Any;
    }

    private static HashSet<string> Stems(string words) => words.Split(' ').Select(w => Words.StemOf(w)).ToHashSet(StringComparer.Ordinal);

    // The forms of our own reviewer's questions: says "quickly" and "soon"; how many is "sufficient" in; that "promptly" may mean; open with "such as".
    [GeneratedRegex("\\b(?<frame>says|say|said|reads|called|word|how many is|time that|open with)(?:(?:\\s+|,\\s*|\\s+and\\s+|\\s+or\\s+)(?:'[^']{1,60}'|\"[^\"]{1,60}\"|“[^”]{1,60}”|`[^`]{1,60}`))+", RegexOptions.IgnoreCase)]
    private static partial Regex VagueWordPattern();

    [GeneratedRegex("(?<![\\w])(?:'(?<name>[^'\\n]{2,200}(?:'s[^'\\n]{1,200})?)'(?!\\w)|\"(?<name>[^\"\\n]{2,200})\"|“(?<name>[^”\\n]{2,200})”|‘(?<name>[^’\\n]{2,200})’|`(?<name>[^`\\n]{2,200})`)")]
    private static partial Regex QuotedPattern();

    [GeneratedRegex(@"\b(?:what|how)\b.{0,120}\b(?:when|if|after|in case)\b.{0,120}\b(?:fails?|cannot be done|failed|failure|errors?|unavailable|unreachable|goes wrong|breaks|crash(?:es)?|is down|times out)\b|\bhow (?:are|is) .{0,60}\b(?:failures?|errors?)\b.{0,20}\b(?:handled|reported|treated)\b", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex FailurePattern();

    [GeneratedRegex(@"\bhow (?:many|much|long|often|large|big|soon|fast|quick(?:ly)?|old|frequent(?:ly)?|high|small|few|far)\b|\b(?:limits?|longest|shortest|largest|smallest|maximum|minimum|max|min|thresholds?|quota|in which unit|what number|at most|at least|(?:what|which) (?:\w+ ){0,4}(?:latency|timeout|interval|size|length|duration|retention|lifetime|rate|throughput|capacity|age|percentage|availability|frequency|ttl))\b", RegexOptions.IgnoreCase)]
    private static partial Regex QuantityPattern();

    [GeneratedRegex(@"\b(?:how long|how soon|how fast|how quick(?:ly)?|how old|(?:milli)?seconds?|ms|minutes?|hours?|days?|weeks?|months?|years?|latency|time-?out|delay|interval|duration|response time|lifetime|ttl|(?:long|short)est time)\b", RegexOptions.IgnoreCase)]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"\b(?:how (?:large|big)|sizes?|bytes?|[kmg]i?b|megabytes?|length|characters?|capacity)\b", RegexOptions.IgnoreCase)]
    private static partial Regex SizePattern();

    [GeneratedRegex(@"\b(?:percent(?:age)?|%|availability|share of|ratio)", RegexOptions.IgnoreCase)]
    private static partial Regex SharePattern();

    [GeneratedRegex(@"\s*\n\s*options:\s*(?<part>.*)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex OptionsPattern();

    [GeneratedRegex(@":\s*""(?<part>[^""]{1,600})""\s*\?*\s*$", RegexOptions.Singleline)]
    private static partial Regex TriggerPattern();

    [GeneratedRegex(@"\bhow (?:often|frequent(?:ly)?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex HowOftenPattern();

    [GeneratedRegex(@"^\s*what (?:is|are) (?:(?:an?|the) )?[\w -]{0,40}\?*\s*$|\bwhat does .{0,60}\bmean\b|\bwhat is meant by\b|\b(?:definition|meaning) of\b", RegexOptions.IgnoreCase)]
    private static partial Regex DefinitionPattern();

    [GeneratedRegex(@"\bhow many\b", RegexOptions.IgnoreCase)]
    private static partial Regex HowManyPattern();

    [GeneratedRegex(@"\bwhy\b|\bfor what reason\b", RegexOptions.IgnoreCase)]
    private static partial Regex WhyPattern();

    [GeneratedRegex(@"\b(?:who|whom|whose|which (?:role|user|person|team|people)s?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex WhoPattern();

    [GeneratedRegex(@"^\s*(?:(?:in|to|from) )?where\b|[,;:]\s*where\b|\b(?:which|what) (?:folder|directory|file|path|location|place|bucket|region)\b", RegexOptions.IgnoreCase)]
    private static partial Regex WherePattern();

    [GeneratedRegex(@"\b(?:which|what)\s+(?:(?:kind|type|sort)s? of\s+)?(?:(?!is\b|are\b|does\b|do\b|should\b|shall\b|must\b|will\b|happens?\b|would\b|can\b|could\b|was\b|were\b|has\b|have\b|the\b|if\b|when\b)(?<noun>\w{3,})\b)", RegexOptions.IgnoreCase)]
    private static partial Regex NounPattern();

    [GeneratedRegex(@"\b(?:beyond|exceed(?:s|ed)?|over the limit|above (?:it|the limit)|past (?:it|the limit)|when (?:it|the limit) is reached)\b", RegexOptions.IgnoreCase)]
    private static partial Regex BeyondPattern();
}
