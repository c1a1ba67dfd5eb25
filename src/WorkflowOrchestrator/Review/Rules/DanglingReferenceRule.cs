using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>
/// A reference that does not hold: to "above" and "below", which changes when the requirement moves into its spec, or to a capability that
/// neither exists nor comes with this change.
/// </summary>
/// <remarks>Source: Femmer et al., incomplete references (after ISO/IEC/IEEE 29148).</remarks>
internal sealed class DanglingReferenceRule : ReviewRule
{
    private static readonly PhraseSet Phrases = new(
        "as described above, as described below, as described earlier, as mentioned above, as mentioned below, as mentioned earlier, as defined above, as defined below, as defined earlier, as specified above, " +
        "as specified below, as stated above, as stated earlier, as noted above, see above, see below, aforementioned, above-mentioned, abovementioned");

    private static readonly FrozenSet<string> SpecWords = new[] { "capability", "spec", "specification" }.ToFrozenSet();

    public override string Id => "dangling-reference";

    public override int Number => 14;

    public override string Title => "Reference that leads nowhere";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        HashSet<string>? capabilities = null;
        foreach (var requirement in change.Requirements)
        {
            foreach (var sentence in requirement.Changed)
            {
                foreach (var match in Phrases.Find(sentence))
                {
                    yield return RuleHit.In(sentence, sentence.Words[match.Index].Start, Severity, $"\"{match.Phrase}\" points to a place that is another one when the requirement has moved into its spec.") with
                    {
                        Requirement = requirement,
                        Suggestion = "Name the requirement that is meant.",
                    };
                    break;
                }

                foreach (var (at, name) in NamedCapabilities(sentence))
                {
                    capabilities ??= change.Project.SpecIds().Concat(change.Deltas.Select(delta => delta.Capability)).ToHashSet(StringComparer.Ordinal);
                    if (!capabilities.Contains(name))
                    {
                        yield return RuleHit.In(sentence, at, Severity, $"There is no capability '{name}', and this change does not add it.") with { Requirement = requirement };
                    }
                }
            }
        }
    }

    /// <summary>Names in backquotes right before "capability" or "spec": <c>the `search` capability</c>.</summary>
    private static IEnumerable<(int At, string Name)> NamedCapabilities(Sentence sentence)
    {
        var words = sentence.Words;
        for (var i = 0; i + 1 < words.Count; i++)
        {
            if (!words[i].IsHidden || !SpecWords.Contains(words[i + 1].Lower))
                continue;
            var name = sentence.HiddenText(words[i]).Trim('`');
            if (name.Contains('-', StringComparison.Ordinal) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '/'))
                yield return (words[i].Start, name);
        }
    }
}
