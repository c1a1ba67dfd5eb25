using Workflow.Changes;
using Workflow.Questions.Similarity;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>Where questions are handed in and looked up. Answers come in at the <see cref="AnswerDesk"/>; who looks for them is the <see cref="QuestionRouter"/>.</summary>
internal sealed class QuestionDesk(IStore store, QuestionStore questions, AnswerDesk answers, AnswerWaiters waiters, TimeProvider time) : IQuestions
{
    private readonly ChangeTraces _traces = new(store);
    private const int MaxPending = 500;
    private const int MinPartLength = 4;
    private const int MaxSimilar = 20;

    public async Task<Question> AskQuestionAsync(NewQuestion question, CancellationToken cancellationToken = default)
    {
        var marks = CheckAndMark(question); // beside the writer: everybody waits for it
        return await store.WriteAsync(transaction => Ask(transaction, question, marks), cancellationToken);
    }

    public Question Ask(IStoreTransaction transaction, NewQuestion question) => Ask(transaction, question, CheckAndMark(question));

    private static Marks CheckAndMark(NewQuestion question)
    {
        if (QuestionRules.FindProblem(question) is { } problem)
            throw new ArgumentException(problem, nameof(question));

        // What says itself what makes it the same is not compared by its words, unless a revision asks it, which an agent may ask in other words.
        var sketch = question is { Identity: not null, RevisionHash: null } ? null : QuestionSketch.Of(question.Text);
        return new Marks(question.Identity is { } identity ? QuestionFingerprint.Of(identity) : QuestionFingerprint.Of(question.Text, question.Context, null), sketch);
    }

    private Question Ask(IStoreTransaction transaction, NewQuestion question, Marks marks)
    {
        var sketch = marks.Sketch;
        var continues = question.ConversationId is { } conversation && QuestionStore.HasConversation(transaction, conversation);
        var fingerprint = continues && question.Identity is null ? QuestionFingerprint.Of(question.Text, question.Context, question.ConversationId) : marks.Fingerprint;
        if (question is { ChangeId: { } change, RevisionHash: { } revision })
        {
            if (QuestionStore.FindOfChange(transaction, change, fingerprint) is { } asked)
                return asked.RevisionHash == revision && asked.Status != QuestionStatus.Withdrawn ? asked : TakeOver(transaction, asked, question);
        }

        // The same words have the same sketch: where nothing like it waits, the question itself does not.
        IReadOnlyList<Question> alike = sketch is null ? [] : QuestionStore.WithSketch(transaction, sketch.Key, question.ChangeId, waiting: true, MaxSimilar);
        if (question.RevisionHash is null && (alike.Count > 0 || sketch is null)
            && QuestionStore.Waiting(transaction, question.ChangeId, fingerprint, sketch?.Key, question.AgentId, MaxSimilar)
                .FirstOrDefault(earlier => SameQuestionPolicy.SameChoice(question.Options, earlier.Options)) is { } waiting)
        {
            return waiting;
        }

        var original = alike.FirstOrDefault(earlier => SameQuestionPolicy.IsSame(question, sketch!, earlier, continues || QuestionStore.IsFollowUp(transaction, earlier)));
        var added = Create(question, fingerprint, sketch, original);
        QuestionStore.Insert(transaction, added);
        return added;
    }

    public Task<IReadOnlyList<Question>> GetPendingQuestionsAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(store.Read(reader => QuestionStore.Pending(reader, MaxPending)));

    public async Task<AnswerOutcome> SubmitAnswerAsync(QuestionId id, NewAnswer answer, bool replace = false, CancellationToken cancellationToken = default)
    {
        if (QuestionRules.FindAnswerProblem(answer.Text) is { } problem)
            return new AnswerOutcome.Invalid(problem);
        var question = store.Read(reader => QuestionStore.Find(reader, id));
        var trace = await _traces.OpenAsync(question?.ChangeId?.Value, question?.RevisionHash?.Value, cancellationToken);
        using var activity = trace.Start("answer question")?.SetTag("workflow.question", id.Value).SetTag("workflow.answered_by", answer.AnsweredBy);
        return await store.WriteAsync(transaction => answers.Take(transaction, id, answer, replace), cancellationToken);
    }

