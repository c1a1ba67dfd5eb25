namespace Workflow.Questions.Similarity;

/// <summary>Tells whether two answers to one question say the same. Pure.</summary>
internal static class AnswerAgreement
{
    // Of the shorter answer's content words, found in the longer one: "10 MB" agrees with "Uploads are limited to 10 MB." when the numbers do.
    private const double MinShared = 0.6;

    // Compared in full these would cost more than they tell.
    private const int LongestText = 4000;

    /// <param name="one">An answer.</param>
    /// <param name="other">Another's answer to the same question.</param>
    /// <param name="options">The answers to choose from, if the question has any.</param>
    /// <summary>Whether they agree: the same option; or the same numbers, as many negations and mostly the same words.</summary>
    public static bool Agree(string one, string other, IReadOnlyList<string> options)
    {
        if (Normalise(one) == Normalise(other))
            return true;
        if (OptionIn(one, options) is { } first && OptionIn(other, options) is { } second)
            return first == second;
        if (one.Length > LongestText || other.Length > LongestText)
            return false;
        if (!QuestionGuards.NumbersOf(one, QuestionWords.Of(one)).ToHashSet(StringComparer.Ordinal).SetEquals(QuestionGuards.NumbersOf(other, QuestionWords.Of(other))))
            return false;
        if (QuestionGuards.NegationsIn(one) != QuestionGuards.NegationsIn(other) || Verdict(one) != Verdict(other))
            return false;
        var (small, large) = (ContentSet(one), ContentSet(other));
        if (small.Count > large.Count)
            (small, large) = (large, small);
        return small.Count > 0 && (double)small.Count(large.Contains) / small.Count >= MinShared;
    }

    /// <summary>The option that an answer names: all of it, or the only one that stands in it. Null when it names none, or several.</summary>
    public static string? OptionIn(string answer, IReadOnlyList<string> options)
    {
        var text = Normalise(answer);
        var exact = options.FirstOrDefault(option => Normalise(option) == text);
        if (exact is not null)
            return exact;
        var named = options.Where(option => $" {text} ".Contains($" {Normalise(option)} ", StringComparison.Ordinal)).Take(2).ToList();
        return named.Count == 1 ? named[0] : null;
    }

    // "Yes, ..." and "No, ..." contradict each other whatever follows.
    private static string Verdict(string answer) => QuestionWords.Of(answer) is [var first, ..] && first.Stem is "yes" or "no" or "true" or "false" ? first.Stem : "";

    private static string Normalise(string text) => string.Join(' ', QuestionWords.Of(text).Select(word => word.Lower));

    private static HashSet<string> ContentSet(string text) =>
        QuestionWords.Of(text).Where(word => word.IsContent).Select(word => word.Stem).ToHashSet(StringComparer.Ordinal);
}
