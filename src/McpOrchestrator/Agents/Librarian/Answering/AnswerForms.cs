using System.Text.RegularExpressions;
using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>Whether a sentence has the form that a question demands.</summary>
internal static partial class AnswerForms
{
    /// <summary>True when <paramref name="sentence"/> could be the answer by its form; its subject is judged elsewhere.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="sentence">What might answer.</param>
    /// <param name="stems">Words of the sentence.</param>
    /// <param name="title">Name of the requirement or scenario, or heading, that it stands under.</param>
    internal static bool Fits(Question question, string sentence, IReadOnlySet<string> stems, string title) => question.Form switch
    {
        AnswerForm.Quantity => HasQuantity(question, sentence),
        AnswerForm.Failure => FailurePattern().IsMatch(sentence) || (FailurePattern().IsMatch(title) && !IsCondition(sentence)),
        AnswerForm.Who => RolePattern().IsMatch(sentence),
        AnswerForm.Where => PlacePattern().IsMatch(sentence),
        AnswerForm.Why => ReasonPattern().IsMatch(sentence),
        AnswerForm.Value => IsAbout(question, title) ? !IsCondition(sentence) : HasNoun(question, stems) && ValuePattern().IsMatch(sentence),
        AnswerForm.Definition => Defines(question, sentence),
        _ => true,
    };

    /// <summary>True for text that asks instead of telling; it never answers.</summary>
    internal static bool IsQuestion(ReadOnlySpan<char> sentence) => sentence.TrimEnd("*_ \t)\"'”").EndsWith('?');

    /// <summary>True for text that tells what happens past a limit.</summary>
    internal static bool TellsBeyond(string sentence) => BeyondPattern().IsMatch(sentence);

    /// <summary>True for the WHEN or GIVEN of a scenario.</summary>
    internal static bool IsCondition(string sentence) => ConditionPattern().IsMatch(sentence);

    /// <summary>True for a sentence that binds: SHALL or MUST.</summary>
    internal static bool IsObligation(string sentence) => sentence.Contains("SHALL", StringComparison.Ordinal) || sentence.Contains("MUST", StringComparison.Ordinal);

    private static bool IsAbout(Question question, string title) => question.ValueNoun is { } noun && Words.StemsOf(title).Contains(noun, StringComparer.Ordinal);

    /// <summary>A number of the right dimension; a plain count must be of something that the question speaks of.</summary>
    private static bool HasQuantity(Question question, string sentence)
    {
        var found = Quantities.In(sentence) & question.Dimension;
        if (found != Dimension.Count || question.Terms.Any(t => t.Role == TermRole.Quality)) return found != Dimension.None;
        return Quantities.CountedIn(sentence).Any(noun => StopWords.IsFrame(noun) || question.Terms.Any(t => t.Stem == noun || Synonyms.Of(t.Stem).Contains(noun)));
    }

    /// <summary>"**Word**: …", "A word is …", "Word means …".</summary>
    private static bool Defines(Question question, string sentence)
    {
        var match = DefinitionPattern().Match(sentence);
        if (!match.Success) return false;
        var defined = Words.StemsOf(match.Groups["word"].Value).ToHashSet(StringComparer.Ordinal);
        return question.Terms.All(t => t.Role == TermRole.Hint || defined.Contains(t.Stem));
    }

    private static bool HasNoun(Question question, IReadOnlySet<string> stems) =>
        question.ValueNoun is not { } noun || stems.Contains(noun) || Synonyms.Of(noun).Any(stems.Contains);

    [GeneratedRegex(@"\b(?:fail(?:s|ed|ure|ures|ing)?|errors?|unavailable|unreachable|invalid|reject(?:s|ed)?|abort(?:s|ed)?|time[sd]?[ -]?out|cannot|could not|unable|missing|lost|corrupt(?:ed)?|refus(?:e|es|ed)|exceptions?|crash(?:es|ed)?|retr(?:y|ies|ied)|denied|unsuccessful(?:ly)?|down)\b", RegexOptions.IgnoreCase)]
    private static partial Regex FailurePattern();

    [GeneratedRegex(@"\b(?:(?:account |project |workspace |team )?(?:owners?|admins?|administrators?|users?|members?|maintainers?|operators?|customers?|editors?|viewers?|authors?|reviewers?|managers?|guests?|roles?|team|teams|staff|support|people|persons?|developers?|engineers?|clients?|callers?|anyone|everyone|nobody|anybody|auditors?))\b", RegexOptions.IgnoreCase)]
    private static partial Regex RolePattern();

    [GeneratedRegex(@"`[^`]+`|\b(?:in|under|into|at|on|to|from) (?:the |a |an |its |their )?[\w ./~$-]*(?:folder|directory|file|bucket|database|table|region|store|storage|server|log|queue|cache|page|dialog|menu|panel|repository|registry|path|disk|vault|centre|center|service)\b|(?:^|\s)[~.\w]*/[\w./-]+|https?://", RegexOptions.IgnoreCase)]
    private static partial Regex PlacePattern();

    [GeneratedRegex(@"\b(?:because|since|so that|in order to|to avoid|to prevent|to keep|reason|otherwise|due to|therefore|as otherwise|avoids?|prevents?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ReasonPattern();

    // A code span, a number, an acronym that is no requirement keyword, a name in the middle of the sentence, or a listing.
    [GeneratedRegex(@"^[-*+\s>|]*(?<word>[^:.|]{1,60}?)(?:\*\*)?\s*(?::|\||–|—|\bis\b|\bare\b|\bmeans?\b|\brefers? to\b)", RegexOptions.IgnoreCase)]
    private static partial Regex DefinitionPattern();

    [GeneratedRegex(@"^[-*+]?\s*\**(?:WHEN|GIVEN)\b")]
    private static partial Regex ConditionPattern();

    [GeneratedRegex(@"`[^`]+`|\d|\b(?!SHALL\b|MUST\b|NOT\b|SHOULD\b|MAY\b|WHEN\b|THEN\b|AND\b|GIVEN\b|OR\b|BUT\b|REQUIRED\b)[A-Z][A-Z0-9-]{1,}\b|(?<=[a-z,] )[A-Z][a-z]+[A-Za-z]*\b|:\s|,\s(?:\w+\s){0,3}(?:and|or)\s|\bas (?:a |an )?\w+")]
    private static partial Regex ValuePattern();

    [GeneratedRegex(@"\b(?:exceed(?:s|ed|ing)?|beyond|longer than|more than|larger than|over the|above|slower|too (?:large|long|many|slow)|times? out|timed out|limit is reached|reaches the limit|after (?:that|this)|otherwise)\b", RegexOptions.IgnoreCase)]
    private static partial Regex BeyondPattern();
}
