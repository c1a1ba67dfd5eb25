using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>"SHALL support X" does not say what the system does: the verb leaves the behaviour to the reader.</summary>
/// <remarks>Sources: INCOSE Guide to Writing Requirements R10 (superfluous infinitives); Femmer et al., open-ended verbs.</remarks>
internal sealed class WeakVerbRule : SentenceRule
{
    private static readonly FrozenSet<string> Verbs = new[] { "support", "handle", "manage", "process", "facilitate", "enable", "ensure", "accommodate" }.ToFrozenSet();

    private static readonly PhraseSet Capabilities = new("shall be able to, must be able to, shall be capable of, must be capable of, shall have the ability to, must have the ability to");

    public override string Id => "weak-verb";

    public override int Number => 13;

    public override string Title => "Verb that names no behaviour";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        if (!sentence.IsBinding)
            return null;
        foreach (var match in Capabilities.Find(sentence))
            return Hit(sentence, match.Index, match.Phrase);
        var words = sentence.Words;
        for (var i = 0; i + 1 < words.Count; i++)
        {
            // "SHALL support a `--json` flag": the object says which behaviour
            if (words[i].IsBinding && Verbs.Contains(words[i + 1].Lower) && !words.Skip(i + 2).Take(4).Any(word => word.IsHidden))
                return Hit(sentence, i, $"{words[i].Text} {words[i + 1].Text}");
        }

        return null;
    }

    private static RuleHit Hit(Sentence sentence, int index, string term) =>
        RuleHit.In(sentence, sentence.Words[index].Start, FindingSeverity.Advice, $"\"{term}\" does not say what the system does.") with
        {
            Suggestion = "Use the verb of what happens: shows, stores, refuses, sends.",
        };
}
