using System.Text.Json.Serialization;
using Workflow.Questions;

namespace Workflow.Mcp;

/// <summary>Result of <c>ask_question</c>.</summary>
internal sealed record AskResult(string QuestionId, QuestionStatus Status, string? Answer, string? AnsweredBy, double? Confidence, string ConversationId)
{
    public static AskResult From(QuestionView view) =>
        new(view.Question.Id.Value, view.Question.Status, view.Answer?.Text, view.Answer?.AnsweredBy, view.Answer?.Confidence, view.Question.ConversationId);
}

/// <summary>Result of <c>get_answer</c>.</summary>
/// <param name="Stale">Whether a passage that the answer rests on has changed since; null while there is no answer.</param>
internal sealed record AnswerResult(
    string QuestionId,
    QuestionStatus Status,
    string Question,
    string? Answer,
    string? AnsweredBy,
    string? Route,
    double? Confidence,
    IReadOnlyList<EvidenceItem> Evidence,
    bool? Stale,
    IReadOnlyList<AlternativeItem> Alternatives,
    IReadOnlyList<string> Options)
{
    public static AnswerResult From(QuestionView view, EvidenceReader reader) => new(
        view.Question.Id.Value,
        view.Question.Status,
        view.Question.Text,
        view.Answer?.Text,
        view.Answer?.AnsweredBy,
        view.Answer?.Route,
        view.Answer?.Confidence,
        EvidenceItem.From(view.Answer),
        view.Answer is null ? null : reader.FindStale(view.Answer.Evidence) is not null,
        [.. view.Alternatives.Select(AlternativeItem.From)],
        view.Question.Options);
}

internal sealed record EvidenceItem(string Path, int Line, string Quote, string Hash)
{
    public static IReadOnlyList<EvidenceItem> From(Answer? answer) =>
        answer is null ? [] : [.. answer.Evidence.Select(passage => new EvidenceItem(passage.Path, passage.Line, passage.Quote, passage.Hash))];
}

/// <summary>An answer that does not count, or not any more.</summary>
internal sealed record AlternativeItem(string Answer, string AnsweredBy, string Route, double Confidence, DateTimeOffset At)
{
    public static AlternativeItem From(Answer answer) => new(answer.Text, answer.AnsweredBy, answer.Route, answer.Confidence, answer.At);
}

/// <summary>One entry of <c>list_questions</c>.</summary>
/// <param name="SameAs">The question that means the same and was asked first: one answer serves both.</param>
/// <param name="EndReason">Why it ended without an answer.</param>
internal sealed record QuestionItem(
    string QuestionId,
    QuestionStatus Status,
    string Question,
    string Context,
    IReadOnlyList<string> Options,
    string? Default,
    string? Change,
    string? Revision,
    string? FindingId,
    string AskedBy,
    string ConversationId,
    int Priority,
    DateTimeOffset AskedAt,
    DateTimeOffset? SettledAt,
    string? Answer,
    string? AnsweredBy,
    string? Route,
    double? Confidence,
    IReadOnlyList<EvidenceItem> Evidence,
    IReadOnlyList<AlternativeItem> Alternatives,
    string? SameAs,
    string? EndReason)
{
    /// <summary>About how long it is.</summary>
    [JsonIgnore]
    public int Characters =>
        Question.Length + Context.Length + (Answer?.Length ?? 0) + Options.Sum(option => option.Length) + Alternatives.Sum(other => other.Answer.Length) + Evidence.Sum(passage => passage.Quote.Length);

    public static QuestionItem From(QuestionView view)
    {
        var question = view.Question;
        return new QuestionItem(
            question.Id.Value,
            question.Status,
            question.Text,
            question.Context,
            question.Options,
            question.Default,
            question.ChangeId?.Value,
            question.RevisionHash?.Value,
            question.FindingId,
            question.AskedBy,
            question.ConversationId,
            question.Priority,
            question.AskedAt,
            question.SettledAt,
            view.Answer?.Text,
            view.Answer?.AnsweredBy,
            view.Answer?.Route,
            view.Answer?.Confidence,
            EvidenceItem.From(view.Answer),
            [.. view.Alternatives.Select(AlternativeItem.From)],
            question.SameAs?.Value,
            question.EndReason);
    }
}

/// <summary>Result of <c>list_questions</c>.</summary>
/// <param name="NextCursor">Give it as <c>cursor</c> to get the next page; null on the last.</param>
internal sealed record QuestionListResult(IReadOnlyList<QuestionItem> Questions, string? NextCursor)
{
    // A page ends after so much text: contexts may have 64,000 characters each, and no model reads more, no client takes more.
    private const int MaxCharacters = 200_000;

    /// <summary>The page, or as much of it as one answer may hold.</summary>
    public static QuestionListResult Of(QuestionPage page)
    {
        var items = page.Items.Select(QuestionItem.From).ToList();
        var size = 0L;
        var tooMuch = items.FindIndex(item => (size += item.Characters) > MaxCharacters);
        if (tooMuch < 0)
            return new QuestionListResult(items, page.NextCursor);
        var fitting = Math.Max(1, tooMuch);
        return new QuestionListResult(items[..fitting], fitting < items.Count ? items[fitting - 1].QuestionId : page.NextCursor);
    }
}

/// <summary>Result of <c>submit_answer</c>.</summary>
/// <param name="Outcome"><c>accepted</c>, <c>kept_as_alternative</c>, <c>already_given</c>, <c>rejected</c> or <c>dismissed</c>.</param>
/// <param name="Answer">The answer that counts now.</param>
internal sealed record SubmitResult(string QuestionId, QuestionStatus Status, string Outcome, string? Answer, string? AnsweredBy);
