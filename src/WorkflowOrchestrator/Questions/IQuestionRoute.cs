namespace Workflow.Questions;

/// <summary>One way to find an answer.</summary>
internal interface IQuestionRoute
{
    /// <summary>Which steps it takes: see <see cref="RouteNames"/>.</summary>
    bool Takes(RouteStep step);

    /// <summary>Looks for an answer within <paramref name="budget"/>. What does not work out is a result, not an exception.</summary>
    Task<RouteResult> TryAsync(Question question, RouteStep step, TimeSpan budget, CancellationToken cancellationToken);
}

/// <summary>What a route found.</summary>
internal abstract record RouteResult
{
    private RouteResult()
    {
    }

    /// <summary>An answer; whether it is confident enough is not the route's to say.</summary>
    public sealed record AnswerFound(NewAnswer Answer) : RouteResult;

    /// <summary>The question's own earlier answer still holds.</summary>
    public sealed record StillHolds(Answer Answer) : RouteResult;

    /// <summary>No answer.</summary>
    /// <param name="Outcome">Anything but <see cref="RouteOutcome.Answered"/>.</param>
    /// <param name="Detail">Why, for people; null when there is nothing to say.</param>
    /// <param name="AgentReached">Whether an agent has seen the question.</param>
    public sealed record Nothing(RouteOutcome Outcome, string? Detail, bool AgentReached) : RouteResult;
}
