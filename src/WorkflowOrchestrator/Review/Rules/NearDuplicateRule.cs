using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>Two requirements of a capability say nearly the same: one will be changed and the other forgotten.</summary>
/// <remarks>
/// Source: INCOSE Guide to Writing Requirements, "unique". Similarity is the Jaccard index of the words. Only pairs that share a rare word are
/// compared (prefix filter), and of these a bounded number, so the time stays linear.
/// </remarks>
internal sealed class NearDuplicateRule : ReviewRule
{
    private const double LeastSimilarity = 0.7;

    // Shorter statements are alike by chance.
    private const int FewestWords = 8;

    private const int MostCandidates = 32;

    private static readonly QuestionTemplate Question = new(QuestionCause.Scope, "'{name}' says nearly the same as '{other}': are both needed, and in what do they differ?")
    {
        Options = ["One of them can go", "Both are needed: the difference has to be named"],
    };

    public override string Id => "near-duplicate";

    public override int Number => 23;

    public override string Title => "Nearly the same requirement twice";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        foreach (var group in change.Requirements.GroupBy(requirement => requirement.Capability, StringComparer.Ordinal))
        {
            var entries = FromMainSpec(change, group.Key).Concat(group.Select(requirement => new Entry(requirement.Name, WordsOf(requirement.Statement), requirement)))
                .Where(entry => entry.Words.Count >= FewestWords)
                .ToArray();
            foreach (var (requirement, other) in Pairs(entries))
            {
                yield return RuleHit.On(requirement.Document, requirement.Header, Severity, $"The requirement says nearly the same as '{Short(other)}'.") with
                {
                    Requirement = requirement,
                    Suggestion = "Merge them, or say in both what sets them apart.",
                    Question = Question.Fill(("name", Short(requirement.Name)), ("other", Short(other))),
                };
            }
        }
    }

    private static IEnumerable<(ReviewedRequirement Requirement, string Other)> Pairs(Entry[] entries)
    {
        var frequency = entries.SelectMany(entry => entry.Words).CountBy(word => word, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var index = new Dictionary<string, List<Entry>>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            // two sets of this similarity share one of their rarest words
            var prefix = entry.Words.OrderBy(word => frequency[word]).ThenBy(word => word, StringComparer.Ordinal)
                .Take(entry.Words.Count - (int)Math.Ceiling(LeastSimilarity * entry.Words.Count) + 1)
                .ToArray();
            if (entry.Requirement is { } requirement && !requirement.Statement.All(sentence => sentence.IsUnchanged))
            {
                var candidates = prefix.SelectMany(word => index.GetValueOrDefault(word) ?? []).Take(MostCandidates);
                if (candidates.FirstOrDefault(other => Similarity(entry.Words, other.Words) >= LeastSimilarity) is { } twin)
                    yield return (requirement, twin.Name);
            }

            foreach (var word in prefix)
            {
                if (!index.TryGetValue(word, out var list))
                    index[word] = list = [];
                if (list.Count < MostCandidates)
                    list.Add(entry);
            }
        }
    }

    private static IEnumerable<Entry> FromMainSpec(ReviewedChange change, string capability)
    {
        if (!change.MainSpecs.TryGetValue(capability, out var main))
            return [];
        var delta = change.Deltas.First(entry => entry.Capability == capability).Delta;
        var touched = delta.Modified.Select(block => block.Name).Concat(delta.Removed.Select(removed => removed.Name)).Concat(delta.Renamed.Select(pair => pair.From))
            .Concat(delta.Added.Select(block => block.Name)).ToHashSet(StringComparer.Ordinal);
        return main.Requirements.Where(block => !touched.Contains(block.Name)).Select(block => new Entry(block.Name, WordsOf(block.Body), null));
    }

    private static HashSet<string> WordsOf(IEnumerable<Sentence> statement) => WordsOf(string.Join(' ', statement));

    private static HashSet<string> WordsOf(string text) =>
        Words.Of(text, 0, text.Length).Select(word => word.Lower).ToHashSet(StringComparer.Ordinal);

    private static double Similarity(HashSet<string> a, HashSet<string> b)
    {
        if (Math.Min(a.Count, b.Count) < LeastSimilarity * Math.Max(a.Count, b.Count))
            return 0;
        var common = a.Count(b.Contains);
        return (double)common / (a.Count + b.Count - common);
    }

    private sealed record Entry(string Name, HashSet<string> Words, ReviewedRequirement? Requirement);
}
