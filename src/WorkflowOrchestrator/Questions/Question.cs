using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>Where a question stands. Stored by name.</summary>
internal enum QuestionStatus
{
    /// <summary>Waits for the router.</summary>
    Open,

    /// <summary>The router is trying its routes.</summary>
    Routing,

    /// <summary>No route but the human is left.</summary>
    AwaitingHuman,

    /// <summary>Has an accepted answer.</summary>
    Answered,

    /// <summary>Nobody needs the answer any more: its revision was superseded, or a person dismissed it (<see cref="Question.DismissedBy"/>).</summary>
    Withdrawn,

    /// <summary>Its change was archived, renamed or deleted before anybody answered.</summary>
    Expired,
}

/// <summary>A question to ask.</summary>
/// <param name="Text">The question itself, 1 to <see cref="QuestionRules.MaxTextLength"/> characters.</param>
/// <param name="AskedBy">Who asks: <c>reviewer</c>, a client's name, a person.</param>
internal sealed record NewQuestion(string Text, string AskedBy)
{
    /// <summary>The change that it is about.</summary>
    public ChangeId? ChangeId { get; init; }

    /// <summary>The revision whose review raised it. A revision asks each question once.</summary>
    public RevisionHash? RevisionHash { get; init; }

    /// <summary>The finding that it would resolve.</summary>
    public string? FindingId { get; init; }

    /// <summary>What one needs to know to answer it (the requirement's text, for example).</summary>
    public string Context { get; init; } = "";

    /// <summary>
    /// What makes two questions the same, when the asker knows better than their words do (a rule and the words that it is about, for example);
    /// null: the text and the context.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>Answers to choose from; empty when it is open.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>What would be done without an answer.</summary>
    public string? Default { get; init; }

    /// <summary>The agent whose answer is wanted; null when any will do.</summary>
    public string? AgentId { get; init; }

    /// <summary>The conversation that it continues; null starts a new one.</summary>
    public string? ConversationId { get; init; }

    /// <summary>Questions with a greater number go first; 0 is usual.</summary>
    public int Priority { get; init; }
}

/// <summary>A stored question.</summary>
/// <param name="Id">Sorts by the time of asking.</param>
/// <param name="Fingerprint">Equal for questions that mean the same: see <see cref="QuestionFingerprint"/>.</param>
/// <param name="ConversationId">The first question's id, unless the asker named one.</param>
/// <param name="AgentsTried">Whether any agent was reached for it.</param>
/// <param name="SettledAt">When it was answered, withdrawn or expired.</param>
internal sealed record Question(
    QuestionId Id,
    ChangeId? ChangeId,
    RevisionHash? RevisionHash,
    string? FindingId,
    string Text,
    string Context,
    IReadOnlyList<string> Options,
    string? Default,
    string Fingerprint,
    QuestionStatus Status,
    string AskedBy,
    string? AgentId,
    string ConversationId,
    int Priority,
    bool AgentsTried,
    DateTimeOffset AskedAt,
    DateTimeOffset? SettledAt)
{
    /// <summary>The question that means the same and was asked first: one answer serves both, and only that one is routed.</summary>
    public QuestionId? SameAs { get; init; }

    /// <summary><see cref="Similarity.QuestionSketch.Key"/>; null when the question cannot be judged by its words.</summary>
    public string? Sketch { get; init; }

    /// <summary>Why it ended without an answer, for people.</summary>
    public string? EndReason { get; init; }

    /// <summary>Who dismissed it. A dismissed question is not asked again.</summary>
    public string? DismissedBy { get; init; }

    /// <summary>When it was first put before a person; null while it waits for its turn.</summary>
    public DateTimeOffset? ShownAt { get; init; }

    /// <summary>Whether nothing more is going to happen to it by itself.</summary>
    public bool HasEnded => Status is QuestionStatus.Answered or QuestionStatus.Withdrawn or QuestionStatus.Expired;

    /// <summary>Whether a change cannot be finished without it; the others are advice.</summary>
    public bool IsBlocking => RevisionHash is not null;

    /// <summary>Whether its change may go on without it, or has to wait for a person: nothing more will come from the router by itself.</summary>
    public bool IsSettled => Status is not (QuestionStatus.Open or QuestionStatus.Routing);
}

/// <summary>A question with what has been said to it.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">The accepted answer, if any.</param>
/// <param name="Alternatives">Answers that were not accepted: of too little confidence, or later than the accepted one. Oldest first.</param>
internal sealed record QuestionView(Question Question, Answer? Answer, IReadOnlyList<Answer> Alternatives)
{
    /// <summary>The question with what the store has of its answers.</summary>
    public static QuestionView Of(IStoreReader reader, Question question)
    {
        var given = AnswerStore.Of(reader, question.Id);
        var accepted = question.Status == QuestionStatus.Answered ? given.FirstOrDefault(answer => answer.Accepted) : null;
        return new QuestionView(question, accepted, [.. given.Where(answer => answer != accepted)]);
    }
}

/// <summary>One page of a list, newest first.</summary>
/// <param name="Items">The questions of this page.</param>
/// <param name="NextCursor">Where the next page starts; null on the last.</param>
internal sealed record QuestionPage(IReadOnlyList<QuestionView> Items, string? NextCursor);

/// <summary>Which questions to list.</summary>
/// <param name="Statuses">Only these; empty means all.</param>
/// <param name="ChangeId">Only of this change.</param>
/// <param name="Cursor">From <see cref="QuestionPage.NextCursor"/>.</param>
/// <param name="Limit">Most questions on the page, 1 to 200.</param>
internal sealed record QuestionFilter(IReadOnlyList<QuestionStatus> Statuses, ChangeId? ChangeId = null, string? Cursor = null, int Limit = 50);
