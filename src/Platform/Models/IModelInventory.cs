namespace Platform.Models;

/// <summary>What the model server can do now. Kept up to date in the background; reading it never calls out.</summary>
public interface IModelInventory
{
    /// <summary>The last known state.</summary>
    ModelState Current { get; }

    /// <summary>Calls the handler after each change of state, on the thread that noticed it. Dispose to stop.</summary>
    IDisposable OnChanged(Action<ModelState> handler);

    /// <summary>Looks at the server now (callers at the same time share one look) and returns what was seen.</summary>
    Task<ModelState> CheckAsync(CancellationToken cancellationToken);

    /// <summary>A call has failed in a way that the list of models does not show: the model is tested again, soon and in the background.</summary>
    void Doubt();

    /// <summary>Waits until a model is ready.</summary>
    Task<ModelInfo> WaitReadyAsync(CancellationToken cancellationToken);
}

/// <summary>Whether a model can be asked.</summary>
public abstract record ModelState
{
    private ModelState()
    {
    }

    /// <summary>Not looked at yet.</summary>
    public sealed record Unknown : ModelState;

    /// <summary>Switched off in the settings.</summary>
    public sealed record Off : ModelState;

    /// <summary>It has answered a test request and can be asked.</summary>
    public sealed record Ready(ModelInfo Model) : ModelState;

    /// <summary>Nothing can be asked now.</summary>
    /// <param name="Failure">Why; its class tells whether it may pass by itself.</param>
    /// <param name="Server">What answers at the address; null: nothing does.</param>
    public sealed record NotReady(ModelFailure Failure, ModelServerKind? Server = null) : ModelState;
}

/// <summary>Which program serves the models, told by what it answers, not by its port.</summary>
public enum ModelServerKind
{
    LmStudio,
    LlamaCpp,
    Ollama,

    /// <summary>Any other with the OpenAI API.</summary>
    OpenAiCompatible,
}

/// <summary>A model that is ready.</summary>
/// <param name="Id">Its name for requests.</param>
/// <param name="Server">Who serves it.</param>
/// <param name="ContextTokens">Longest prompt and answer together.</param>
/// <param name="PoolTokens">Tokens of all calls in flight together: LM Studio's slots share one context.</param>
/// <param name="Slots">Calls that the server works on at the same time; more would wait inside it.</param>
public sealed record ModelInfo(string Id, ModelServerKind Server, int ContextTokens, int PoolTokens, int Slots)
{
    /// <summary>A test request has shown that schemas are enforced (true), that they are ignored (false), or neither (null).</summary>
    public bool? EnforcesSchemas { get; init; }

    /// <summary>The server told its context; otherwise it is assumed.</summary>
    public bool IsContextKnown { get; init; }
}