    public Task<AnswerOutcome> RejectAnswerAsync(QuestionId id, CancellationToken cancellationToken = default) =>
        store.WriteAsync(transaction => answers.Reject(transaction, id), cancellationToken);

    public Task<AnswerOutcome> DismissAsync(QuestionId id, string by, string reason, CancellationToken cancellationToken = default) =>
        QuestionRules.FindReasonProblem(reason) is { } problem
            ? Task.FromResult<AnswerOutcome>(new AnswerOutcome.Invalid(problem))
            : store.WriteAsync(transaction => answers.Dismiss(transaction, id, by, reason.Trim()), cancellationToken);

    public async Task<QuestionView?> WaitForAnswerAsync(QuestionId id, TimeSpan timeout, bool untilHuman = false, CancellationToken cancellationToken = default)
    {
        if (timeout <= TimeSpan.Zero)
            return Find(id);
        using var waiter = waiters.Register(id, isCaller: true, untilHuman); // before looking, so that no answer falls between
        var view = Find(id);
        if (view is null || view.Question.HasEnded || (untilHuman && view.Question.Status == QuestionStatus.AwaitingHuman))
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
        store.Read(reader => QuestionStore.Find(reader, id) is { } question ? QuestionView.Of(reader, question) : null);

    public IReadOnlyList<QuestionId> Resolve(string idOrPart)
    {
        var wanted = idOrPart.Trim().ToLowerInvariant();
        if (QuestionId.TryParse(wanted, out var id))
            return store.Read(reader => QuestionStore.Find(reader, id)) is null ? [] : [id];
        return wanted.Length is < MinPartLength or > QuestionRules.MaxNameLength ? [] : store.Read(reader => QuestionStore.FindByPart(reader, wanted));
    }

    public QuestionPage List(QuestionFilter filter)
    {
        var limit = Math.Clamp(filter.Limit, 1, 200);
        return store.Read(reader =>
        {
            var found = QuestionStore.List(reader, filter, limit + 1);
            IReadOnlyList<QuestionView> page = [.. found.Take(limit).Select(question => QuestionView.Of(reader, question))];
            return new QuestionPage(page, found.Count > limit ? page[^1].Question.Id.Value : null);
        });
    }

    public IReadOnlyDictionary<ChangeId, int> CountWaitingByChange() => store.Read(QuestionStore.CountWaitingByChange);

    public IReadOnlyDictionary<QuestionStatus, int> CountByStatus() => store.Read(QuestionStore.CountByStatus);

    public IReadOnlyList<QuestionView> QuestionsOf(ChangeId change, RevisionHash revision) =>
        store.Read(reader => QuestionStore.OfRevision(reader, change, revision).Select(question => QuestionView.Of(reader, question)).ToArray());

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
            SettledAt = status == QuestionStatus.Answered ? accepted?.At : status == QuestionStatus.Withdrawn ? asked.SettledAt : null,
        };
        QuestionStore.MoveToRevision(transaction, moved);
        return moved;
    }

    private Question Create(NewQuestion question, string fingerprint, QuestionSketch? sketch, Question? original)
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
            original?.Status == QuestionStatus.AwaitingHuman ? QuestionStatus.AwaitingHuman : QuestionStatus.Open,
            question.AskedBy,
            question.AgentId,
            question.ConversationId ?? id.Value,
            question.Priority,
            AgentsTried: false,
            time.GetUtcNow(),
            SettledAt: null)
        {
            Sketch = sketch?.Key,
            SameAs = original?.Id,
        };
    }

    /// <summary>What a question is known by, as far as its text alone says it.</summary>
    /// <param name="Fingerprint">Of one that begins a conversation.</param>
    /// <param name="Sketch">Null: it is not compared by its meaning.</param>
    private sealed record Marks(string Fingerprint, QuestionSketch? Sketch);
}
