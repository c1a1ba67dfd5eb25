using Microsoft.Extensions.AI;
using Platform.Models.Schema;

namespace Platform.Models.Wire;

/// <summary>Decides what a complete stream is worth. Pure.</summary>
internal static class AnswerJudge
{
    /// <summary>An answer, or why it is none. Usage and timing are filled in by the caller.</summary>
    /// <param name="raw">What came.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="promptEstimate">Tokens of the prompt, as estimated before sending.</param>
    /// <param name="contextTokens">The loaded context.</param>
    public static JudgedAnswer Judge(RawAnswer raw, ModelRequestOptions request, long promptEstimate, int contextTokens)
    {
        if (raw.Refusal is { } refusal)
            return Failed(ModelFailureKind.Refused, refusal);
        var hasContent = !string.IsNullOrWhiteSpace(AnswerJson.Unwrap(raw.Content));
        if (!hasContent && raw.CalledTool)
            return Failed(ModelFailureKind.Refused, "the model called a tool; none was offered");
        if (raw.FinishReason is null && (!raw.SawDone || !hasContent) && raw.Content.Length + raw.Reasoning.Length > 0)
            return Failed(ModelFailureKind.CutOff, "the stream ended without saying that the answer is complete");
        if (raw.Content.Length + raw.Reasoning.Length == 0)
            return NoText(raw, promptEstimate, contextTokens);
        if (IsLength(raw.FinishReason))
            return AtLimit(raw, request);
        return request.Schema is { } schema ? WithSchema(raw, schema, hasContent) : WithoutSchema(raw, hasContent);
    }

    public static bool IsLength(string? finishReason) => finishReason is "length" or "max_tokens" or "MAX_TOKENS" or "model_length";

    // The JSON may just have been complete; with a schema that can be seen.
    private static JudgedAnswer AtLimit(RawAnswer raw, ModelRequestOptions request)
    {
        if (request.Schema?.Check(raw.Content) is SchemaVerdict.Valid valid)
            return new JudgedAnswer.Good(valid.Text, valid.Value, FromReasoning: false, ChatFinishReason.Stop);
        return Failed(ModelFailureKind.Truncated, $"the answer was cut at {request.MaxOutputTokens} tokens{(raw.Content.Length == 0 ? ", all of them reasoning" : "")}");
    }

    private static JudgedAnswer.Bad NoText(RawAnswer raw, long promptEstimate, int contextTokens)
    {
        if (IsLength(raw.FinishReason))
            return Failed(ModelFailureKind.Truncated, "the answer was cut before its first character");
        // GGUF models answer a stream with no text at all when the prompt overflows (lmstudio-bug-tracker#2339).
        return (raw.PromptTokens ?? promptEstimate) > contextTokens / 2 && raw.CompletionTokens is null or 0
            ? Failed(ModelFailureKind.PromptTooLong, $"no text came back, and the prompt of about {raw.PromptTokens ?? promptEstimate} tokens may not fit the context of {contextTokens}")
            : raw.FinishReason is null && !raw.SawDone
                ? Failed(ModelFailureKind.CutOff, "the stream ended before the first token")
                : Failed(ModelFailureKind.Empty, "the answer has no text");
    }

    private static JudgedAnswer WithSchema(RawAnswer raw, ResponseSchema schema, bool hasContent)
    {
        var verdict = hasContent ? schema.Check(raw.Content) : schema.Check(raw.Reasoning);
        return verdict switch
        {
            SchemaVerdict.Valid valid => new JudgedAnswer.Good(valid.Text, valid.Value, FromReasoning: !hasContent, Finish(raw)),
            SchemaVerdict.Invalid when !hasContent => Failed(ModelFailureKind.Empty, "the answer has no text, and its reasoning is not what was asked for"),
            SchemaVerdict.Invalid invalid => Failed(invalid.Kind, invalid.Message),
            _ => throw new InvalidOperationException("Unknown verdict."),
        };
    }

    private static JudgedAnswer WithoutSchema(RawAnswer raw, bool hasContent) => hasContent
        ? new JudgedAnswer.Good(AnswerJson.StripThinking(raw.Content), null, FromReasoning: false, Finish(raw))
        : Failed(ModelFailureKind.Empty, "the answer has no text beside its reasoning");

    // Servers invent finish reasons; what is complete and valid is taken, and the reason kept as it came.
    private static ChatFinishReason Finish(RawAnswer raw) => raw.FinishReason is null ? ChatFinishReason.Stop : new ChatFinishReason(raw.FinishReason);

    private static JudgedAnswer.Bad Failed(ModelFailureKind kind, string message) => new(new ModelFailure(kind, message.Length <= 500 ? message : message[..500]));
}

/// <summary>What the judge says.</summary>
internal abstract record JudgedAnswer
{
    private JudgedAnswer()
    {
    }

    public sealed record Good(string Text, System.Text.Json.JsonElement? Json, bool FromReasoning, ChatFinishReason FinishReason) : JudgedAnswer;

    public sealed record Bad(ModelFailure Failure) : JudgedAnswer;
}
