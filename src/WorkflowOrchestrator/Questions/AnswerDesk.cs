using Workflow.Hosting;
using Workflow.Questions.Choosing;
using Workflow.Questions.Similarity;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>
/// Takes answers, rejections and dismissals, in the caller's transaction. One answer serves every question that means the same, and a person's word
/// teaches how far the agents' answers can be trusted.
/// </summary>
internal sealed class AnswerDesk(QuestionStore questions, AnswerStore answers, CurrentSettings settings, TimeProvider time)
{
    /// <summary>Takes an answer: <see cref="AnswerPolicy"/> says what it counts for.</summary>
    public AnswerOutcome Take(IStoreTransaction transaction, QuestionId id, NewAnswer answer, bool replace = false)
    {
        if (Serving(transaction, id) is not { } question)
            return new AnswerOutcome.UnknownQuestion(id);
        var given = AnswerStore.Of(transaction, question.Id);
        var accepted = given.FirstOrDefault(other => other.Accepted);
        var verdict = AnswerPolicy.Decide(question.Status, given, answer, settings.Questions.MinConfidence, replace);
        if (verdict != AnswerVerdict.AlreadyGiven && answer is { AnsweredBy: Answer.Human, Route: RouteNames.Human })
            LearnFrom(transaction, question, answer.Text, given);
        switch (verdict)
        {
            case AnswerVerdict.Accept:
                var stored = answers.Insert(transaction, question.Id, answer, accepted: true);
                MarkAnswered(transaction, question, stored);
                return new AnswerOutcome.Accepted(question with { Status = QuestionStatus.Answered, SettledAt = stored.At }, stored);
            case AnswerVerdict.KeepAsAlternative:
                return new AnswerOutcome.KeptAsAlternative(question, answers.Insert(transaction, question.Id, answer, accepted: false), accepted);
            default:
                return new AnswerOutcome.AlreadyGiven(question, given.Last(other => other.Text == answer.Text && other.AnsweredBy == answer.AnsweredBy));
        }
    }

    /// <summary>Keeps an answer beside the others, whatever its confidence. The same of the same source is kept once.</summary>
    public void Keep(IStoreTransaction transaction, QuestionId id, NewAnswer answer)
    {
        if (!AnswerStore.Of(transaction, id).Any(other => other.Text == answer.Text && other.AnsweredBy == answer.AnsweredBy))
            answers.Insert(transaction, id, answer, accepted: false);
    }

    /// <summary>The question's own answer, or one just accepted, counts: for it and for all that mean the same.</summary>
    public void MarkAnswered(IStoreTransaction transaction, Question question, Answer answer)
    {
        questions.MarkAnswered(transaction, question, answer);
        foreach (var follower in QuestionStore.FollowersOf(transaction, question.Id))
        {
            if (follower.HasEnded && AnswerStore.Of(transaction, follower.Id).FirstOrDefault(other => other.Accepted) is not { IsHumansOwn: false })
                continue; // withdrawn, or answered by a person on its own
            var copy = answers.Insert(transaction, follower.Id, new NewAnswer(answer.Text, answer.AnsweredBy, RouteNames.AnsweredBefore, answer.Confidence, answer.Evidence), accepted: true);
            questions.MarkAnswered(transaction, follower, copy);
        }
    }

    /// <summary>A person says that the accepted answer is wrong: the question waits for a person again.</summary>
    public AnswerOutcome Reject(IStoreTransaction transaction, QuestionId id)
    {
        if (QuestionStore.Find(transaction, id) is not { } asked)
            return new AnswerOutcome.UnknownQuestion(id);
        var question = asked.SameAs is { } original ? QuestionStore.Find(transaction, original) ?? asked : asked;
        if (AnswerStore.Of(transaction, question.Id).FirstOrDefault(answer => answer.Accepted) is not { } accepted)
            return new AnswerOutcome.Invalid($"{id} has no accepted answer to reject.");
        AnswerStore.Reject(transaction, accepted);
        Overturn(transaction, question, accepted);
        questions.Reopen(transaction, question);
        foreach (var follower in QuestionStore.FollowersOf(transaction, question.Id))
        {
            if (AnswerStore.Of(transaction, follower.Id).FirstOrDefault(answer => answer is { Accepted: true, IsHumansOwn: false }) is not { } copy)
                continue;
            AnswerStore.Reject(transaction, copy);
            questions.Reopen(transaction, follower);
        }

        return new AnswerOutcome.Rejected(question with { Status = QuestionStatus.AwaitingHuman }, accepted with { Accepted = false, IsRejected = true });
    }

    /// <summary>A person says that a question needs no answer.</summary>
    public AnswerOutcome Dismiss(IStoreTransaction transaction, QuestionId id, string by, string reason)
    {
        if (Serving(transaction, id) is not { } question)
            return new AnswerOutcome.UnknownQuestion(id);
        if (question.HasEnded)
            return new AnswerOutcome.Invalid($"{question.Id} needs no dismissal: it is {question.Status.ToString().ToLowerInvariant()}.");
        questions.Dismiss(transaction, question, by, reason);
        return new AnswerOutcome.Dismissed(QuestionStore.Find(transaction, question.Id)!);
    }

    // The question itself, or while both wait the one whose answer serves it.
    private static Question? Serving(IStoreTransaction transaction, QuestionId id)
    {
        var question = QuestionStore.Find(transaction, id);
        return question is { HasEnded: false, SameAs: { } original } && QuestionStore.Find(transaction, original) is { HasEnded: false } serving ? serving : question;
    }

    // What a person says shows which agents were right.
    private void LearnFrom(IStoreTransaction transaction, Question question, string truth, IReadOnlyList<Answer> given)
    {
        if (given.Any(answer => answer.IsHumansOwn))
            return; // learnt already
        var kind = QuestionKinds.Of(question.Text, question.Options);
        foreach (var answer in given.Where(answer => answer is { Stated: not null, IsRejected: false }).DistinctBy(answer => answer.AnsweredBy))
        {
            var correct = AnswerAgreement.Agree(truth, answer.Text, question.Options);
            if (answer.Accepted && !correct)
            {
                Overturn(transaction, question, answer);
                continue;
            }

            AgentRecordStore.Learn(transaction, answer.AnsweredBy, answer.Stated!.Value, correct);
            if (!answer.Accepted)
                AgentRecordStore.Count(transaction, answer.AnsweredBy, kind, correct ? RouteOutcome.Answered : RouteOutcome.Contradicted, time.GetUtcNow());
        }
    }

    private void Overturn(IStoreTransaction transaction, Question question, Answer answer)
    {
        if (answer.Stated is not { } stated)
            return;
        AgentRecordStore.Learn(transaction, answer.AnsweredBy, stated, correct: false);
        AgentRecordStore.CountOverturned(transaction, answer.AnsweredBy, QuestionKinds.Of(question.Text, question.Options), time.GetUtcNow());
    }
}
