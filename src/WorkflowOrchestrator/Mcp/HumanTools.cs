using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Questions;
using Workflow.Questions.Human;

namespace Workflow.Mcp;

/// <summary>The person's inbox, and what a person can do with a question besides answering it.</summary>
[McpServerToolType]
internal sealed class HumanTools(IQuestions questions, HumanInbox inbox)
{
    [McpServerTool(Name = "get_inbox", Title = "Questions for the human", UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("The questions that only a person can answer: those to be answered now, most urgent first, and those that wait for their turn (quiet hours, the day's budget, the next batch) with the time of it.")]
    public InboxResult Inbox() => InboxResult.From(inbox.Read());

    [McpServerTool(Name = "dismiss_question", Title = "Dismiss a question", UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("A person says that a waiting question needs no answer. It, and what means the same, is not asked again.")]
    public async Task<SubmitResult> DismissAsync(
        McpServer server,
        [Description("The question's id, or the first or last four or more characters of it.")] string question_id,
        [Description("Why it needs no answer.")] string reason) =>
        Result(await questions.DismissAsync(questions.ResolveId(question_id), CallerNames.NameOf(server), reason, CancellationToken.None));

    [McpServerTool(Name = "reject_answer", Title = "Reject an answer", UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false)]
    [Description("A person says that the accepted answer of a question is wrong. The answer stays on record, the question waits for a person, and the agent's answers count for less from now on.")]
    public async Task<SubmitResult> RejectAsync([Description("The question's id, or the first or last four or more characters of it.")] string question_id) =>
        Result(await questions.RejectAnswerAsync(questions.ResolveId(question_id), CancellationToken.None));

    /// <summary>What came of it, or the words of the refusal.</summary>
    /// <exception cref="McpException">It was refused.</exception>
    internal static SubmitResult Result(AnswerOutcome outcome) => outcome switch
    {
        AnswerOutcome.Dismissed dismissed => new SubmitResult(dismissed.Question.Id.Value, dismissed.Question.Status, "dismissed", null, null),
        AnswerOutcome.Rejected rejected => new SubmitResult(rejected.Question.Id.Value, rejected.Question.Status, "rejected", null, null),
        AnswerOutcome.Invalid invalid => throw new McpException(invalid.Reason),
        AnswerOutcome.UnknownQuestion unknown => throw new McpException($"There is no question '{unknown.Id}'."),
        _ => throw new InvalidOperationException("An outcome of a kind that is not known."),
    };
}

/// <summary>Result of <c>get_inbox</c>.</summary>
/// <param name="Now">To be answered now.</param>
/// <param name="Later">Wait for their turn; may be answered all the same.</param>
/// <param name="ShownToday">Questions put before the person since midnight.</param>
/// <param name="QuestionsPerDay">The budget; 0: no limit.</param>
internal sealed record InboxResult(IReadOnlyList<InboxEntry> Now, IReadOnlyList<InboxEntry> Later, int ShownToday, int QuestionsPerDay)
{
    public static InboxResult From(InboxView view) =>
        new([.. view.Now.Select(InboxEntry.From)], [.. view.Later.Select(InboxEntry.From)], view.ShownToday, view.QuestionsPerDay);
}

/// <summary>One entry of the inbox.</summary>
/// <param name="Question">The question with what agents said to it.</param>
/// <param name="Blocking">Whether a change cannot be finished without it.</param>
/// <param name="SharedBy">How many further questions mean the same and get the same answer.</param>
/// <param name="Until">Until when it waits; null: it is shown now.</param>
/// <param name="Reason">Why it waits.</param>
internal sealed record InboxEntry(QuestionItem Question, bool Blocking, int SharedBy, DateTimeOffset? Until, string? Reason)
{
    public static InboxEntry From(InboxItem item) => new(QuestionItem.From(item.View), item.View.Question.IsBlocking, item.SharedBy, item.Until, item.Reason);
}
