using Workflow.Questions.Choosing;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>What one step brought.</summary>
/// <param name="Result">The route's own words.</param>
/// <param name="Weighed">What it comes to together with what other agents said; null when no agent answered.</param>
/// <param name="Delay">How long it took.</param>
internal sealed record FoundAnswer(RouteResult Result, WeighedAnswers? Weighed, TimeSpan Delay);

/// <summary>Stores what a step of routing brought: the answer, the attempt, and what it says about the agent, all in one transaction.</summary>
internal sealed class RouteRecorder(QuestionStore questions, AnswerStore answers, AnswerDesk desk, Hosting.CurrentSettings settings, TimeProvider time)
{
    /// <summary>Stores one step. <c>Done</c>: the question needs no further step.</summary>
    public (RouteAttempt Attempt, bool Done) Record(IStoreTransaction transaction, RouteWalk walk, RouteStep step, FoundAnswer found)
    {
        var id = walk.Question.Id;
        var question = QuestionStore.Find(transaction, id) ?? throw new InvalidOperationException($"{id} is not in the store any more.");
        var (outcome, detail) = found.Result switch
        {
            RouteResult.StillHolds holds => (TakeAgain(transaction, question, holds.Answer), null),
            RouteResult.AnswerFound answer => (found.Weighed is { } weighed ? Take(transaction, walk, answer.Answer, weighed) : Reuse(transaction, id, answer.Answer), null),
            RouteResult.Nothing nothing => (nothing.Outcome, nothing.Detail),
            _ => throw new InvalidOperationException("A route's result of a kind that is not known."),
        };
        var isReached = found.Result is RouteResult.Nothing { AgentReached: true } || (step.AgentId is not null && found.Result is RouteResult.AnswerFound);
        if (isReached)
            QuestionStore.MarkAgentsTried(transaction, id);
        if (isReached && outcome is RouteOutcome.LowConfidence or RouteOutcome.DoesNotKnow or RouteOutcome.Unavailable)
            AgentRecordStore.Count(transaction, step.AgentId!, QuestionKinds.Of(question.Text, question.Options), RouteOutcome.Unavailable, time.GetUtcNow());
        var attempt = new RouteAttempt(step.Route, step.AgentId, outcome, detail, found.Delay);
        answers.RecordAttempt(transaction, question, attempt);
        return (attempt, QuestionStore.Find(transaction, id)!.HasEnded);
    }

    /// <summary>Accepts an answer that agents gave, and counts it as a success of all who said so.</summary>
    public RouteOutcome Accept(IStoreTransaction transaction, RouteWalk walk, NewAnswer answer)
    {
        var outcome = desk.Take(transaction, walk.Question.Id, answer);
        if (outcome is AnswerOutcome.Accepted)
        {
            var kind = QuestionKinds.Of(walk.Question.Text, walk.Question.Options);
            foreach (var agent in walk.AgentsBehind(answer))
                AgentRecordStore.Count(transaction, agent, kind, RouteOutcome.Answered, time.GetUtcNow());
        }

        return OutcomeOf(outcome);
    }

    private RouteOutcome Take(IStoreTransaction transaction, RouteWalk walk, NewAnswer answer, WeighedAnswers weighed)
    {
        if (weighed is WeighedAnswers.Sufficient sufficient)
            return Accept(transaction, walk, sufficient.Answer);
        desk.Keep(transaction, walk.Question.Id, answer);
        if (weighed is WeighedAnswers.Contradiction)
            return RouteOutcome.Contradicted;
        return answer.Confidence >= settings.Questions.MinConfidence ? RouteOutcome.Unconfirmed : RouteOutcome.LowConfidence;
    }

    private RouteOutcome Reuse(IStoreTransaction transaction, QuestionId id, NewAnswer answer) => OutcomeOf(desk.Take(transaction, id, answer));

    private RouteOutcome TakeAgain(IStoreTransaction transaction, Question question, Answer answer)
    {
        if (question.Status != QuestionStatus.Answered)
            questions.MarkAnswered(transaction, question, answer);
        return RouteOutcome.Answered;
    }

    private static RouteOutcome OutcomeOf(AnswerOutcome outcome) => outcome switch
    {
        AnswerOutcome.Accepted => RouteOutcome.Answered,
        AnswerOutcome.AlreadyGiven { Answer.Accepted: true } or AnswerOutcome.KeptAsAlternative { Question.Status: QuestionStatus.Answered } => RouteOutcome.Answered,
        _ => RouteOutcome.LowConfidence,
    };
}
