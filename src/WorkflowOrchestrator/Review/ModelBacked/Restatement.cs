using Workflow.Review.Prompts;

namespace Workflow.Review.ModelBacked;

/// <summary>One reading of a requirement.</summary>
internal sealed record Restatement(string Actor, string Trigger, string Outcome, string Limit)
{
    public const string Schema =
        """
        {"type":"object","additionalProperties":false,"required":["actor","trigger","outcome","limit"],"properties":{
        "actor":{"type":"string","maxLength":80},"trigger":{"type":"string","maxLength":200},"outcome":{"type":"string","maxLength":240},"limit":{"type":"string","maxLength":80}}}
        """;

    /// <summary>Reads an answer.</summary>
    /// <exception cref="AnswerException">It is none.</exception>
    public static Restatement Read(string answer)
    {
        var root = StrictJson.Parse(answer);
        StrictJson.Members(root, "actor", "trigger", "outcome", "limit");
        return new Restatement(StrictJson.Text(root, "actor", 80), StrictJson.Text(root, "trigger", 200), StrictJson.Text(root, "outcome", 240), StrictJson.Text(root, "limit", 80));
    }
}

/// <summary>
/// Compares several readings of one requirement: where a model that reads it several times builds different things, so will people (the consistency of
/// samples tells ambiguity: ClarifyGPT). Pure.
/// </summary>
internal static class ReadingComparison
{
    // Two sentences that share fewer of their content words than this say different things.
    private const double LeastShared = 0.34;

    private static readonly HashSet<string> Fillers = new(StringComparer.Ordinal)
    {
        "the", "a", "an", "of", "to", "and", "is", "in", "for", "with", "that", "be", "or", "on", "by", "are", "it", "its", "from", "as", "at", "this", "when", "then", "shall", "must", "will", "system", "none",
    };

    /// <summary>What the readings differ in, and the different readings; null when they agree.</summary>
    public static (QuestionCause Cause, IReadOnlyList<string> Readings)? Compare(IReadOnlyList<Restatement> readings)
    {
        if (readings.Count < 2)
            return null;
        // A reading without a number says only that this one found none.
        var limits = Distinct(readings.Select(reading => reading.Limit).Where(limit => Numbers(limit).Count > 0), (a, b) => Numbers(a).SetEquals(Numbers(b)));
        if (limits.Count > 1)
            return (QuestionCause.Limit, limits);
        if (Differ(readings.Select(reading => reading.Outcome)) is { } outcomes)
            return (QuestionCause.Outcome, outcomes);
        return Differ(readings.Select(reading => reading.Trigger)) is { } triggers ? (QuestionCause.Trigger, triggers) : null;
    }

    private static List<string>? Differ(IEnumerable<string> texts)
    {
        var distinct = Distinct(texts, (a, b) => Shared(a, b) >= LeastShared);
        return distinct.Count > 1 ? distinct : null;
    }

    private static List<string> Distinct(IEnumerable<string> texts, Func<string, string, bool> isSame)
    {
        var distinct = new List<string>();
        foreach (var text in texts)
        {
            if (!distinct.Exists(known => isSame(known, text)))
                distinct.Add(text);
        }

        return [.. distinct.Take(4)];
    }

    private static double Shared(string a, string b)
    {
        var (first, second) = (Words(a), Words(b));
        if (first.Count == 0 || second.Count == 0)
            return first.Count == second.Count ? 1 : 0;
        return (double)first.Intersect(second).Count() / Math.Min(first.Count, second.Count);
    }

    private static HashSet<string> Words(string text) =>
        text.ToLowerInvariant().Split([.. text.Where(c => !char.IsLetterOrDigit(c)).Distinct()], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => !Fillers.Contains(word))
            .Select(word => word.Length > 4 ? word.TrimEnd('s') : word)
            .ToHashSet(StringComparer.Ordinal);

    private static HashSet<string> Numbers(string text) =>
        text.Split([.. text.Where(c => !char.IsAsciiDigit(c) && c != '.').Distinct()], StringSplitOptions.RemoveEmptyEntries).Select(number => number.Trim('.')).Where(number => number.Length > 0).ToHashSet(StringComparer.Ordinal);
}
