using Microsoft.Extensions.AI;

namespace Platform.Models;

/// <summary>Asking a model with the outcome as a value.</summary>
public static class ModelCalls
{
    private const int MaxRoomFactor = 2;

    /// <summary>
    /// Asks, and once more when the first answer is faulty in a way that a second call can mend: a faulty JSON is asked for again with the fault
    /// appended after the original prompt, at temperature 0; an answer that was cut gets twice the room.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="messages">Static text first, so that the server's prompt cache serves it.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Hangs up.</param>
    public static async Task<ModelOutcome> AskAsync(this IChatClient client, IReadOnlyList<ChatMessage> messages, ModelRequestOptions request, CancellationToken cancellationToken)
    {
        var first = await TryAsync(client, messages, request, cancellationToken);
        if (first is not ModelOutcome.Failed { Failure: var failure } || failure.Policy.Repair == ModelRepair.None)
            return first;
        var second = failure.Policy.Repair switch
        {
            ModelRepair.MoreRoom => await TryAsync(client, messages, request with { MaxOutputTokens = request.MaxOutputTokens * MaxRoomFactor }, cancellationToken),
            _ => await TryAsync(client, [.. messages, Complaint(failure)], request with { Temperature = 0 }, cancellationToken),
        };
        return second switch
        {
            ModelOutcome.Answered { Answer: var answer } => new ModelOutcome.Answered(answer with { Repaired = true }),
            ModelOutcome.Failed { Failure.Class: ModelFailureClass.Request } => first, // no room for the repair: the first fault is the truth
            _ => second,
        };
    }

    // The faulty answer itself is not sent back: small models repeat it.
    private static ChatMessage Complaint(ModelFailure failure) =>
        new(ChatRole.User, $"Your last answer could not be used: {failure.Message}. Answer again with exactly one JSON object of the required form and nothing else.");

    private static async Task<ModelOutcome> TryAsync(IChatClient client, IReadOnlyList<ChatMessage> messages, ModelRequestOptions request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await client.GetResponseAsync(messages, request.ToChatOptions(), cancellationToken);
            return new ModelOutcome.Answered(response.RawRepresentation as ModelAnswer ?? FromForeign(response, request));
        }
        catch (ModelCallException error)
        {
            return new ModelOutcome.Failed(error.Failure);
        }
    }

    // Another implementation of IChatClient (tests, other providers): checked all the same.
    private static ModelAnswer FromForeign(ChatResponse response, ModelRequestOptions request)
    {
        var usage = new ModelUsage(response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0, response.Usage?.CachedInputTokenCount, response.Usage is null);
        var answer = new ModelAnswer(response.Text, null, response.ModelId ?? "unknown", usage, new ModelTiming(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero)) { FinishReason = response.FinishReason ?? ChatFinishReason.Stop };
        return request.Schema?.Check(response.Text) switch
        {
            null => answer,
            Schema.SchemaVerdict.Valid valid => answer with { Text = valid.Text, Json = valid.Value },
            Schema.SchemaVerdict.Invalid invalid => throw new ModelCallException(new ModelFailure(invalid.Kind, invalid.Message)),
            _ => throw new InvalidOperationException("Unknown verdict."),
        };
    }
}
