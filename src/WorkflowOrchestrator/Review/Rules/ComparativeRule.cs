using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>Better than what? A comparison needs the thing it is compared with, an optimum the measure by which it is one.</summary>
/// <remarks>Source: Femmer et al., comparatives and superlatives (after ISO/IEC/IEEE 29148).</remarks>
internal sealed class ComparativeRule : SentenceRule
{
    private static readonly PhraseSet Strong = new(
        "better, faster, slower, easier, simpler, cleaner, quicker, smoother, worse, best, worst, fastest, easiest, minimise, minimises, minimize, minimizes, maximise, maximises, maximize, maximizes, " +
        "optimise, optimises, optimize, optimizes");

    private static readonly PhraseSet Mild = new("lower, higher, larger, smaller, greater, shorter, longer, largest, smallest, improve, improves, improved, enhance, enhances");

    // Names of things and figures of speech, not comparisons
    private static readonly FrozenSet<string> FixedTerms =
        new[]
        {
            "best effort", "best practice", "best practices", "best match", "best matching", "lower case", "upper case", "lower level", "higher level", "lower bound", "higher bound", "lower half", "no longer", "any longer",
            "higher priority", "lower priority", "higher precedence", "lower precedence", "longer exists", "longer exist",
        }.ToFrozenSet();

    private static readonly QuestionTemplate Question = new(QuestionCause.Criterion, "In '{name}', \"{term}\" than what, and by which measure?");

    public override string Id => "comparative";

    public override int Number => 10;

    public override string Title => "Comparison without a referent";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        if (!sentence.IsTestable || sentence.HasNumber || sentence.Words.Any(word => word.Lower is "than" or "compared" or "relative"))
            return null;
        if (First(Strong, sentence) is { } strong)
        {
            return Hit(strong, FindingSeverity.Warning) with { Question = Question.Fill(("name", Short(requirement.Name)), ("term", strong.Phrase)) };
        }

        return First(Mild, sentence) is { } mild ? Hit(mild, FindingSeverity.Advice) : null;

        RuleHit Hit(PhraseMatch match, FindingSeverity severity) =>
            RuleHit.In(sentence, sentence.Words[match.Index].Start, severity, $"\"{match.Phrase}\" compares with something that is not named.") with
            {
                Suggestion = "Name what it is compared with, or give the figure to reach.",
            };
    }

    private static PhraseMatch? First(PhraseSet phrases, Sentence sentence)
    {
        var words = sentence.Words;
        foreach (var match in phrases.Find(sentence))
        {
            var next = match.Index + 1 < words.Count ? words[match.Index + 1].Lower : "";
            var previous = match.Index > 0 ? words[match.Index - 1].Lower : "";
            if (words[match.Index].InBrackets || previous is "no" || (previous == "to" && IsPurpose(match.Phrase)) || FixedTerms.Contains(match.Phrase + " " + next) || FixedTerms.Contains(previous + " " + match.Phrase))
                continue;
            return match;
        }

        return null;
    }

    /// <summary>"cached to improve performance" gives a reason, which nobody tests.</summary>
    private static bool IsPurpose(string word) =>
        word.StartsWith("improv", StringComparison.Ordinal) || word.StartsWith("enhanc", StringComparison.Ordinal) || word.StartsWith("minimi", StringComparison.Ordinal)
        || word.StartsWith("maximi", StringComparison.Ordinal) || word.StartsWith("optimi", StringComparison.Ordinal);
}
