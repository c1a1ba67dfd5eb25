using Platform.Models;

namespace Workflow.Review.Prompts;

/// <summary>One question to the model, about one section.</summary>
/// <param name="Prompt">The static part.</param>
/// <param name="Section">What identifies the section and everything about it that the answer depends on; hashed for the cache.</param>
/// <param name="Text">The part of the prompt that is about this section, untrusted text fenced.</param>
internal sealed record ModelCall(Prompt Prompt, string Section, string Text)
{
    /// <summary>JSON schema of the answer; null for free text.</summary>
    public string? Schema { get; init; }

    public float Temperature { get; init; }

    public int MaxOutputTokens { get; init; } = 768;

    /// <summary>Number of this sample, when the same is asked several times; it seeds the model's random choice.</summary>
    public int Sample { get; init; }

    /// <summary>Equal for calls that begin with the same long text; null when there are none.</summary>
    public string? PrefixKey { get; init; }

    /// <summary>The piece of work that it belongs to, for recordings.</summary>
    public string? Run { get; init; }

    /// <summary>It can wait: all other calls go first.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Only an answer that is stored already: nothing is sent.</summary>
    public bool CachedOnly { get; init; }

    /// <summary>What the answer depends on besides section, prompt and model.</summary>
    public string Parameters => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"t={Temperature:0.00};m={MaxOutputTokens};n={Sample}");
}

/// <summary>An answer as its reader sees it: a value, or what is wrong with it, said so that the model can mend it.</summary>
internal abstract record ReadAnswer<T>
{
    private ReadAnswer()
    {
    }

    internal sealed record Valid(T Value) : ReadAnswer<T>;

    internal sealed record Invalid(string Why) : ReadAnswer<T>;
}

/// <summary>What came of a call.</summary>
internal abstract record ModelReply<T>
{
    private ModelReply()
    {
    }

    /// <summary>A valid answer.</summary>
    /// <param name="Value">The answer.</param>
    /// <param name="Model">The model that gave it.</param>
    /// <param name="FromStore">It had been given before: nothing was sent.</param>
    internal sealed record Answered(T Value, string Model, bool FromStore) : ModelReply<T>
    {
        /// <summary>What the call took; null when nothing was sent.</summary>
        public ModelTiming? Timing { get; init; }
    }

    /// <summary>The model answered, twice, with something that is no answer.</summary>
    internal sealed record Unusable(string Why) : ModelReply<T>;

    /// <summary>No model is ready, or the call did not get through.</summary>
    internal sealed record Unavailable(string Why) : ModelReply<T>;
}
