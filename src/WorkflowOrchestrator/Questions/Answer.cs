namespace Workflow.Questions;

/// <summary>A passage of the repository that supports an answer.</summary>
/// <param name="Path">File, relative to the repository's root.</param>
/// <param name="Line">First line of the passage, from 1.</param>
/// <param name="Quote">The passage.</param>
/// <param name="Hash">SHA-256 over the passage with its white space collapsed: see <see cref="PassageHash"/>.</param>
internal sealed record Evidence(string Path, int Line, string Quote, string Hash);

/// <summary>Who answers and with what.</summary>
/// <param name="Text">The answer.</param>
/// <param name="AnsweredBy">An agent's id, or <see cref="Answer.Human"/>.</param>
/// <param name="Route">The route that brought it: see <see cref="RouteNames"/>.</param>
/// <param name="Confidence">0 to 1; a human's is 1.</param>
/// <param name="Evidence">Passages that support it.</param>
internal sealed record NewAnswer(string Text, string AnsweredBy, string Route, double Confidence, IReadOnlyList<Evidence> Evidence)
{
    /// <summary>The confidence that the agent itself gave, before experience with it was applied; null for people and for answers that were reused.</summary>
    public double? Stated { get; init; }
}

/// <summary>A stored answer.</summary>
/// <param name="Accepted">Whether this is the answer that counts; the others of the question are kept as alternatives.</param>
internal sealed record Answer(
    string Id,
    QuestionId QuestionId,
    string Text,
    string AnsweredBy,
    string Route,
    double Confidence,
    IReadOnlyList<Evidence> Evidence,
    DateTimeOffset At,
    bool Accepted)
{
    /// <summary><see cref="AnsweredBy"/> of a person's answer.</summary>
    public const string Human = "human";

    /// <summary>A person said that it is wrong.</summary>
    public bool IsRejected { get; init; }

    /// <inheritdoc cref="NewAnswer.Stated"/>
    public double? Stated { get; init; }

    public bool IsHuman => AnsweredBy == Human;

    /// <summary>Whether a person said this to this very question (and not to the same one earlier).</summary>
    public bool IsHumansOwn => IsHuman && Route == RouteNames.Human;
}

/// <summary>Names of the routes, as stored and shown.</summary>
internal static class RouteNames
{
    public const string AnsweredBefore = "answered_before";
    public const string Librarian = "librarian";
    public const string Agent = "agent";
    public const string Human = "human";
}

/// <summary>What came of submitting an answer.</summary>
internal abstract record AnswerOutcome
{
    private AnswerOutcome()
    {
    }

    /// <summary>It is the answer that counts now.</summary>
    public sealed record Accepted(Question Question, Answer Answer) : AnswerOutcome;

    /// <summary>The question has an answer already, or this one is not trusted enough; it is kept beside it.</summary>
    public sealed record KeptAsAlternative(Question Question, Answer Answer, Answer? AcceptedAnswer) : AnswerOutcome;

    /// <summary>The same was said before by the same source: nothing changed.</summary>
    public sealed record AlreadyGiven(Question Question, Answer Answer) : AnswerOutcome;

    public sealed record UnknownQuestion(QuestionId Id) : AnswerOutcome;

    /// <summary>A person's rejection was taken: the question waits for a person again.</summary>
    public sealed record Rejected(Question Question, Answer Answer) : AnswerOutcome;

    /// <summary>A person's dismissal was taken: the question needs no answer.</summary>
    public sealed record Dismissed(Question Question) : AnswerOutcome;

    /// <summary>The text cannot be taken, and why.</summary>
    public sealed record Invalid(string Reason) : AnswerOutcome;
}
