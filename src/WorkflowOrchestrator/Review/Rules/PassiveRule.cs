using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>"SHALL be removed": by whom? Where several parts or people could do it, the requirement binds nobody.</summary>
/// <remarks>Sources: INCOSE Guide to Writing Requirements R2 (active voice); Paska, passive voice.</remarks>
internal sealed class PassiveRule : SentenceRule
{
    private static readonly FrozenSet<string> Irregular =
        new[] { "sent", "made", "kept", "shown", "written", "read", "set", "built", "done", "given", "taken", "found", "left", "put", "run", "held", "chosen", "begun", "drawn", "hidden", "cut", "split", "told", "overwritten", "rewritten", "rebuilt", "resent", "reset" }.ToFrozenSet();

    // These look like participles and are states, or it is plain that the system does it
    private static readonly FrozenSet<string> States = new[] { "need", "red", "indeed", "embed", "allowed", "required", "supported", "based", "limited", "unchanged", "related", "identified", "sorted", "ordered", "disabled", "enabled", "hidden", "shown", "displayed", "treated", "logged", "reported", "skipped", "registered", "named", "gated", "considered" }.ToFrozenSet();

    public override string Id => "passive";

    public override int Number => 15;

    public override string Title => "Passive without an agent";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        var words = sentence.Words;
        if (sentence.Place != SentencePlace.Statement || !sentence.IsBinding || words.Any(word => word.Lower == "by"))
            return null;
        for (var i = 0; i + 2 < words.Count; i++)
        {
            if (!words[i].IsBinding)
                continue;
            var be = words[i + 1].Lower == "not" ? i + 2 : i + 1;
            var verb = be + 1 < words.Count && words[be + 1].Lower.EndsWith("ly", StringComparison.Ordinal) ? be + 2 : be + 1;
            if (verb < words.Count && words[be].Lower == "be" && IsParticiple(words[verb].Lower))
            {
                return RuleHit.In(sentence, words[i].Start, Severity, $"\"{words[i].Text} be {words[verb].Text}\" does not say who does it.") with
                {
                    Suggestion = "Make the part that does it the subject of the sentence.",
                };
            }
        }

        return null;
    }

    private static bool IsParticiple(string word) =>
        !States.Contains(word) && (Irregular.Contains(word) || (word.Length > 4 && word.EndsWith("ed", StringComparison.Ordinal)));
}
