using Workflow.Agents;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>Takes one question through its routes. Each attempt and what it found is stored before the next begins.</summary>
internal sealed class QuestionRouting(
    IStore store,
    QuestionStore questions,
    AnswerStore answers,
    QuestionDesk desk,
    AnswerWaiters waiters,
    IEnumerable<IQuestionRoute> routes,
    IAgentDirectory agents,
    OrchestratorSettings settings,
    TimeProvider time,
    ILogger<QuestionRouting> logger)
{
    private readonly IReadOnlyList<IQuestionRoute> _routes = [.. routes];

    public async Task RouteAsync(QuestionId id, CancellationToken cancellationToken)
    {
        using var waiter = waiters.Register(id);
        if (await store.WriteAsync(transaction => QuestionStore.BeginRouting(transaction, id) ? QuestionStore.Find(transaction, id) : null, cancellationToken) is not { } question)
            return;
        using var activity = Instruments.Source.StartActivity("route question");
        activity?.SetTag("question.id", id.Value);

        // A human's answer, or the end of the revision, makes the rest of the search pointless.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = CancelWhenEndedAsync(waiter.Ended, ended);
        try
        {
            await TryRoutesAsync(question, ended.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Ended by somebody else meanwhile.
        }
    }

    private async Task TryRoutesAsync(Question question, CancellationToken cancellationToken)
    {
        var cached = new RouteStep(RouteNames.AnsweredBefore);
        if (await TryStepAsync(question, cached, cancellationToken))
            return; // without waiting for the agents
        var plan = RoutePlanner.Plan(question, await ListAgentsAsync(cancellationToken), store.Read(AnswerStore.AgentRecords));
        foreach (var step in plan.Where(step => step != cached))
        {
            if (step.Route == RouteNames.Human)
                await HandToHumanAsync(question, cancellationToken);
            else if (await TryStepAsync(question, step, cancellationToken))
                return;
        }
    }

    private async Task<IReadOnlyList<AgentInfo>?> ListAgentsAsync(CancellationToken cancellationToken) =>
        await agents.WaitAvailableAsync(cancellationToken) ? await agents.ListAgentsAsync(cancellationToken) : null;

    /// <summary>Tries one step and stores what came of it. True when the question needs no further step.</summary>
    private async Task<bool> TryStepAsync(Question question, RouteStep step, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var result = await FindAsync(question, step, cancellationToken);
        var delay = time.GetElapsedTime(start);
        var (attempt, done) = await store.WriteAsync(transaction => Store(transaction, question.Id, step, result, delay), cancellationToken);
        QuestionMetrics.Tried(attempt);
        if (attempt.Outcome == RouteOutcome.Answered)
            logger.LogInformation(QuestionEventIds.Answered, "{Question} was answered by {Route} {Agent} in {Delay} ms", question.Id, step.Route, step.AgentId, (long)delay.TotalMilliseconds);
        return done;
    }

    private async Task<RouteResult> FindAsync(Question question, RouteStep step, CancellationToken cancellationToken)
    {
        var route = _routes.First(candidate => candidate.Takes(step));
        try
        {
            return await route.TryAsync(question, step, settings.Questions.RouteTimeout, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException) // one route's fault must not cost the question its other routes
        {
            logger.LogError(QuestionEventIds.RouteFailed, error, "The route {Route} failed for {Question}; the next one is tried", step.Route, question.Id);
            return new RouteResult.Nothing(RouteOutcome.Unavailable, $"{error.GetType().Name}: {error.Message}", AgentReached: false);
        }
    }

    private (RouteAttempt Attempt, bool Done) Store(IStoreTransaction transaction, QuestionId id, RouteStep step, RouteResult result, TimeSpan delay)
    {
        var question = QuestionStore.Find(transaction, id) ?? throw new InvalidOperationException($"{id} is not in the store any more.");
        var (outcome, detail) = result switch
        {
            RouteResult.StillHolds holds => (TakeAgain(transaction, question, holds.Answer), null),
            RouteResult.AnswerFound found => (Take(transaction, id, found.Answer), null),
            RouteResult.Nothing nothing => (nothing.Outcome, nothing.Detail),
            _ => throw new InvalidOperationException("A route's result of a kind that is not known."),
        };
        if (result is RouteResult.Nothing { AgentReached: true } || (step.AgentId is not null && result is RouteResult.AnswerFound))
            QuestionStore.MarkAgentsTried(transaction, id);
        var attempt = new RouteAttempt(step.Route, step.AgentId, outcome, detail, delay);
        answers.RecordAttempt(transaction, question, attempt);
        var now = QuestionStore.Find(transaction, id)!.Status;
        return (attempt, now is QuestionStatus.Answered or QuestionStatus.Withdrawn or QuestionStatus.Expired);
    }

    private RouteOutcome Take(IStoreTransaction transaction, QuestionId id, NewAnswer answer) => desk.Take(transaction, id, answer) switch
    {
        AnswerOutcome.Accepted => RouteOutcome.Answered,
        AnswerOutcome.AlreadyGiven { Answer.Accepted: true } or AnswerOutcome.KeptAsAlternative { Question.Status: QuestionStatus.Answered } => RouteOutcome.Answered,
        _ => RouteOutcome.LowConfidence,
    };

    private RouteOutcome TakeAgain(IStoreTransaction transaction, Question question, Answer answer)
    {
        if (question.Status != QuestionStatus.Answered)
            questions.MarkAnswered(transaction, question, answer);
        return RouteOutcome.Answered;
    }

    private async Task HandToHumanAsync(Question question, CancellationToken cancellationToken)
    {
        await store.WriteAsync(
            transaction =>
            {
                if (QuestionStore.Find(transaction, question.Id) is { } now)
                    questions.AwaitHuman(transaction, now);
            },
            cancellationToken);
        logger.LogInformation(QuestionEventIds.AwaitingHuman, "{Question} waits for a human: {Text}", question.Id, Shorten(question.Text));
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";

    private static async Task CancelWhenEndedAsync(Task questionEnded, CancellationTokenSource search)
    {
        await questionEnded;
        try
        {
            await search.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The search ended first.
        }
    }
}
