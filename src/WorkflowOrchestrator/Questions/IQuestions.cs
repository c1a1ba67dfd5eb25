using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>Asking and answering. Everything is in the store before a call returns.</summary>
internal interface IQuestions
{
    /// <summary>
    /// Stores a question and starts looking for its answer. The same question that still waits for its answer is returned instead of asked twice; one that
    /// means the same in other words is stored and shares the answer of the first (<see cref="Question.SameAs"/>).
    /// </summary>
    /// <exception cref="ArgumentException">See <see cref="QuestionRules.FindProblem"/>.</exception>
    Task<Question> AskQuestionAsync(NewQuestion question, CancellationToken cancellationToken = default);

    /// <summary>
    /// The same in the caller's transaction. For a question of a revision: asking it again is a no-op, and when an earlier revision of the change
    /// asked it, the question moves to this revision with its id and its answers, so that no human is asked twice.
    /// </summary>
    /// <exception cref="ArgumentException">See <see cref="QuestionRules.FindProblem"/>.</exception>
    Question Ask(IStoreTransaction transaction, NewQuestion question);

    /// <summary>Questions without an answer, most urgent first; at most 500.</summary>
    Task<IReadOnlyList<Question>> GetPendingQuestionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes an answer of a person or client. A human's answer beats an agent's; what comes later is kept as an alternative.</summary>
    /// <param name="id">The question.</param>
    /// <param name="answer">What is answered. Its evidence has been checked.</param>
    /// <param name="replace">The answerer wants to put a human's own earlier answer right.</param>
    Task<AnswerOutcome> SubmitAnswerAsync(QuestionId id, NewAnswer answer, bool replace = false, CancellationToken cancellationToken = default);

    /// <summary>A person says that the accepted answer is wrong. It is kept on record, and the question waits for a person.</summary>
    Task<AnswerOutcome> RejectAnswerAsync(QuestionId id, CancellationToken cancellationToken = default);

    /// <summary>A person says that a waiting question, and those that mean the same, need no answer. A newer revision that asks it does not bring it back.</summary>
    /// <param name="id">The question.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="reason">Why, for others.</param>
    Task<AnswerOutcome> DismissAsync(QuestionId id, string by, string reason, CancellationToken cancellationToken = default);

    /// <summary>Waits until the question is answered, withdrawn or expired, or the time is up, and returns how it stands; null when there is no such question.</summary>
    /// <param name="id">The question.</param>
    /// <param name="timeout">Longest wait.</param>
    /// <param name="untilHuman">Also return when only a human is left to answer.</param>
    /// <param name="cancellationToken">Ends the wait, never the question.</param>
    Task<QuestionView?> WaitForAnswerAsync(QuestionId id, TimeSpan timeout, bool untilHuman = false, CancellationToken cancellationToken = default);

    /// <summary>The question with its answers; null when there is none.</summary>
    QuestionView? Find(QuestionId id);

    /// <summary>Finds a question by its id, or by the beginning or ending of it that a person typed (at least four characters). Two when it is not unique.</summary>
    IReadOnlyList<QuestionId> Resolve(string idOrPart);

    QuestionPage List(QuestionFilter filter);

    /// <summary>How many questions of each change have no answer yet; changes without any are left out.</summary>
    IReadOnlyDictionary<ChangeId, int> CountWaitingByChange();

    /// <summary>How many questions there are in each status; a status without any is left out.</summary>
    IReadOnlyDictionary<QuestionStatus, int> CountByStatus();

    /// <summary>What a revision asked, oldest first.</summary>
    IReadOnlyList<QuestionView> QuestionsOf(ChangeId change, RevisionHash revision);

    /// <summary>Whether every question of the revision is answered, withdrawn, expired, or waits for the human.</summary>
    bool AllSettled(ChangeId change, RevisionHash revision);

    /// <summary>Withdraws the waiting questions of all revisions of the change but <paramref name="current"/> (null: of all). Returns how many.</summary>
    int WithdrawFor(IStoreTransaction transaction, ChangeId change, RevisionHash? current);
}
