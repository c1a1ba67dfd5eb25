using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>Where questions and answers are handed in and out. Who looks for the answers is the <see cref="QuestionRouter"/>.</summary>
internal sealed class QuestionDesk(IStore store, QuestionStore questions, AnswerStore answers, AnswerWaiters waiters, OrchestratorSettings settings, TimeProvider time) : IQuestions
{
    private const int MaxPending = 500;
    private const int MinEndingLength = 4;

    public Task<Question> AskQuestionAsync(NewQuestion question, CancellationToken cancellationToken = default) =>
        store.WriteAsync(transaction => Ask(transaction, question), cancellationToken);

    public Question Ask(IStoreTransaction transaction, NewQuestion question)
    {
        if (QuestionRules.FindProblem(question) is { } problem)
            throw new ArgumentException(problem, nameof(question));
        var continues = question.ConversationId is { } conversation && QuestionStore.HasConversation(transaction, conversation);
        var fingerprint = question.Identity is { } identity
            ? QuestionFingerprint.Of(identity)
            : QuestionFingerprint.Of(question.Text, question.Context, continues ? question.ConversationId : null);
        if (question is { ChangeId: { } change, RevisionHash: { } revision })
        {
            if (QuestionStore.FindOfChange(transaction, change, fingerprint) is { } asked)
                return asked.RevisionHash == revision && asked.Status != QuestionStatus.Withdrawn ? asked : TakeOver(transaction, asked, question);
        }
        else if (QuestionStore.FindWaiting(transaction, question.ChangeId, fingerprint) is { } waiting && waiting.AgentId == question.AgentId)
        {
            return waiting;
        }

        var added = Create(question, fingerprint);
        QuestionStore.Insert(transaction, added);
        return added;
    }

    public Task<IReadOnlyList<Question>> GetPendingQuestionsAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(store.Read(reader => QuestionStore.Pending(reader, MaxPending)));

    public Task<AnswerOutcome> SubmitAnswerAsync(QuestionId id, NewAnswer answer, bool replace = false, CancellationToken cancellationToken = default) =>
        QuestionRules.FindAnswerProblem(answer.Text) is { } problem
            ? Task.FromResult<AnswerOutcome>(new AnswerOutcome.Invalid(problem))
            : store.WriteAsync(transaction => Take(transaction, id, answer, replace), cancellationToken);

    /// <summary>Takes an answer in the caller's transaction: <see cref="AnswerPolicy"/> says what it counts for.</summary>
    public AnswerOutcome Take(IStoreTransaction transaction, QuestionId id, NewAnswer answer, bool replace = false)
    {
        if (QuestionStore.Find(transaction, id) is not { } question)
            return new AnswerOutcome.UnknownQuestion(id);
        var given = AnswerStore.Of(transaction, id);
        var accepted = given.FirstOrDefault(other => other.Accepted);
        switch (AnswerPolicy.Decide(question.Status, given, answer, settings.Questions.MinConfidence, replace))
        {
            case AnswerVerdict.Accept:
                var stored = answers.Insert(transaction, id, answer, accepted: true);
                questions.MarkAnswered(transaction, question, stored);
                return new AnswerOutcome.Accepted(question with { Status = QuestionStatus.Answered, SettledAt = stored.At }, stored);
            case AnswerVerdict.KeepAsAlternative:
                return new AnswerOutcome.KeptAsAlternative(question, answers.Insert(transaction, id, answer, accepted: false), accepted);
            default:
                return new AnswerOutcome.AlreadyGiven(question, given.Last(other => other.Text == answer.Text && other.AnsweredBy == answer.AnsweredBy));
        }
    }

    public async Task<QuestionView?> WaitForAnswerAsync(QuestionId id, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        using var waiter = waiters.Register(id); // before looking, so that no answer falls between
        var view = Find(id);
        if (view is null || timeout <= TimeSpan.Zero || HasEnded(view.Question))
            return view;
        try
        {
            await waiter.Ended.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The answer may come later; it is kept for the next call.
        }

        return Find(id);
    }

    public QuestionView? Find(QuestionId id) =>
        store.Read(reader => QuestionStore.Find(reader, id) is { } question ? View(reader, question) : null);

    public IReadOnlyList<QuestionId> Resolve(string idOrEnding)
    {
        var wanted = idOrEnding.Trim().ToLowerInvariant();
        if (QuestionId.TryParse(wanted, out var id))
            return store.Read(reader => QuestionStore.Find(reader, id)) is null ? [] : [id];
        return wanted.Length < MinEndingLength ? [] : store.Read(reader => QuestionStore.FindByEnding(reader, wanted));
    }

    public QuestionPage List(QuestionFilter filter)
    {
        var limit = Math.Clamp(filter.Limit, 1, 200);
        return store.Read(reader =>
        {
            var found = QuestionStore.List(reader, filter, limit + 1);
            IReadOnlyList<QuestionView> page = [.. found.Take(limit).Select(question => View(reader, question))];
            return new QuestionPage(page, found.Count > limit ? page[^1].Question.Id.Value : null);
        });
    }

    public IReadOnlyDictionary<ChangeId, int> CountWaitingByChange() => store.Read(QuestionStore.CountWaitingByChange);

    public IReadOnlyDictionary<QuestionStatus, int> CountByStatus() => store.Read(QuestionStore.CountByStatus);

    public IReadOnlyList<QuestionView> QuestionsOf(ChangeId change, RevisionHash revision) =>
        store.Read(reader => QuestionStore.OfRevision(reader, change, revision).Select(question => View(reader, question)).ToArray());

    public bool AllSettled(ChangeId change, RevisionHash revision) => store.Read(reader => QuestionStore.AllSettled(reader, change, revision));

    public int WithdrawFor(IStoreTransaction transaction, ChangeId change, RevisionHash? current) => questions.WithdrawOlder(transaction, change, current);

    private static Question TakeOver(IStoreTransaction transaction, Question asked, NewQuestion question)
    {
        var accepted = AnswerStore.Of(transaction, asked.Id).FirstOrDefault(answer => answer.Accepted);
        var status = TakeOverPolicy.StatusFor(asked, accepted);
        var moved = asked with
        {
            RevisionHash = question.RevisionHash,
            FindingId = question.FindingId,
            Priority = question.Priority,
            Status = status,
            SettledAt = status == QuestionStatus.Answered ? accepted?.At : null,
        };
        QuestionStore.MoveToRevision(transaction, moved);
        return moved;
    }

    private Question Create(NewQuestion question, string fingerprint)
    {
        var id = QuestionId.New(time);
        return new Question(
            id,
            question.ChangeId,
            question.RevisionHash,
            question.FindingId,
            question.Text.Trim(),
            question.Context,
            question.Options,
            question.Default,
            fingerprint,
            QuestionStatus.Open,
            question.AskedBy,
            question.AgentId,
            question.ConversationId ?? id.Value,
            question.Priority,
            AgentsTried: false,
            time.GetUtcNow(),
            SettledAt: null);
    }

    private static QuestionView View(IStoreReader reader, Question question)
    {
        var given = AnswerStore.Of(reader, question.Id);
        var accepted = question.Status == QuestionStatus.Answered ? given.FirstOrDefault(answer => answer.Accepted) : null;
        return new QuestionView(question, accepted, [.. given.Where(answer => answer != accepted)]);
    }

    private static bool HasEnded(Question question) =>
        question.Status is QuestionStatus.Answered or QuestionStatus.Withdrawn or QuestionStatus.Expired;
}
