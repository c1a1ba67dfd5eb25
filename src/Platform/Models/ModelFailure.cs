namespace Platform.Models;

/// <summary>What a failure means for what to do next.</summary>
public enum ModelFailureClass
{
    /// <summary>The server cannot be reached: wait for the inventory, or go on without a model.</summary>
    Unavailable,

    /// <summary>It answers, but no model is ready.</summary>
    NotReady,

    /// <summary>May work at the next attempt; the client has tried as often as the kind allows.</summary>
    Transient,

    /// <summary>The settings or the server's settings are wrong: a person has to act.</summary>
    Configuration,

    /// <summary>This very request will never work: make it smaller, or leave it.</summary>
    Request,

    /// <summary>The server did its part and the model's text is of no use.</summary>
    Answer,

    /// <summary>A fault of this program.</summary>
    Bug,
}

/// <summary>Everything that can go wrong with a call. <see cref="ModelFailure.Policy"/> says what follows from each.</summary>
public enum ModelFailureKind
{
    /// <summary>Connection refused, host unknown, no route.</summary>
    Unreachable,

    /// <summary>Too many failures in a row: not tried until the server has been seen working.</summary>
    CircuitOpen,

    /// <summary>No model is loaded, or the server is loading one.</summary>
    NoModel,

    /// <summary>The server tried to load the model and could not.</summary>
    LoadFailed,

    /// <summary>The model was unloaded while it answered.</summary>
    Evicted,

    /// <summary>The model's process ended.</summary>
    Crashed,

    /// <summary>429 or 503: too much at once.</summary>
    Overloaded,

    /// <summary>5xx, or an error within the stream, that says nothing more.</summary>
    ServerError,

    /// <summary>The stream ended without saying that the answer is complete.</summary>
    CutOff,

    /// <summary>No first token in time.</summary>
    FirstTokenTimeout,

    /// <summary>Too long a pause between tokens.</summary>
    IdleTimeout,

    /// <summary>The call as a whole took too long.</summary>
    TotalTimeout,

    /// <summary>The address leads to something else than the API (also: status 200 with "Unexpected endpoint").</summary>
    WrongEndpoint,

    /// <summary>The API key is missing or refused.</summary>
    Unauthorized,

    /// <summary>There is no model of this name.</summary>
    UnknownModel,

    /// <summary>The server does not accept the request as it is formed.</summary>
    RequestRejected,

    /// <summary>The server cannot turn the schema into a grammar.</summary>
    SchemaRejected,

    /// <summary>The prompt does not fit the loaded context.</summary>
    PromptTooLong,

    /// <summary>The allowance of tokens is used up.</summary>
    OverBudget,

    /// <summary>The answer has no text at all. Never "no findings".</summary>
    Empty,

    /// <summary>The answer ends in the middle.</summary>
    Truncated,

    /// <summary>The answer goes on beyond every limit that was sent.</summary>
    Endless,

    /// <summary>The server's own frame is no JSON or lacks what the API promises.</summary>
    Malformed,

    /// <summary>The answer is no JSON although a schema was sent.</summary>
    NotJson,

    /// <summary>A key occurs twice: which value counts would be a guess.</summary>
    DuplicateKey,

    /// <summary>JSON, but not of the schema.</summary>
    WrongSchema,

    /// <summary>A replay has no such request.</summary>
    NotRecorded,

    /// <summary>The model refused, or called a tool that nobody offered.</summary>
    Refused,
}

/// <summary>What follows from a kind of failure.</summary>
/// <param name="Class">For the caller.</param>
/// <param name="Retries">Attempts after the first that the client makes by itself.</param>
/// <param name="ReadyCheck">Look at the server before the next attempt.</param>
/// <param name="TripsBreaker">Counts as a failure of the server.</param>
/// <param name="Repair">What <see cref="ModelCalls.AskAsync"/> does once more with the model.</param>
public sealed record ModelFailurePolicy(ModelFailureClass Class, int Retries = 0, bool ReadyCheck = false, bool TripsBreaker = false, ModelRepair Repair = ModelRepair.None);

/// <summary>A second call that may give a better answer.</summary>
public enum ModelRepair
{
    None,

    /// <summary>The same prompt with the fault appended, at temperature 0 (the server's prompt cache still serves the beginning).</summary>
    TellFault,

    /// <summary>The same prompt with twice the room for the answer.</summary>
    MoreRoom,
}

