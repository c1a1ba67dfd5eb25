using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Platform.Models;

/// <summary>What came of a call.</summary>
public abstract record ModelOutcome
{
    private ModelOutcome()
    {
    }

    /// <summary>An answer that is complete and, with a schema, valid.</summary>
    public sealed record Answered(ModelAnswer Answer) : ModelOutcome;

    /// <summary>No usable answer; everything that the failure's policy allows has been tried.</summary>
    public sealed record Failed(ModelFailure Failure) : ModelOutcome;
}

/// <summary>A complete answer.</summary>
/// <param name="Text">The text; with a schema, exactly the JSON.</param>
/// <param name="Json">With a schema: the value, checked.</param>
/// <param name="Model">The model that answered, by the server's own word: it may be another than asked for (lmstudio-bug-tracker#1217).</param>
/// <param name="Usage">Tokens.</param>
/// <param name="Timing">Times.</param>
public sealed record ModelAnswer(string Text, JsonElement? Json, string Model, ModelUsage Usage, ModelTiming Timing)
{
    /// <summary>The model that was asked for.</summary>
    public string RequestedModel { get; init; } = "";

    /// <summary>What the model thought aloud, when the server tells it apart.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>The JSON stood where the reasoning should be (lmstudio-bug-tracker#1698); it was taken because it is valid.</summary>
    public bool FromReasoning { get; init; }

    /// <summary>The first answer was faulty, this is the second.</summary>
    public bool Repaired { get; init; }

    public ChatFinishReason FinishReason { get; init; } = ChatFinishReason.Stop;

    /// <summary>Attempts that it took, 1 or more.</summary>
    public int Attempts { get; init; } = 1;
}

/// <summary>Tokens of a call, as the server counts them; estimates where it does not.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens of the answer, reasoning included.</param>
/// <param name="CachedTokens">Prompt tokens served by the server's cache; null when it does not tell (LM Studio never does: lmstudio-bug-tracker#2390).</param>
/// <param name="IsEstimated">The server gave no figures.</param>
public sealed record ModelUsage(long PromptTokens, long CompletionTokens, long? CachedTokens, bool IsEstimated);

/// <summary>Times of a call.</summary>
/// <param name="Waited">Until it was admitted.</param>
/// <param name="FirstToken">From sending to the first token, last attempt.</param>
/// <param name="Total">From the caller's call to the complete answer.</param>
public sealed record ModelTiming(TimeSpan Waited, TimeSpan FirstToken, TimeSpan Total);
