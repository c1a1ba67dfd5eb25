using Microsoft.Extensions.AI;
using Platform.Models.Schema;

namespace Platform.Models;

/// <summary>Who waits for a call. The first goes first.</summary>
public enum ModelLane
{
    /// <summary>A person looks at the screen.</summary>
    Human,

    /// <summary>The work on a change.</summary>
    Review,

    /// <summary>What can wait: experiments, warming up.</summary>
    Background,
}

/// <summary>One call of a model, beyond its messages. Becomes <see cref="ChatOptions"/> by <see cref="ToChatOptions"/>.</summary>
/// <param name="Purpose">The kind of call, for metrics and recordings: a constant such as <c>review.requirement</c>.</param>
public sealed record ModelRequestOptions(string Purpose)
{
    private const string Key = "workflow.request";

    /// <summary>Order of admission.</summary>
    public ModelLane Lane { get; init; } = ModelLane.Review;

    /// <summary>The form of the answer: sent to the server and, because servers silently ignore it, checked here.</summary>
    public ResponseSchema? Schema { get; init; }

    /// <summary>Most tokens of the answer; always sent.</summary>
    public int MaxOutputTokens { get; init; } = 768;

    public float Temperature { get; init; }

    public long? Seed { get; init; }

    /// <summary>
    /// Calls with the same key begin with the same long text (rules, then one document). Among waiting calls of a lane those whose beginning the
    /// server has just read go first, so that its prompt cache serves them.
    /// </summary>
    public string? PrefixKey { get; init; }

    /// <summary>The piece of work that the call belongs to; <c>wo replay RUN</c> repeats all calls of one.</summary>
    public string? Run { get; init; }

    /// <summary>Tokens that this call and its siblings may use together; null: no limit.</summary>
    public ModelBudget? Budget { get; init; }

    /// <summary>Longest time of this call; null: <see cref="ModelServerSettings.TotalTimeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Not the model that is ready now, but this one (comparisons).</summary>
    public string? Model { get; init; }

    /// <summary>The same as options of the chat client.</summary>
    public ChatOptions ToChatOptions() => new()
    {
        ModelId = Model,
        MaxOutputTokens = MaxOutputTokens,
        Temperature = Temperature,
        Seed = Seed,
        ResponseFormat = Schema is null ? ChatResponseFormat.Text : ChatResponseFormat.ForJsonSchema(Schema.Json, Schema.Name),
        AdditionalProperties = new() { [Key] = this },
    };

    /// <summary>The options of a call that came through <see cref="IChatClient"/>, also from callers that know nothing of this class.</summary>
    internal static ModelRequestOptions Of(ChatOptions? options)
    {
        var request = options?.AdditionalProperties?.GetValueOrDefault(Key) as ModelRequestOptions ?? new ModelRequestOptions("chat");
        if (options is null)
            return request;
        return request with
        {
            Model = options.ModelId ?? request.Model,
            MaxOutputTokens = options.MaxOutputTokens ?? request.MaxOutputTokens,
            Temperature = options.Temperature ?? request.Temperature,
            Seed = options.Seed ?? request.Seed,
            Schema = request.Schema ?? (options.ResponseFormat is ChatResponseFormatJson { Schema: { } schema } json ? ResponseSchema.Foreign(json.SchemaName ?? "answer", schema) : null),
        };
    }
}

/// <summary>An allowance of tokens shared by several calls. A call that would exceed it is not sent.</summary>
/// <param name="tokens">Prompt and answer tokens together.</param>
public sealed class ModelBudget(long tokens)
{
    private readonly Lock _gate = new();
    private long _left = tokens;

    /// <summary>What is left; never under zero.</summary>
    public long Left
    {
        get
        {
            lock (_gate)
                return Math.Max(0, _left);
        }
    }

    /// <summary>Takes tokens before sending; false when there are not enough.</summary>
    internal bool TryReserve(long amount)
    {
        lock (_gate)
        {
            if (amount > _left)
                return false;
            _left -= amount;
            return true;
        }
    }

    /// <summary>Corrects a reservation by what was really used.</summary>
    internal void Settle(long reserved, long used)
    {
        lock (_gate)
            _left += reserved - used;
    }
}