/// <summary>Why a call came to nothing.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">For people: what the server said, or what was seen. Never holds a secret; at most 500 characters.</param>
public sealed record ModelFailure(ModelFailureKind Kind, string Message)
{
    /// <summary>HTTP status, when there was an answer.</summary>
    public int? Status { get; init; }

    /// <summary>How long the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public ModelFailureClass Class => PolicyOf(Kind).Class;

    public ModelFailurePolicy Policy => PolicyOf(Kind);

    /// <summary>What a person can do; null when nothing.</summary>
    public string? Remedy => Kind switch
    {
        ModelFailureKind.Unreachable or ModelFailureKind.CircuitOpen => "Start the server: lms server start.",
        ModelFailureKind.NoModel or ModelFailureKind.LoadFailed or ModelFailureKind.Evicted => "Load a model: lms load.",
        ModelFailureKind.Crashed => "Load the model again with a smaller context: lms load -c 8192.",
        ModelFailureKind.WrongEndpoint => "Set workflow_orchestrator.lm_studio_url to the server's base address, such as http://127.0.0.1:1234.",
        ModelFailureKind.Unauthorized => "Put the server's API token into the environment as LM_STUDIO_API_KEY.",
        ModelFailureKind.UnknownModel => "Set lm_studio.model to a model that the server has (lms ls), or leave it empty.",
        ModelFailureKind.PromptTooLong => "Load the model with a larger context: lms load -c 32768.",
        _ => null,
    };

    public override string ToString() => $"{Kind}: {Message}";

    /// <summary>What follows from each kind. The tests show each with a server that does it.</summary>
    public static ModelFailurePolicy PolicyOf(ModelFailureKind kind) => kind switch
    {
        ModelFailureKind.Unreachable => new(ModelFailureClass.Unavailable, Retries: 2, TripsBreaker: true),
        ModelFailureKind.CircuitOpen => new(ModelFailureClass.Unavailable),
        ModelFailureKind.NoModel => new(ModelFailureClass.NotReady, Retries: 1, ReadyCheck: true),
        ModelFailureKind.LoadFailed => new(ModelFailureClass.NotReady, ReadyCheck: true),
        ModelFailureKind.Evicted => new(ModelFailureClass.Transient, Retries: 1, ReadyCheck: true, TripsBreaker: true),
        ModelFailureKind.Crashed => new(ModelFailureClass.Transient, Retries: 1, ReadyCheck: true, TripsBreaker: true),
        ModelFailureKind.Overloaded => new(ModelFailureClass.Transient, Retries: 2),
        ModelFailureKind.ServerError => new(ModelFailureClass.Transient, Retries: 2, TripsBreaker: true),
        ModelFailureKind.CutOff => new(ModelFailureClass.Transient, Retries: 2, TripsBreaker: true),
        ModelFailureKind.FirstTokenTimeout => new(ModelFailureClass.Transient, Retries: 1, TripsBreaker: true),
        ModelFailureKind.IdleTimeout => new(ModelFailureClass.Transient, Retries: 1, TripsBreaker: true),
        ModelFailureKind.TotalTimeout => new(ModelFailureClass.Transient),
        ModelFailureKind.WrongEndpoint or ModelFailureKind.Unauthorized or ModelFailureKind.UnknownModel => new(ModelFailureClass.Configuration, ReadyCheck: true),
        ModelFailureKind.RequestRejected or ModelFailureKind.SchemaRejected => new(ModelFailureClass.Bug),
        ModelFailureKind.PromptTooLong or ModelFailureKind.OverBudget or ModelFailureKind.NotRecorded => new(ModelFailureClass.Request),
        ModelFailureKind.Empty => new(ModelFailureClass.Answer, Retries: 1),
        ModelFailureKind.Truncated => new(ModelFailureClass.Answer, Repair: ModelRepair.MoreRoom),
        ModelFailureKind.Malformed => new(ModelFailureClass.Transient, Retries: 1, TripsBreaker: true),
        ModelFailureKind.NotJson or ModelFailureKind.DuplicateKey or ModelFailureKind.WrongSchema => new(ModelFailureClass.Answer, Repair: ModelRepair.TellFault),
        ModelFailureKind.Endless or ModelFailureKind.Refused => new(ModelFailureClass.Answer),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of failure has no policy."),
    };
}

/// <summary>How <see cref="Microsoft.Extensions.AI.IChatClient"/> tells a failure; <see cref="ModelCalls.AskAsync"/> gives it as a value.</summary>
public sealed class ModelCallException(ModelFailure failure, Exception? inner = null) : Exception(failure.ToString(), inner)
{
    public ModelFailure Failure { get; } = failure;
}
