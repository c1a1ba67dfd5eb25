using Workflow.Questions.Similarity;

namespace Workflow.Questions;

/// <summary>Decides whether a new question is one that was asked already, in other words. Pure.</summary>
internal static class SameQuestionPolicy
{
    // So many content words say by themselves what a question is about; with fewer, the context does.
    private const int SelfContained = 4;

    /// <param name="question">What is asked now.</param>
    /// <param name="sketch">Its sketch.</param>
    /// <param name="earlier">A question about the same change with the same sketch.</param>
    /// <param name="followsUp">Whether either of them goes on with an earlier one of its conversation: then its words alone do not say what it means.</param>
    /// <summary>Whether one answer serves both.</summary>
    public static bool IsSame(NewQuestion question, QuestionSketch sketch, Question earlier, bool followsUp)
    {
        if (followsUp && question.ConversationId != earlier.ConversationId)
            return false;
        if (question.AgentId != earlier.AgentId || !SameChoice(question.Options, earlier.Options))
            return false;
        if (!SameContext(question, sketch, earlier))
            return false;
        return QuestionSketch.Of(earlier.Text) is { } other && QuestionSimilarity.MeanTheSame(sketch, other);
    }

    /// <summary>Whether both offer the same answers to choose from, in whatever order.</summary>
    public static bool SameChoice(IReadOnlyList<string> now, IReadOnlyList<string> earlier) => now.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(earlier);

    private static bool SameContext(NewQuestion question, QuestionSketch sketch, Question earlier)
    {
        if (PassageHash.Collapse(question.Context) == PassageHash.Collapse(earlier.Context))
            return true;
        var oneIsSilent = question.Context.Length == 0 || earlier.Context.Length == 0;
        return oneIsSilent && question.ChangeId is not null && sketch.Order.Count >= SelfContained;
    }
}
