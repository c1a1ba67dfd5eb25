using System.Collections.Frozen;
using System.Globalization;
using Workflow.Review.Reading;

namespace Workflow.Review.Coding;

/// <summary>
/// Which changed parts are about a requirement, told by words: those of its name, its code spans and its rarer nouns, in code split at case and
/// underscores. Honest and coarse: it sees that code names a thing, never that it does it. Pure.
/// </summary>
internal sealed class CodeEvidence
{
    private const int LongestEvidence = 6;
    private const int ShortestTerm = 4;

    // A part that shares fewer terms could be about anything.
    private const int FewestTerms = 2;

    private static readonly FrozenSet<string> Common = new[]
    {
        "shall", "must", "when", "then", "given", "with", "that", "this", "from", "into", "each", "only", "have", "been", "will", "system", "user", "users", "value", "should", "does", "there", "their", "which", "after",
        "before", "where", "what", "than", "also", "show", "shows", "displays", "provide", "support", "existing", "requirement", "scenario", "return", "string", "public", "private", "static", "const", "class", "function",
    }.ToFrozenSet();

    private readonly List<(DiffFile File, DiffHunk Hunk, HashSet<string> Terms)> _parts = [];

    public CodeEvidence(IReadOnlyList<DiffFile> files)
    {
        foreach (var file in files)
        {
            foreach (var hunk in file.Hunks)
                _parts.Add((file, hunk, [.. hunk.Lines.SelectMany(line => Terms(line.Text)).Concat(Terms(file.Path))]));
        }
    }

    /// <summary>Parts about a requirement, those that share the most terms first.</summary>
    public IReadOnlyList<DiffHunk> Code(ReviewedRequirement requirement) => Parts(TermsOf(requirement), isTest: false);

    /// <summary>Parts of tests about it.</summary>
    public IReadOnlyList<DiffHunk> Tests(ReviewedRequirement requirement) => Parts(TermsOf(requirement), isTest: true);

    /// <summary>What the rules alone can say.</summary>
    public RequirementCheck Check(ReviewedRequirement requirement)
    {
        var (code, tests) = (Code(requirement), Tests(requirement));
        var verdict = code.Count > 0 ? CodeVerdict.Mentioned : CodeVerdict.Missed;
        var reason = code.Count > 0
            ? "Changed code names what it is about; rules cannot tell whether it does it."
            : tests.Count > 0 ? "Only tests name what it is about." : "No changed code names what it is about.";
        return new RequirementCheck(requirement.Capability, requirement.Name, verdict, tests.Count > 0, ReviewFacts.BuiltIn, reason, [.. code.Concat(tests).Take(LongestEvidence).Select(Place)], Untested(requirement), []);
    }

    /// <summary>Scenarios of which no changed test shares the terms of name and outcome.</summary>
    public IReadOnlyList<string> Untested(ReviewedRequirement requirement) =>
        [.. requirement.Scenarios.Where(scenario => Parts([.. Terms(scenario.Name), .. scenario.Sentences.Where(sentence => sentence.Place is SentencePlace.Then or SentencePlace.When).SelectMany(sentence => Terms(sentence.ToString()))], isTest: true).Count == 0).Select(scenario => scenario.Name)];

    public static string Place(DiffHunk hunk) =>
        string.Create(CultureInfo.InvariantCulture, $"{hunk.Path}:{(hunk.Lines.FirstOrDefault(line => line.Kind == '+') ?? hunk.Lines[0]).Number}");

    private List<DiffHunk> Parts(HashSet<string> terms, bool isTest) =>
        [.. _parts
            .Where(part => part.File.IsTest == isTest && part.Hunk.Lines.Count > 0)
            .Select(part => (part.Hunk, Shared: part.Terms.Count(terms.Contains)))
            .Where(part => part.Shared >= Math.Min(FewestTerms, Math.Max(1, terms.Count)))
            .OrderByDescending(part => part.Shared)
            .ThenBy(part => part.Hunk.Path, StringComparer.Ordinal)
            .Select(part => part.Hunk)];

    private static HashSet<string> TermsOf(ReviewedRequirement requirement) =>
        [.. Terms(requirement.Name), .. requirement.Statement.SelectMany(sentence => Terms(sentence.ToString()))];

    /// <summary>Words of a text or of identifiers: "maxRetryCount" is max, retry, count.</summary>
    internal static IEnumerable<string> Terms(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var isLetter = i < text.Length && char.IsLetter(text[i]);
            var isBreak = isLetter && i > start && char.IsUpper(text[i]) && !char.IsUpper(text[i - 1]);
            if (isLetter && !isBreak)
                continue;
            if (i - start >= ShortestTerm && Stem(text[start..i].ToLowerInvariant()) is var term && !Common.Contains(term))
                yield return term;
            start = isBreak ? i : i + 1;
        }
    }

    private static string Stem(string word) => word.Length > 4 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1] : word;
}
