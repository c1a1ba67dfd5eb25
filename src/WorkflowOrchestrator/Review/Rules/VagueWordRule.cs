using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>
/// A judgement in place of a measure: people disagree whether it is met. A warning in a binding sentence or an outcome; advice elsewhere, in
/// brackets, and beside a number.
/// </summary>
/// <remarks>
/// Sources: Femmer et al. "requirements smells" (arXiv 1611.08847, after ISO/IEC/IEEE 29148), subjective language; INCOSE Guide to Writing
/// Requirements R7; QuARS vagueness and subjectivity (Gnesi, Trentanni).
/// </remarks>
internal sealed class VagueWordRule : SentenceRule
{
    private static readonly PhraseSet Phrases = new(
        "appropriate, appropriately, adequate, adequately, sufficient, sufficiently, reasonable, reasonably, suitable, suitably, proper, properly, easy, easily, simple, " +
        "intuitive, intuitively, user-friendly, user friendly, fast, quick, quickly, efficient, efficiently, flexible, flexibly, robust, robustly, seamless, seamlessly, " +
        "graceful, gracefully, effective, effectively, normal, normally, typical, typically, usually, often, several, various, few, some, significant, significantly, relevant, " +
        "useful, clear, clearly, clean, cleanly, optimal, optimally, acceptable, acceptably, minimal, minimally, approximately, responsive, smooth, smoothly, meaningful, good, nice, modern");

    private static readonly FrozenSet<string> TimeWords =
        new[] { "fast", "quick", "quickly", "efficient", "efficiently", "responsive", "smooth", "smoothly" }.ToFrozenSet();

    private static readonly FrozenSet<string> AmountWords =
        new[] { "several", "various", "few", "some", "significant", "significantly", "minimal", "minimally", "approximately", "sufficient", "sufficiently" }.ToFrozenSet();

    // Mostly fine: "normal" for what is not an error, "some" for "at least one". Measured on public repositories.
    private static readonly FrozenSet<string> SoftWords =
        new[] { "normal", "normally", "typical", "typically", "some", "effective", "effectively", "simple", "useful", "minimal", "modern" }.ToFrozenSet();

    // "clear" and "clean" as verbs, and technical terms that only look like judgements
    private static readonly FrozenSet<string> Objects =
        new[] { "the", "a", "an", "any", "all", "its", "their", "up", "it", "them", "stale", "cached", "existing", "old" }.ToFrozenSet();

    private static readonly FrozenSet<string> VerbLeads =
        new[] { "to", "shall", "must", "will", "can", "may", "should", "and", "not", "or" }.ToFrozenSet();

    // "a clear error naming the file": what it has to say is said
    private static readonly FrozenSet<string> ContentWords = new[] { "naming", "that", "indicating", "identifying", "stating", "listing", "saying", "explaining", "which" }.ToFrozenSet();

    private static readonly FrozenSet<string> Circumstances = new[] { "conditions", "circumstances", "load", "use", "usage", "operation", "traffic" }.ToFrozenSet();

    private static readonly FrozenSet<string> FixedTerms =
        new[]
        {
            "clean install", "clean build", "clean checkout", "clean clone", "clean working", "clean worktree", "clean tree", "clean state", "clean exit", "clean slate", "clean room",
            "clear text", "simple string", "simple name", "normal form", "normal mode", "normal text", "normal priority", "modern yaml", "proper noun", "proper name", "proper subset",
            "fast forward", "fast path", "fast refresh", "quick pick", "quick fix", "quick start", "quick action", "quick actions", "quick input", "quick open", "good standing", "some other",
            "responsive checks", "responsive design", "responsive layout", "nice to", "minimal default",
        }.ToFrozenSet();

    private static readonly QuestionTemplate Time = new(
        QuestionCause.Limit, "What is the limit for the response time in '{name}', which says {terms}: in which unit, and what happens beyond it?");

    private static readonly QuestionTemplate Amount = new(
        QuestionCause.Limit, "How much or how many is {terms} in '{name}': which number, in which unit, and what happens beyond it?");

    private static readonly QuestionTemplate Quality = new(
        QuestionCause.Criterion, "By which observable criterion does a test decide that '{name}' is met, where it says {terms}?");

    public override string Id => "vague-word";

    public override int Number => 6;

    public override string Title => "Vague or subjective word";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        var matches = Phrases.Find(sentence).Where(match => IsVague(sentence, match)).ToArray();
        if (matches.Length == 0)
            return null;
        var weighty = sentence.IsTestable && !sentence.HasNumber ? Array.Find(matches, match => !SoftWords.Contains(match.Phrase) && !sentence.Words[match.Index].InBrackets) : default;
        var isWarning = weighty.Count > 0;
        var terms = Listed(matches.Select(match => match.Phrase));
        return RuleHit.In(sentence, sentence.Words[isWarning ? weighty.Index : matches[0].Index].Start, isWarning ? FindingSeverity.Warning : FindingSeverity.Advice, $"{terms}: people will disagree whether it is met.") with
        {
            Suggestion = "Say what can be measured or seen: a number with a unit, a named rule, a list of cases.",
            Question = isWarning ? QuestionFor(weighty.Phrase).Fill(("name", Short(requirement.Name)), ("terms", terms)) : null,
        };
    }

    private static QuestionTemplate QuestionFor(string word) => TimeWords.Contains(word) ? Time : AmountWords.Contains(word) ? Amount : Quality;

    private static bool IsVague(Sentence sentence, PhraseMatch match)
    {
        var words = sentence.Words;
        var next = match.Index + match.Count < words.Count ? words[match.Index + match.Count].Lower : "";
        var previous = match.Index > 0 ? words[match.Index - 1].Lower : "";
        if (FixedTerms.Contains(match.Phrase + " " + next))
            return false;
        return match.Phrase switch
        {
            "clear" when previous is "make" or "makes" or "made" => false,
            "clear" when NamesContent(words, match.Index) => false,
            "clear" or "clean" => !Objects.Contains(next) && !VerbLeads.Contains(previous) && next.Length > 0,
            "fast" => !previous.StartsWith("fail", StringComparison.Ordinal),
            // "the normal order", "proceeds normally": the usual one, no judgement. Measured: one of eight hits was a problem.
            "normal" or "normally" => Circumstances.Contains(next),
            "some" => previous != "that" && sentence.Place is not (SentencePlace.When or SentencePlace.Given),
            // "SHALL NOT be sufficient" is logic
            "sufficient" => !(previous == "be" && match.Index > 1 && words[match.Index - 2].Lower == "not"),
            "effective" => next.Length == 0 || previous is "more" or "most", // "effective scope" is a term: the one in effect
            _ => true,
        };
    }

    private static bool NamesContent(IReadOnlyList<Word> words, int index) =>
        words.Skip(index + 1).Take(6).Any(word => ContentWords.Contains(word.Lower)) && words.Skip(index + 1).Take(3).Any(word => word.Lower is "error" or "errors" or "message" or "messages" or "warning" or "diagnostic");
}
