namespace Platform.Models.Wire;

/// <summary>
/// Tells what a server means. By message first, because servers put the same fault under different statuses, then by status. Sources of the phrases:
/// lmstudio-ai/lmstudio-bug-tracker and ggml-org/llama.cpp issues, named in the tests.
/// </summary>
internal static class FailureClassifier
{
    /// <summary>Code of a replay's own refusal.</summary>
    public const string NotRecorded = "not_recorded";

    private static readonly (ModelFailureKind Kind, string[] Phrases)[] s_phrases =
    [
        (ModelFailureKind.NotRecorded, [NotRecorded]),
        (ModelFailureKind.WrongEndpoint, ["Unexpected endpoint or method"]),
        (ModelFailureKind.Unauthorized, ["invalid_api_key", "API token is required", "Invalid API Key", "Incorrect API key"]),
        (ModelFailureKind.SchemaRejected, ["JSON schema conversion failed", "failed to parse grammar", "Failed to initialize samplers", "invalid grammar", "Invalid schema"]),
        (ModelFailureKind.RequestRejected, ["'response_format.type' must be", "response_format", "stream_options", "unrecognized_keys", "Unrecognized key"]),
        (ModelFailureKind.PromptTooLong,
        [
            "when context the overflows", "context length of only", "Context size has been exceeded", "Reached context length", "exceeds the available context size",
            "context_length_exceeded", "maximum context length", "exceed_context_size_error", "input is too long", "prompt is too long",
        ]),
        (ModelFailureKind.LoadFailed, ["Failed to load model", "Engine protocol startup was aborted", "Channel Error", "error loading model", "insufficient system resources", "requires more system memory"]),
        (ModelFailureKind.NoModel, ["No models loaded", "no model loaded", "Loading model", "model is loading", "Model is not loaded"]),
        (ModelFailureKind.Evicted, ["Model is unloaded", "Model unloaded", "Model has been unloaded"]),
        (ModelFailureKind.Crashed, ["has crashed", "Exit code:", "runner process has terminated", "llama runner process"]),
        (ModelFailureKind.UnknownModel, ["model_not_found", "Invalid model identifier", "try pulling it first"]),
        (ModelFailureKind.Overloaded, ["server busy", "server overloaded", "maximum pending requests", "rate limit", "no slot available", "slot unavailable"]),
    ];

    /// <summary>A failed response, or an error inside a stream (then <paramref name="status"/> is 200).</summary>
    public static ModelFailure Classify(int status, ErrorBody error, TimeSpan? retryAfter = null) =>
        new(KindOf(status, error), error.Message.Length > 0 ? error.Message : $"status {status} without a word") { Status = status, RetryAfter = retryAfter };

    private static ModelFailureKind KindOf(int status, ErrorBody error)
    {
        foreach (var (kind, phrases) in s_phrases)
        {
            if (phrases.Any(phrase => error.Message.Contains(phrase, StringComparison.OrdinalIgnoreCase) || error.Code?.Contains(phrase, StringComparison.OrdinalIgnoreCase) == true))
                return kind;
        }

        return status switch
        {
            401 or 403 => ModelFailureKind.Unauthorized,
            404 when IsAboutModel(error) => ModelFailureKind.UnknownModel,
            404 or 405 or (>= 300 and < 400) => ModelFailureKind.WrongEndpoint,
            400 when IsAboutModel(error) && error.Message.Contains("not found", StringComparison.OrdinalIgnoreCase) => ModelFailureKind.UnknownModel,
            408 => ModelFailureKind.FirstTokenTimeout,
            413 => ModelFailureKind.PromptTooLong,
            429 or 503 => ModelFailureKind.Overloaded,
            >= 400 and < 500 => ModelFailureKind.RequestRejected,
            _ => ModelFailureKind.ServerError,
        };
    }

    private static bool IsAboutModel(ErrorBody error) =>
        error.Parameter == "model" || (error.Message.Contains("model", StringComparison.OrdinalIgnoreCase) && error.Message.Contains("not found", StringComparison.OrdinalIgnoreCase));
}
