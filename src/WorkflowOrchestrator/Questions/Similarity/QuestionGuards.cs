using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Workflow.Questions.Similarity;

/// <summary>
/// The parts of a text of which a single one turns its meaning around: negations and what they negate, numbers, quoted and other names, the direction
/// of comparisons, what kind of question it is and how binding ("must", "may"). Texts whose guards differ never mean the same. Pure.
/// </summary>
internal static partial class QuestionGuards
{
    private static readonly FrozenSet<string> s_negations = Words("not no never without none neither nor cannot except unless nobody nothing nowhere non isn't aren't don't doesn't didn't won't can't shouldn't mustn't hasn't haven't wasn't weren't couldn't wouldn't needn't");
    private static readonly FrozenSet<string> s_directed = Words("from to into before after until since over under above below between by via per than against with during within beyond");
    private static readonly FrozenSet<string> s_numberWords = Words("zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty hundred thousand million first second third once twice half double triple");

    private static readonly SearchValues<char> s_quotes = SearchValues.Create("`\"'\u201c");
    private static readonly SearchValues<char> s_nameSigns = SearchValues.Create("_/.#@$\\");

    private static readonly FrozenDictionary<string, string> s_modals = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["must"] = "must", ["shall"] = "must", ["should"] = "must", ["ought"] = "must", ["supposed"] = "must", ["may"] = "may", ["can"] = "may", ["could"] = "may", ["might"] = "may", ["allowed"] = "may", ["permitted"] = "may",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All guards as one text; equal texts are equal guards.</summary>
    public static string Of(string text, IReadOnlyList<QuestionWord> words) => new StringBuilder()
        .Append("kind ").Append(KindOf(words)).Append('\n')
        .Append("modal ").AppendJoin(' ', words.Select(word => s_modals.GetValueOrDefault(word.Lower)).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)).Append('\n')
        .Append("not ").AppendJoin(' ', WithNext(words, word => s_negations.Contains(word.Lower))).Append('\n')
        .Append("to ").AppendJoin(' ', WithNext(words, word => s_directed.Contains(word.Lower))).Append('\n')
        .Append("numbers ").AppendJoin(' ', NumbersOf(text, words)).Append('\n')
        .Append("names ").AppendJoin('|', NamesOf(text, words))
        .ToString();

    // Most texts have no number and nothing quoted, which is seen faster than searched for.

    /// <summary>Numbers in digits and in words, sorted; 0.30 and .3 are one number.</summary>
    public static IReadOnlyList<string> NumbersOf(string text, IReadOnlyList<QuestionWord> words) =>
    [
        .. (text.Any(char.IsDigit) ? Number().Matches(text).AsEnumerable() : []).Select(match => decimal.TryParse(match.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString("0.############################", CultureInfo.InvariantCulture) : match.Value)
            .Concat(words.Select(word => word.Lower).Where(s_numberWords.Contains))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>How often something is negated.</summary>
    public static int NegationsIn(string text) => QuestionWords.Of(text).Count(word => s_negations.Contains(word.Lower));

    /// <summary>What stands in quotation marks, and words that are no plain ones: identifiers, paths, names inside a sentence. As written, sorted.</summary>
    public static IReadOnlyList<string> NamesOf(string text, IReadOnlyList<QuestionWord> words) =>
    [
        .. (text.AsSpan().ContainsAny(s_quotes) ? Quoted().Matches(text).AsEnumerable() : []).Select(match => match.Groups.Cast<Group>().Skip(1).First(group => group.Success).Value.Trim())
            .Concat(words.Skip(1).Select(word => word.Raw).Where(IsName))
            .Where(name => name.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>What a question asks for. "How long", "how many" and "how" ask for different things; one without such a word is answered by yes or no, or by what its verb says.</summary>
    public static string KindOf(IReadOnlyList<QuestionWord> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i].Lower)
            {
                case "how":
                    var next = i + 1 < words.Count ? words[i + 1].Lower : "";
                    return next is "long" or "many" or "much" or "often" or "large" or "big" or "fast" or "quickly" or "soon" or "far" or "old" ? "how " + next : "how";
                case "what" or "which" or "what's":
                    return "what";
                case "who" or "whom" or "who's":
                    return "who";
                case "whose":
                    return "whose";
                case "when" when i < 3:
                    return "when";
                case "where" or "where's":
                    return "where";
                case "why":
                    return "why";
            }
        }

        return "whether";
    }

    private static IEnumerable<string> WithNext(IReadOnlyList<QuestionWord> words, Func<QuestionWord, bool> isMark)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (!isMark(words[i]))
                continue;
            var next = words.Skip(i + 1).FirstOrDefault(word => word.IsContent).Stem;
            if (words[i].Lower is not "to" || next is not null)
                yield return $"{(s_negations.Contains(words[i].Lower) ? "not" : words[i].Lower)}:{next}";
        }
    }

    private static bool IsName(string word)
    {
        if (word.AsSpan().ContainsAny(s_nameSigns) || (word.Length > 1 && char.IsUpper(word[0])))
            return true;
        foreach (var character in word.AsSpan(1))
        {
            if (char.IsUpper(character))
                return true;
        }

        return false;
    }

    private static FrozenSet<string> Words(string list) => list.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex("""(?<![\p{L}\d])[-+]?(?:\d+(?:\.\d+)?|\.\d+)""")]
    private static partial Regex Number();

    [GeneratedRegex("`([^`\n]+)`|\"([^\"\n]+)\"|\u201c([^\u201d\n]+)\u201d|(?<![\\p{L}\\d])'([^'\n]+)'(?![\\p{L}\\d])")]
    private static partial Regex Quoted();
}
