using Workflow.Agents;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>Takes one question through its routes. Each attempt and what it found is stored before the next begins.</summary>
internal sealed class QuestionRouting(
    IStore store,
    QuestionStore questions,
    RouteRecorder recorder,
    AnswerWaiters waiters,
    IEnumerable<IQuestionRoute> routes,
    IAgentDirectory agents,
    CurrentSettings settings,
    TimeProvider time,
    ILogger<QuestionRouting> logger)
{
    private static readonly RouteStep s_answeredBefore = new(RouteNames.AnsweredBefore);

    private readonly IReadOnlyList<IQuestionRoute> _routes = [.. routes];
    private readonly ChangeTraces _traces = new(store);

    public async Task RouteAsync(QuestionId id, CancellationToken cancellationToken)
    {
        using var waiter = waiters.Register(id);
        if (await store.WriteAsync(transaction => QuestionStore.BeginRouting(transaction, id) ? QuestionStore.Find(transaction, id) : null, cancellationToken) is not { } question)
            return;
        var trace = await _traces.OpenAsync(question.ChangeId?.Value, question.RevisionHash?.Value, cancellationToken);
        using var activity = trace.Start("route question");
        activity?.SetTag("question.id", id.Value);

        // A human's answer, or the end of the revision, makes the rest of the search pointless.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = CancelWhenEndedAsync(waiter.Ended, ended);
        try
        {
            await TryRoutesAsync(new RouteWalk(question, settings.Questions.RouteTimeout, settings.Questions.QuestionTimeout, time), ended.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Ended by somebody else meanwhile.
        }
    }

    private async Task TryRoutesAsync(RouteWalk walk, CancellationToken cancellationToken)
    {
        if (await TryStepAsync(walk, s_answeredBefore, moreAgents: true, cancellationToken))
            return; // without waiting for the agents
        var listed = await ListAgentsAsync(cancellationToken);
        var steps = RoutePlanner.Plan(walk.Question, listed, store.Read(AgentRecordStore.All), time.GetUtcNow()).Where(step => step.AgentId is not null).ToList();
        for (var i = 0; i < steps.Count && !walk.IsContradicted; i++)
        {
            if (walk.NextBudget == TimeSpan.Zero)
            {
                logger.LogInformation(QuestionEventIds.OutOfTime, "{Question}: its time for agents is used up; {Left} were not asked", walk.Question.Id, steps.Count - i);
                break;
            }

            if (await TryStepAsync(walk, steps[i], moreAgents: i + 1 < steps.Count, cancellationToken))
                return;
        }

        await EscalateAsync(walk, cancellationToken);
    }

    private async Task<IReadOnlyList<AgentInfo>?> ListAgentsAsync(CancellationToken cancellationToken) =>
        await agents.WaitAvailableAsync(cancellationToken) ? await agents.ListAgentsAsync(cancellationToken) : null;

    /// <summary>Tries one step and stores what came of it. True when the question needs no further step.</summary>
    private async Task<bool> TryStepAsync(RouteWalk walk, RouteStep step, bool moreAgents, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var result = await FindAsync(walk, step, cancellationToken);
        var delay = time.GetElapsedTime(start);
        var weighed = result is RouteResult.AnswerFound found && step.AgentId is not null
            ? walk.Add(found.Answer, settings.Questions.MinConfidence, settings.Questions.SecondOpinionBelow, moreAgents)
            : null;
        var (attempt, done) = await store.WriteAsync(transaction => recorder.Record(transaction, walk, step, new FoundAnswer(result, weighed, delay)), cancellationToken);
        QuestionMetrics.Tried(attempt);
        if (attempt.Outcome == RouteOutcome.Answered)
            logger.LogInformation(QuestionEventIds.Answered, "{Question} was answered by {Route} {Agent} in {Delay} ms", walk.Question.Id, step.Route, step.AgentId, (long)delay.TotalMilliseconds);
        return done;
    }

    private async Task<RouteResult> FindAsync(RouteWalk walk, RouteStep step, CancellationToken cancellationToken)
    {
        var route = _routes.First(candidate => candidate.Takes(step));
        try
        {
            return await route.TryAsync(walk.Question, step, walk.NextBudget, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException) // one route's fault must not cost the question its other routes
        {
            logger.LogError(QuestionEventIds.RouteFailed, error, "The route {Route} failed for {Question}; the next one is tried", step.Route, walk.Question.Id);
            return new RouteResult.Nothing(RouteOutcome.Unavailable, $"{error.GetType().Name}: {error.Message}", AgentReached: false);
        }
    }

    // Nobody else can be asked: a good answer that was to be confirmed is taken as it is, and otherwise a person is.
    private async Task EscalateAsync(RouteWalk walk, CancellationToken cancellationToken)
    {
        var id = walk.Question.Id;
        var last = AnswerWeighing.Weigh(walk.Found, walk.Question.Options, settings.Questions.MinConfidence, settings.Questions.SecondOpinionBelow, moreAgents: false);
        if (last is WeighedAnswers.Sufficient sufficient)
        {
            await store.WriteAsync(transaction => recorder.Accept(transaction, walk, sufficient.Answer), cancellationToken);
            logger.LogInformation(QuestionEventIds.Answered, "{Question} was answered by {Agent}; nobody else knew more", id, sufficient.Answer.AnsweredBy);
            return;
        }

        var reason = last is WeighedAnswers.Contradiction ? "contradiction" : "no_answer";
        await store.WriteAsync(
            transaction =>
            {
                if (QuestionStore.Find(transaction, id) is { } now)
                    questions.AwaitHuman(transaction, now, reason);
            },
            cancellationToken);
        logger.LogInformation(QuestionEventIds.AwaitingHuman, "{Question} waits for a human: {Reason}", id, reason); // not its text: that quotes documents
    }

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
