using System.Text;
using System.Text.Json;
using Platform.Json;

namespace Workflow.Questions.Human;

/// <summary>
/// A question put to the person behind the client that asked it, while that client waits. What carries it (elicitation of MCP) is the transport's matter. Pure.
/// </summary>
/// <param name="Message">What the person reads.</param>
/// <param name="Options">What the person may choose from; empty: free text.</param>
/// <param name="Default">What is filled in already.</param>
internal sealed record HumanForm(string Message, IReadOnlyList<string> Options, string? Default)
{
    private const int MaxContext = 1000;
    private const int MaxAlternatives = 3;

    /// <summary>The form of a question, with what agents said to it without being sure enough.</summary>
    public static HumanForm For(QuestionView view)
    {
        var question = view.Question;
        var message = new StringBuilder(question.Text);
        if (question.Context.Length > 0)
            message.Append("\n\n").Append(Shorten(question.Context));
        foreach (var answer in view.Alternatives.Where(answer => !answer.IsRejected).Take(MaxAlternatives))
            message.Append("\n\n").Append(answer.AnsweredBy).Append(" thinks: ").Append(Shorten(answer.Text));
        return new HumanForm(message.ToString(), question.Options, question.Default is { } given && (question.Options.Count == 0 || question.Options.Contains(given)) ? given : null);
    }

    /// <summary>The person's answer in a filled form; null when there is none that can be taken.</summary>
    /// <param name="isAccepted">Whether the person sent the form off, and did not decline or close it.</param>
    /// <param name="field">The field's content.</param>
    public static string? AnswerIn(bool isAccepted, JsonElement? field) =>
        isAccepted && field is { ValueKind: JsonValueKind.String } text && JsonUnicode.Mend(text).GetString() is { } answer && QuestionRules.FindAnswerProblem(answer) is null ? answer.Trim() : null;

    private static string Shorten(string text)
    {
        if (text.Length <= MaxContext)
            return text;
        var end = char.IsHighSurrogate(text[MaxContext - 1]) ? MaxContext - 1 : MaxContext;
        return text[..end] + "…";
    }
}
