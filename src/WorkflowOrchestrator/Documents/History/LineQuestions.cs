using Workflow.Questions;

namespace Workflow.Documents.History;

/// <summary>Which of an update's questions a line comes from.</summary>
internal static class LineQuestions
{
    private const int MinAnswerLength = 8; // "yes" stands in many lines

    /// <summary>
    /// The questions that the line itself names (the mark that clarifications carry, or the words of the answer); else those that its block names; else all,
    /// when the update does nothing but write answers.
    /// </summary>
    public static IReadOnlyList<QuestionView> Of(UpdateRecord update, string line, string block, IQuestions questions)
    {
        var views = update.QuestionIds.Select(id => QuestionId.TryParse(id, out var parsed) ? questions.Find(parsed) : null).OfType<QuestionView>().ToList();
        if (views.FindAll(view => IsNamed(view, line)) is { Count: > 0 } own)
            return own;
        if (views.FindAll(view => IsNamed(view, block)) is { Count: > 0 } near)
            return near;
        return (update.Kinds & UpdateKinds.MechanicalRepair) == UpdateKinds.None ? views : [];
    }

    private static bool IsNamed(QuestionView view, string text) =>
        text.Contains(view.Question.Id.Value, StringComparison.Ordinal)
        || (view.Answer is { } answer && answer.Text.Trim() is { Length: >= MinAnswerLength } words && text.Contains(words, StringComparison.OrdinalIgnoreCase));
}
