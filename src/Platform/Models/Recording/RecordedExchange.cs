using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Models.Recording;

/// <summary>One exchange with a model, as it is kept: one line of a file under <c>exchanges/</c>.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Run">The piece of work that it belongs to.</param>
/// <param name="Purpose">Kind of call.</param>
/// <param name="Attempt">1 for the first attempt of a call.</param>
/// <param name="Model">The model asked, with what was known of it.</param>
/// <param name="Key">SHA-256 of the request as it was sent: what a replay finds it by.</param>
/// <param name="Request">The request's JSON, redacted; empty when it was too large to keep.</param>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="ContentType">Of the answer.</param>
/// <param name="Body">The answer as it came, redacted.</param>
/// <param name="IsCut">The answer was too large to keep whole.</param>
/// <param name="Failure">Why it came to nothing; null: it was used.</param>
/// <param name="WasAbandoned">The caller hung up.</param>
/// <param name="Milliseconds">From sending to the end.</param>
public sealed record RecordedExchange(
    DateTimeOffset At,
    string? Run,
    string Purpose,
    int Attempt,
    ModelInfo Model,
    string Key,
    string Request,
    int? Status,
    string? ContentType,
    string Body,
    bool IsCut,
    ModelFailureKind? Failure,
    bool WasAbandoned,
    long Milliseconds)
{
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The key of a request.</summary>
    public static string KeyOf(ReadOnlySpan<byte> request) => Convert.ToHexStringLower(SHA256.HashData(request));
}
