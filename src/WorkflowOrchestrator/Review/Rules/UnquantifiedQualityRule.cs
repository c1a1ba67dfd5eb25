using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A quality that is a quantity, such as latency or a limit, without any number in the requirement's testable text.</summary>
/// <remarks>
/// Sources: INCOSE Guide to Writing Requirements R34 (measurable performance); ISO/IEC/IEEE 29148, verifiable. Words that name a quantity
/// always count; general ones, such as "size", only where the sentence bounds them. A value that is configured or given elsewhere is fine.
/// </remarks>
internal sealed class UnquantifiedQualityRule : RequirementRule
{
    private static readonly PhraseSet Quantities = new(
        "latency, response time, response times, throughput, scalable, scalability, timeout, time out, performance, bandwidth, high availability, uptime, load time, load times, " +
        "memory footprint, memory usage, cpu usage, number of retries, maximum size, maximum number, maximum length, maximum time, maximum duration, maximum age, maximum depth");

    private static readonly PhraseSet Bounded = new(
        "retry limit, rate limit, rate limits, rate limiting, size limit, limit, limits, threshold, thresholds, interval, delay, rate, size, capacity, duration, retries, retry, debounce");

    // "its timeout" and "timeout behaviour" speak of one that is set elsewhere; "a short timeout" sets one
    private static readonly FrozenSet<string> Setting =
        new[] { "a", "an", "short", "long", "reasonable", "appropriate", "sensible", "suitable", "some", "sufficient", "shall", "must", "low", "high", "good", "within" }.ToFrozenSet();

    private static readonly FrozenSet<string> BoundWords =
        new[]
        {
            "exceed", "exceeds", "exceeding", "within", "below", "under", "over", "beyond", "above", "low", "lower", "high", "higher", "short", "long", "small", "large", "reasonable",
            "limited", "bounded", "bound", "reached", "reaches", "enforce", "enforces", "acceptable", "after", "keep", "stay", "remain",
        }.ToFrozenSet();

    private static readonly FrozenSet<string> GivenElsewhere =
        new[]
        {
            "configured", "configurable", "configuration", "config", "setting", "settings", "specified", "given", "provided", "supplied", "default", "option", "flag", "parameter", "argument",
            "requested", "stored", "recorded", "displayed", "shows", "show", "display", "value", "per", "same", "file", "font", "icon", "bundle", "window", "viewport",
        }.ToFrozenSet();

    private static readonly QuestionTemplate Question = new(QuestionCause.Limit, "What is the limit for {term} in '{name}', in which unit, and what happens beyond it?");

    public override string Id => "unquantified-quality";

    public override int Number => 20;

    public override string Title => "Quality without a number";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override IEnumerable<RuleHit> Check(ReviewedRequirement requirement)
    {
        // a number in an outcome settles it for the statement
        if (requirement.All.Any(sentence => sentence.IsTestable && sentence.HasNumber))
            yield break;
        foreach (var sentence in requirement.Changed)
        {
            if (!sentence.IsTestable || Find(sentence) is not { } match)
                continue;
            yield return RuleHit.In(sentence, sentence.Words[match.Index].Start, Severity, $"\"{match.Phrase}\" is a quantity, but no number says how much.") with
            {
                Suggestion = "Give the number, its unit, under which load it holds, and what happens beyond it.",
                Question = Question.Fill(("name", Short(requirement.Name)), ("term", Noun(match.Phrase))),
            };
            yield break;
        }
    }

    private static PhraseMatch? Find(Sentence sentence)
    {
        var words = sentence.Words;
        foreach (var word in words)
        {
            // a value in backquotes, or one that comes from elsewhere
            if (word.IsHidden || GivenElsewhere.Contains(word.Lower))
                return null;
        }

        foreach (var match in Quantities.Find(sentence))
        {
            var previous = match.Index > 0 ? words[match.Index - 1].Lower : "";
            var isSet = match.Phrase is not ("timeout" or "time out" or "throughput" or "bandwidth") || Setting.Contains(previous);
            if (isSet && !previous.StartsWith("improv", StringComparison.Ordinal))
                return match;
        }

        foreach (var match in Bounded.Find(sentence))
        {
            for (var i = 0; i < words.Count; i++)
            {
                if ((i < match.Index || i >= match.Index + match.Count) && BoundWords.Contains(words[i].Lower))
                    return match;
            }
        }

        return null;
    }

    private static string Noun(string phrase) => phrase switch
    {
        "scalable" or "scalability" => "the load that it must scale to",
        "retry" or "retries" => "the number of retries",
        "time out" => "timeout",
        "response times" => "response time",
        "limit" or "limits" => "what is limited",
        "performance" => "performance (time or throughput)",
        _ => phrase,
    };
}
