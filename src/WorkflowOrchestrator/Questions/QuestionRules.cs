using System.Security.Cryptography;
using System.Text;

namespace Workflow.Questions;

/// <summary>What a question and an answer may be.</summary>
internal static class QuestionRules
{
    public const int MaxTextLength = 8_000;
    public const int MaxContextLength = 64_000;
    public const int MaxAnswerLength = 64_000;
    public const int MaxOptions = 20;
    public const int MaxOptionLength = 1_000;
    public const int MaxNameLength = 200;

    /// <summary>Says in one sentence what is wrong with a question; null when nothing is.</summary>
    public static string? FindProblem(NewQuestion question)
    {
        if (string.IsNullOrWhiteSpace(question.Text)) return "The question must not be empty.";
        if (question.Text.Length > MaxTextLength) return $"The question has {question.Text.Length} characters; at most {MaxTextLength} are allowed. Put long material into 'context'.";
        if (question.Context.Length > MaxContextLength) return $"The context has {question.Context.Length} characters; at most {MaxContextLength} are allowed.";
        if (BinaryProblem("question", question.Text) is { } binary) return binary;
        if (BinaryProblem("context", question.Context) is { } binaryContext) return binaryContext;
        if (question.Options.Count > MaxOptions) return $"{question.Options.Count} options were given; at most {MaxOptions} are allowed.";
        if (question.Options.Any(option => string.IsNullOrWhiteSpace(option) || option.Length > MaxOptionLength))
            return $"Each option must have 1 to {MaxOptionLength} characters.";
        if (question.Options.Select(option => BinaryProblem("option", option)).FirstOrDefault(problem => problem is not null) is { } binaryOption) return binaryOption;
        if (question.RevisionHash is not null && question.ChangeId is null) return "A question of a revision needs its change.";
        return NameProblem("agent_id", question.AgentId) ?? NameProblem("conversation_id", question.ConversationId);
    }

    /// <summary>Says what is wrong with an answer's text; null when nothing is.</summary>
    public static string? FindAnswerProblem(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "The answer must not be empty.";
        if (BinaryProblem("answer", text) is { } binary) return binary;
        return text.Length > MaxAnswerLength ? $"The answer has {text.Length} characters; at most {MaxAnswerLength} are allowed." : null;
    }

    /// <summary>Says what is wrong with the reason for a dismissal; null when nothing is.</summary>
    public static string? FindReasonProblem(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason)) return "Give a reason: others will ask why the question has no answer.";
        return BinaryProblem("reason", reason) ?? (reason.Length > MaxTextLength ? $"The reason has {reason.Length} characters; at most {MaxTextLength} are allowed." : null);
    }

    // Control characters other than tab and line ends, and halves of surrogate pairs, are no text that anybody could read or answer.
    private static string? BinaryProblem(string what, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (character == '\0') return $"The {what} contains a NUL character at position {i}; send text.";
            if (char.IsControl(character) && character is not ('\t' or '\n' or '\r')) return $"The {what} contains the control character U+{(int)character:X4} at position {i}; send plain text, binary data as a path or a description.";
            if (!char.IsSurrogate(character)) continue;
            if (!char.IsHighSurrogate(character) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return $"The {what} is no valid Unicode text at position {i}; send text.";
            i++;
        }

        return null;
    }

    private static string? NameProblem(string key, string? name) =>
        name is not null && (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl)) ? $"'{key}' must have 1 to {MaxNameLength} printable characters." : null;
}

/// <summary>Tells whether two questions mean the same, cheaply and without judgement: same words, same context, same conversation so far.</summary>
internal static class QuestionFingerprint
{
    /// <summary>SHA-256, 64 hexadecimal digits.</summary>
    /// <param name="text">The question; case, white space and closing punctuation do not count.</param>
    /// <param name="context">What it refers to; white space does not count.</param>
    /// <param name="conversation">The conversation, when the question is not its first: "and why?" means something else in each.</param>
    public static string Of(string text, string context, string? conversation) => Hash($"{Normalise(text)}\n{PassageHash.Collapse(context)}\n{conversation}");

    /// <summary>The same for an identity that the asker gave: see <see cref="NewQuestion.Identity"/>.</summary>
    public static string Of(string identity) => Hash($"identity\n{Normalise(identity)}");

    /// <summary>Lower case, single spaces, no closing punctuation.</summary>
    public static string Normalise(string text) =>
        PassageHash.Collapse(text).ToLowerInvariant().TrimEnd('?', '!', '.', ' ');

    private static string Hash(string identity) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
}

/// <summary>Identity of a passage that survives re-wrapping but no change of words.</summary>
internal static class PassageHash
{
    public static string Of(string passage) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Collapse(passage))));

    /// <summary>Every run of white space becomes one space; none at the ends.</summary>
    public static string Collapse(string text)
    {
        var result = new StringBuilder(text.Length);
        var pending = false;
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character))
            {
                pending = result.Length > 0;
                continue;
            }

            if (pending) result.Append(' ');
            pending = false;
            result.Append(character);
        }

        return result.ToString();
    }
}
