using System.Text.RegularExpressions;
using OpenSpec.Documents;
using Workflow.Changes;
using Workflow.Documents.Text;

namespace Workflow.Documents;

/// <summary>A place that an update made stale.</summary>
/// <param name="Change">Whose document it is.</param>
/// <param name="Path">The document.</param>
/// <param name="Line">From 1.</param>
/// <param name="Quote">The line.</param>
/// <param name="Old">What it still says.</param>
/// <param name="New">What the update says instead.</param>
/// <param name="IsName">A requirement's whole name, which can only mean that requirement: the follow-up can be written without asking.</param>
internal sealed record FollowUp(ChangeId Change, DocumentPath Path, int Line, string Quote, string Old, string New, bool IsName)
{
    /// <summary>For people.</summary>
    public string Why => $"'{Old}' became '{New}'; {Change}/{Path}:{Line} still says '{(Quote.Trim() is { Length: > MaxQuote } longer ? longer[..MaxQuote] + "…" : Quote.Trim())}'";

    private const int MaxQuote = 200;
}

/// <summary>A document that an update did not touch.</summary>
internal sealed record OtherDocument(ChangeId Change, DocumentPath Path, string Text);

/// <summary>
/// Finds what an update makes stale elsewhere: mentions of a requirement that it renames, and an amount (a number with its unit) that it changes in a sentence about
/// the same thing. Only what can be shown word by word counts; a guess would be noise. Pure.
/// </summary>
internal static partial class FollowUps
{
    private const int MaxPerUpdate = 5;

    // A requirement called "Search" is mentioned in every other sentence.
    private const int MinNameWords = 2;

    // Words that two sentences must share, beside the amount, to be about the same thing.
    private const int MinSharedWords = 2;
    private const int MinWordLength = 4;

    public static IReadOnlyList<FollowUp> Find(PreparedUpdate update, IReadOnlyList<OtherDocument> others)
    {
        var found = new List<FollowUp>();
        foreach (var file in update.Files.Where(file => !file.Path.IsReview && file.TextBefore is not null && file.TextAfter is not null))
        {
            foreach (var (old, now) in RenamedRequirements(file))
                found.AddRange(Mentions(others, old, now));
            foreach (var amount in ChangedAmounts(file.TextBefore!, file.TextAfter!))
                found.AddRange(SameAmount(others, amount));
        }

        return [.. found.DistinctBy(one => (one.Change, one.Path, one.Line)).Take(MaxPerUpdate)];
    }

    private static IEnumerable<(string Old, string New)> RenamedRequirements(PreparedFile file)
    {
        if (!file.Path.Value.StartsWith("specs/", StringComparison.Ordinal))
            return [];
        var (before, after) = (Names(file.TextBefore!), Names(file.TextAfter!));
        var gone = before.Except(after, StringComparer.Ordinal).ToArray();
        var came = after.Except(before, StringComparer.Ordinal).ToArray();
        return gone.Length == 1 && came.Length == 1 && gone[0].Split(' ').Length >= MinNameWords ? [(gone[0], came[0])] : [];
    }

    private static List<string> Names(string text)
    {
        var delta = DeltaSpec.Parse(text);
        return [.. delta.Added.Concat(delta.Modified).Select(requirement => requirement.Name)];
    }

    private static IEnumerable<FollowUp> Mentions(IEnumerable<OtherDocument> others, string old, string now) =>
        from other in others
        from line in Lines(other.Text)
        where HasWholeWords(line.Text, old) && !HasWholeWords(line.Text, now)
        select new FollowUp(other.Change, other.Path, line.Number, line.Text, old, now, IsName: true);

    private static IEnumerable<ChangedAmount> ChangedAmounts(string before, string after)
    {
        var (old, now) = (TextLines.Split(before), TextLines.Split(after));
        foreach (var change in LineDiff.Compare(old, now).Where(change => change.OldCount == change.NewCount))
        {
            for (var i = 0; i < change.OldCount; i++)
            {
                var (from, to) = (old[change.OldStart + i], now[change.NewStart + i]);
                var (amounts, others) = (Amount().Matches(from), Amount().Matches(to));
                for (var j = 0; j < amounts.Count && amounts.Count == others.Count; j++)
                {
                    if (!amounts[j].Value.Equals(others[j].Value, StringComparison.OrdinalIgnoreCase))
                        yield return new ChangedAmount(amounts[j].Value, others[j].Value, Words(from));
                }
            }
        }
    }

    private static IEnumerable<FollowUp> SameAmount(IEnumerable<OtherDocument> others, ChangedAmount amount) =>
        from other in others
        from line in Lines(other.Text)
        where HasWholeWords(line.Text, amount.Old) && Words(line.Text).Count(amount.Words.Contains) >= MinSharedWords
        select new FollowUp(other.Change, other.Path, line.Number, line.Text, amount.Old, amount.New, IsName: false);

    // Code is not prose: what stands in a fence or a comment is left alone.
    private static IEnumerable<(string Text, int Number)> Lines(string text)
    {
        var isCode = false;
        var lines = TextLines.Split(text);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r', '\n');
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal) || line.TrimStart().StartsWith("~~~", StringComparison.Ordinal))
                isCode = !isCode;
            else if (!isCode && !line.TrimStart().StartsWith("<!--", StringComparison.Ordinal))
                yield return (line, i + 1);
        }
    }

    /// <summary>Where the words stand with no letter or digit before and after; -1 when nowhere.</summary>
    public static int IndexOfWords(string line, string words)
    {
        for (var at = line.IndexOf(words, StringComparison.OrdinalIgnoreCase); at >= 0; at = line.IndexOf(words, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + words.Length;
            if ((at == 0 || !char.IsLetterOrDigit(line[at - 1])) && (end == line.Length || !char.IsLetterOrDigit(line[end])))
                return at;
        }

        return -1;
    }

    private static bool HasWholeWords(string line, string words) => IndexOfWords(line, words) >= 0;

    private static HashSet<string> Words(string line) =>
        [.. Word().Matches(line).Select(match => match.Value.ToLowerInvariant()).Where(word => word.Length >= MinWordLength && word is not ("shall" or "must" or "when" or "then" or "with" or "that" or "this" or "from" or "system"))];

    [GeneratedRegex(@"(?<![\w.])\d+(?:[.,]\d+)?\s?(?:%|[A-Za-z]+)")]
    private static partial Regex Amount();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();

    private sealed record ChangedAmount(string Old, string New, HashSet<string> Words);
}
