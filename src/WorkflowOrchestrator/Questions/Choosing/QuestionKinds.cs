using Workflow.Questions.Similarity;

namespace Workflow.Questions.Choosing;

/// <summary>Sorts questions into the kinds for which agents' success is counted: an agent that finds limits need not know reasons. Pure.</summary>
internal static class QuestionKinds
{
    public const string Choice = "choice";
    public const string Quantity = "quantity";

    public static string Of(string text, IReadOnlyList<string> options)
    {
        if (options.Count > 0)
            return Choice;
        var kind = QuestionGuards.KindOf(QuestionWords.Of(text.Length <= QuestionSketch.LongestText ? text : text[..QuestionSketch.LongestText]));
        return kind.StartsWith("how ", StringComparison.Ordinal) ? Quantity : kind;
    }
}
