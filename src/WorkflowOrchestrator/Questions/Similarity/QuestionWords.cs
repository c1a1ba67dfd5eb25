using System.Buffers;
using System.Collections.Frozen;

namespace Workflow.Questions.Similarity;

/// <summary>One word of a question as it stands there, and in the form in which words are compared.</summary>
/// <param name="Raw">As written.</param>
/// <param name="Lower">In lower case, with the plain apostrophe.</param>
/// <param name="Stem">Lower case, without the endings of number and tense, synonyms under one name.</param>
/// <param name="IsContent">Whether it says what the question is about.</param>
internal readonly record struct QuestionWord(string Raw, string Lower, string Stem, bool IsContent);

/// <summary>Cuts a question into words. Pure.</summary>
internal static class QuestionWords
{
    private static readonly SearchValues<char> s_separators = SearchValues.Create(" \t\r\n\u00a0?!,;:()[]{}<>|\"\u201c\u201d\u2018\u00ab\u00bb`*=+");

    // Hyphens, slashes and dots belong to a word only inside it.
    private const string Edges = ".'\u2019-/\u2013\u2014";

    // Carry grammar or politeness, not meaning. Negations, quantities, comparisons and words of place and time are not among them: these decide.
    private static readonly FrozenSet<string> s_stopWords = Words(
        "a an the of for in on at to be is are was were been being am do does did done has have had having it its this that these those there here and also so then "
        + "please kindly tell me we us our i my you your know need want like could would ask asking question help say says exactly precisely currently actually really just "
        + "what which whose how who whom when where why if whether s re ll ve must shall should may might can will ought need needs supposed");

    private static readonly FrozenDictionary<string, string> s_synonyms = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["max"] = "maximum", ["maximal"] = "maximum", ["largest"] = "maximum", ["biggest"] = "maximum", ["min"] = "minimum", ["minimal"] = "minimum", ["smallest"] = "minimum",
        ["millisecond"] = "ms", ["msec"] = "ms", ["sec"] = "second", ["hr"] = "hour", ["megabyte"] = "mb", ["gigabyte"] = "gb", ["kilobyte"] = "kb", ["percent"] = "%",
        ["login"] = "signin", ["logon"] = "signin", ["sign-in"] = "signin", ["log-in"] = "signin", ["logout"] = "signout", ["sign-out"] = "signout",
        ["permit"] = "allow", ["remove"] = "delete", ["erase"] = "delete", ["folder"] = "directory", ["e-mail"] = "email", ["mail"] = "email",
        ["time-out"] = "timeout", ["fetch"] = "retrieve", ["kept"] = "keep", ["sent"] = "send", ["ran"] = "run", ["used"] = "use", ["using"] = "use", ["written"] = "write", ["wrote"] = "write", ["chosen"] = "choose",
        ["shown"] = "show", ["displayed"] = "show", ["display"] = "show", ["utilize"] = "use", ["utilise"] = "use", ["config"] = "configuration", ["repo"] = "repository", ["doc"] = "document",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All words in order, grammar included.</summary>
    public static IReadOnlyList<QuestionWord> Of(string text)
    {
        var words = new List<QuestionWord>();
        foreach (var piece in text.AsSpan().SplitAny(s_separators))
        {
            var raw = text.AsSpan(piece).Trim(Edges);
            if (raw.Length == 0)
                continue;
            var word = raw.ToString();
            var lower = word.ToLowerInvariant().Replace('\u2019', '\'');
            var stem = StemOf(lower);
            words.Add(new QuestionWord(word, lower, stem, !s_stopWords.Contains(stem) && !s_stopWords.Contains(lower)));
        }

        return words;
    }

    private static string StemOf(string lower)
    {
        var word = lower;
        if (word.EndsWith("'s", StringComparison.Ordinal))
            word = word[..^2];
        if (s_synonyms.TryGetValue(word, out var name))
            return WithoutEnding(name);
        var stem = WithoutEnding(word);
        return s_synonyms.TryGetValue(stem, out name) ? WithoutEnding(name) : stem;
    }

    // Number and tense only: "uploads", "uploaded" and "uploading" are one, "upload" and "uploader" are not.
    private static string WithoutEnding(string word)
    {
        if (word.Length < 4 || word.Any(character => !char.IsAsciiLetter(character)))
            return word;
        if (word.EndsWith("ies", StringComparison.Ordinal) && word.Length > 4)
            return word[..^3] + "y";
        if (word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal) || word.EndsWith("ches", StringComparison.Ordinal) || word.EndsWith("shes", StringComparison.Ordinal))
            return word[..^2];
        if (word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) && !word.EndsWith("us", StringComparison.Ordinal) && !word.EndsWith("is", StringComparison.Ordinal))
            word = word[..^1];
        if (word.EndsWith("ing", StringComparison.Ordinal) && word.Length > 6)
            return Bare(word[..^3]);
        return word.EndsWith("ed", StringComparison.Ordinal) && word.Length > 5 ? Bare(word[..^2]) : word.Length > 4 && word.EndsWith('e') ? word[..^1] : word;
    }

    private static string Bare(string stem) =>
        stem.Length > 4 && stem[^1] == stem[^2] && stem[^1] is not ('l' or 's' or 'z') ? stem[..^1] : stem.Length > 4 && stem[^1] == 'e' ? stem[..^1] : stem;

    private static FrozenSet<string> Words(string list) => list.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
