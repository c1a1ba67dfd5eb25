using System.Text;
using System.Text.Json;

namespace Platform.Models.Wire;

/// <summary>What a server sent as answer, put together.</summary>
internal sealed record RawAnswer(
    string Content,
    string Reasoning,
    string? FinishReason,
    string? Model,
    long? PromptTokens,
    long? CompletionTokens,
    long? CachedTokens,
    string? Refusal,
    bool CalledTool,
    bool SawDone);

/// <summary>
/// Puts the pieces of a stream, or a whole completion, together. Pure: pieces in, answer out. Tolerates what servers really send: missing
/// <c>choices</c>, <c>content: null</c>, unknown finish reasons, usage in a frame of its own, reasoning under two names.
/// </summary>
internal sealed class AnswerAssembler(int maxTokens, bool wantsJson)
{
    // A token is rarely over 16 bytes; beyond that and some slack the server ignores the limit that was sent.
    private const int MaxBytesPerToken = 16;
    private const int Slack = 4096;

    // Grammars of some engines let a model write white space for ever (vllm#38696). Ours need none.
    private const int MaxWhitespaceRun = 512;

    private readonly StringBuilder _content = new();
    private readonly StringBuilder _reasoning = new();
    private readonly StringBuilder _refusal = new();
    private string? _finish;
    private string? _model;
    private long? _prompt;
    private long? _completion;
    private long? _cached;
    private bool _calledTool;
    private int _whitespace;

    /// <summary>A token has come.</summary>
    public bool HasText => _content.Length > 0 || _reasoning.Length > 0;

    /// <summary>The stream said that it is over.</summary>
    public bool SawDone { get; set; }

    /// <summary>Takes one object of the stream or a whole completion. Returns the failure that it tells, if it does.</summary>
    public ModelFailure? Take(JsonElement frame)
    {
        if (frame.ValueKind != JsonValueKind.Object)
            return new ModelFailure(ModelFailureKind.Malformed, "a frame of the answer is no object");
        if (ErrorBody.FromRoot(frame) is { } error)
            return FailureClassifier.Classify(200, error);
        if (frame.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.String)
            _model = model.GetString();
        TakeUsage(frame);
        if (frame.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0)
            TakeChoice(choices[0]);
        return TooMuch();
    }

    public RawAnswer Complete() =>
        new(_content.ToString(), _reasoning.ToString(), _finish, _model, _prompt, _completion, _cached, _refusal.Length > 0 ? _refusal.ToString() : null, _calledTool, SawDone);

    private void TakeChoice(JsonElement choice)
    {
        if (choice.ValueKind != JsonValueKind.Object)
            return;
        if (choice.TryGetProperty("finish_reason", out var finish) && finish.ValueKind == JsonValueKind.String && finish.GetString() is { Length: > 0 } reason)
            _finish = reason;
        foreach (var name in new[] { "delta", "message" })
        {
            if (choice.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object)
                TakePart(part);
        }
    }

    private void TakePart(JsonElement part)
    {
        if (Text(part, "content") is { Length: > 0 } content)
        {
            _content.Append(content);
            _whitespace = content.AsSpan().IsWhiteSpace() ? _whitespace + content.Length : content.Length - content.AsSpan().TrimEnd().Length;
        }

        _reasoning.Append(Text(part, "reasoning_content") ?? Text(part, "reasoning"));
        _refusal.Append(Text(part, "refusal"));
        _calledTool |= part.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array && calls.GetArrayLength() > 0;
    }

    private void TakeUsage(JsonElement frame)
    {
        if (frame.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            _prompt = Count(usage, "prompt_tokens") ?? _prompt;
            _completion = Count(usage, "completion_tokens") ?? _completion;
            if (usage.TryGetProperty("prompt_tokens_details", out var details) && details.ValueKind == JsonValueKind.Object)
                _cached = Count(details, "cached_tokens") ?? _cached;
        }

        // llama.cpp's server: prompt_n counts only what was not cached.
        if (frame.TryGetProperty("timings", out var timings) && timings.ValueKind == JsonValueKind.Object && Count(timings, "cache_n") is { } cached)
        {
            _cached ??= cached;
            _prompt ??= cached + Count(timings, "prompt_n");
            _completion ??= Count(timings, "predicted_n");
        }
    }

    private ModelFailure? TooMuch()
    {
        if (_content.Length + _reasoning.Length > ((long)maxTokens * MaxBytesPerToken) + Slack)
            return new ModelFailure(ModelFailureKind.Endless, $"the answer is far longer than the {maxTokens} tokens that were allowed");
        return wantsJson && _whitespace > MaxWhitespaceRun
            ? new ModelFailure(ModelFailureKind.Endless, "the answer is nothing but white space for too long")
            : null;
    }

    private static string? Text(JsonElement part, string name) => part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Count(JsonElement part, string name) => part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var count) ? (long)count : null;
}
