using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>
/// A lower-case "should" or "may" as the only modal of a sentence: nobody can tell whether it binds. Capitals (MAY, SHOULD) are RFC 2119 and
/// on purpose.
/// </summary>
/// <remarks>Sources: NASA ARM "options" and "weak phrases"; ISO/IEC/IEEE 29148 §5.2.4 (shall, should, may).</remarks>
internal sealed class WeakModalRule : SentenceRule
{
    private static readonly FrozenSet<string> Weak = new[] { "should", "may", "might", "could" }.ToFrozenSet();

    // Everyday words: in an explanation they say what is possible; only as the first thing a statement says do they stand for SHALL.
    private static readonly FrozenSet<string> WeakAtFirst = new[] { "can", "will" }.ToFrozenSet();

    // "so that users can", "what may follow": the modal belongs to a subordinate clause
    private static readonly FrozenSet<string> Subordinate = new[] { "that", "which", "who", "what", "where", "how", "if", "when", "because", "since", "while", "whether", "acknowledges", "explains", "notes", "says", "warns", "understands", "understand" }.ToFrozenSet();

    private static readonly QuestionTemplate Question = new(QuestionCause.Condition, "Must what '{name}' says with \"{term}\" always hold, or is it optional?")
    {
        Options = ["It must always hold", "It is optional, and the system works without it"],
    };

    public override string Id => "weak-modal";

    public override int Number => 9;

    public override string Title => "Weak modal in place of SHALL";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        if (sentence.IsBinding || sentence.Place is not (SentencePlace.Statement or SentencePlace.Then))
            return null;
        var isFirst = requirement.Statement.Count > 0 && ReferenceEquals(requirement.Statement[0], sentence);
        var subordinate = false;
        foreach (var word in sentence.Words)
        {
            subordinate |= Subordinate.Contains(word.Lower);
            var isWeak = word.Text == word.Lower && !word.InBrackets && (Weak.Contains(word.Text) || (isFirst && WeakAtFirst.Contains(word.Text)));
            if (!isWeak || subordinate || IsLimit(sentence, word))
                continue;
            return RuleHit.In(sentence, word.Start, Severity, $"\"{word.Text}\" leaves open whether this binds.") with
            {
                Suggestion = sentence.Place == SentencePlace.Then ? "Say what happens, in the present tense." : "Write SHALL when it binds, MAY when it is optional.",
                Question = Question.Fill(("name", Short(requirement.Name)), ("term", word.Text)),
            };
        }

        return null;
    }

    // "may report zero only when", "users may have": a limit, and a fact
    private static bool IsLimit(Sentence sentence, Word modal)
    {
        var after = sentence.Words.SkipWhile(word => word.Start != modal.Start).Skip(1).ToArray();
        return after.Length > 0 && (after[0].Lower is "have" || after.Any(word => word.Lower == "only"));
    }
}
