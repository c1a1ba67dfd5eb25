namespace Workflow.Questions.Similarity;

/// <summary>Tells whether two questions mean the same although their words differ. A duplicate that is missed costs one more question; a wrong one costs a wrong answer, so doubt means no. Pure.</summary>
internal static class QuestionSimilarity
{
    /// <summary>
    /// Least share of content words that must stand in the same order. In the labelled pairs of the tests swapped roles ("can a user delete a comment", "can a
    /// comment delete a user") reach 0.33, and rephrasings ("maximum upload size", "maximum size of uploads") go down to 0.67.
    /// </summary>
    public const double MinOrder = 0.6;

    /// <summary>
    /// Least share of content words that two questions must have in common: all of them. Every lower limit merges labelled pairs that ask for different
    /// things ("the session of a guest", "the session of an admin"); see the tests.
    /// </summary>
    public const double MinWords = 1;

    /// <summary>Whether one answer serves both.</summary>
    public static bool MeanTheSame(QuestionSketch one, QuestionSketch other) => one.Key == other.Key && Order(one.Order, other.Order) >= MinOrder;

    /// <summary>Whether one answer serves both.</summary>
    public static bool MeanTheSame(string one, string other) =>
        QuestionSketch.Of(one) is { } first && QuestionSketch.Of(other) is { } second && MeanTheSame(first, second);

    /// <summary>Content words in common, as a share of all (Jaccard), 0 to 1.</summary>
    public static double Words(string one, string other)
    {
        var (first, second) = (ContentSet(one), ContentSet(other));
        if (first.Count == 0 && second.Count == 0)
            return 1;
        var common = first.Count(second.Contains);
        return (double)common / (first.Count + second.Count - common);
    }

    /// <summary>Longest common subsequence, as a share of the longer sequence, 0 to 1.</summary>
    public static double Order(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        if (one.Count == 0 || other.Count == 0)
            return one.Count == other.Count ? 1 : 0;
        var row = new int[other.Count + 1];
        foreach (var word in one)
        {
            var diagonal = 0;
            for (var j = 1; j <= other.Count; j++)
                (diagonal, row[j]) = (row[j], word == other[j - 1] ? diagonal + 1 : Math.Max(row[j], row[j - 1]));
        }

        return (double)row[^1] / Math.Max(one.Count, other.Count);
    }

    private static HashSet<string> ContentSet(string text) =>
        QuestionWords.Of(text).Where(word => word.IsContent).Select(word => word.Stem).ToHashSet(StringComparer.Ordinal);
}
