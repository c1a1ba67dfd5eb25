using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>Two words for one thing: readers look for the difference. The main spec of the capability is the glossary.</summary>
/// <remarks>Source: INCOSE Guide to Writing Requirements R36 (consistent terms).</remarks>
internal sealed class TermDriftRule : ReviewRule
{
    // Uses of each word before both count as a habit, and uses in the main spec before one counts as its term.
    private const int FewestUses = 2;
    private const int FewestMainUses = 4;

    private static readonly (string[] First, string[] Second)[] Pairs =
    [
        (["folder", "folders"], ["directory", "directories"]),
        (["delete", "deletes", "deleted"], ["remove", "removes", "removed"]),
        (["show", "shows", "shown"], ["display", "displays", "displayed"]),
        (["config"], ["configuration"]),
        (["repo", "repos"], ["repository", "repositories"]),
        (["abort", "aborts", "aborted"], ["cancel", "cancels", "cancelled", "canceled"]),
        (["log-in", "login"], ["sign-in", "signin"]),
    ];

    private static readonly FrozenDictionary<string, (int Pair, bool IsFirst)> Lookup =
        Pairs.SelectMany((pair, i) => pair.First.Select(word => (word, (i, true))).Concat(pair.Second.Select(word => (word, (i, false)))))
            .ToFrozenDictionary(entry => entry.word, entry => entry.Item2, StringComparer.OrdinalIgnoreCase);

    public override string Id => "term-drift";

    public override int Number => 24;

    public override string Title => "Two words for one thing";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        foreach (var group in change.Requirements.GroupBy(requirement => requirement.Capability, StringComparer.Ordinal))
        {
            var uses = new Use[Pairs.Length * 2];
            foreach (var requirement in group)
                Count(requirement, uses);
            if (Array.TrueForAll(uses, use => use.Count == 0))
                continue;
            var main = change.MainSpecs.TryGetValue(group.Key, out var spec) ? CountMain(spec.Source.Text) : new int[Pairs.Length * 2];
            for (var pair = 0; pair < Pairs.Length; pair++)
            {
                if (Drift(pair, uses, main) is { } hit)
                    yield return hit;
            }
        }
    }

    private RuleHit? Drift(int pair, Use[] uses, int[] main)
    {
        var (first, second) = (pair * 2, pair * 2 + 1);
        var usual = uses[first].Count + main[first] >= uses[second].Count + main[second] ? first : second;
        var odd = usual == first ? second : first;
        var isMixed = uses[first].Count >= FewestUses && uses[second].Count >= FewestUses;
        var isAgainstSpec = main[usual] >= FewestMainUses && main[odd] == 0 && uses[odd].Count > 0;
        if ((!isMixed && !isAgainstSpec) || uses[odd].Sentence is not { } sentence)
            return null;
        var (term, other) = (WordOf(odd), WordOf(usual));
        var where = isMixed ? $"this change also says \"{other}\"" : $"the spec says \"{other}\" everywhere";
        return RuleHit.In(sentence, uses[odd].At, Severity, $"\"{term}\" here, while {where}.") with { Requirement = uses[odd].Requirement, Suggestion = $"Use \"{other}\" if the same is meant." };
    }

    private static string WordOf(int index) => index % 2 == 0 ? Pairs[index / 2].First[0] : Pairs[index / 2].Second[0];

    private static void Count(ReviewedRequirement requirement, Use[] uses)
    {
        foreach (var sentence in requirement.All)
        {
            foreach (var word in sentence.Words)
            {
                if (!Lookup.TryGetValue(word.Lower, out var entry))
                    continue;
                ref var use = ref uses[entry.Pair * 2 + (entry.IsFirst ? 0 : 1)];
                use.Count++;
                if (use.Sentence is null && !sentence.IsUnchanged)
                    (use.Sentence, use.At, use.Requirement) = (sentence, word.Start, requirement);
            }
        }
    }

    /// <summary>Counts in the main spec as it stands, code included: a rough habit is enough, and nothing is allocated for it.</summary>
    private static int[] CountMain(ReadOnlySpan<char> text)
    {
        var counts = new int[Pairs.Length * 2];
        var words = Lookup.GetAlternateLookup<ReadOnlySpan<char>>();
        while (!text.IsEmpty)
        {
            var length = 0;
            while (length < text.Length && (char.IsAsciiLetter(text[length]) || text[length] == '-'))
                length++;
            if (length is >= 4 and <= 12 && words.TryGetValue(text[..length], out var entry))
                counts[entry.Pair * 2 + (entry.IsFirst ? 0 : 1)]++;
            text = text[Math.Min(text.Length, length + 1)..];
        }

        return counts;
    }

    private struct Use
    {
        public int Count;
        public Sentence? Sentence;
        public int At;
        public ReviewedRequirement? Requirement;
    }
}
