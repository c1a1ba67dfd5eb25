using Microsoft.Extensions.AI;
using Platform.Models.Admission;
using Platform.Models.Recording;
using Platform.Models.Schema;
using Platform.Models.Wire;

namespace Platform.Models.Inventory;

/// <summary>
/// The test request for a model that has just been found: it shows that the model answers at all, and whether the server enforces schemas, by asking
/// for a word that only the schema knows.
/// </summary>
internal sealed class Canary(ChatExchange exchange)
{
    // Enough for a model that thinks a little first; one that thinks longer leaves the second question open.
    private const int MaxTokens = 64;

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(2);

    private static readonly ResponseSchema s_schema = ResponseSchema.Parse(
        "canary", """{"type":"object","properties":{"word":{"type":"string","enum":["kestrel"]}},"required":["word"],"additionalProperties":false}""");

    private static readonly ChatMessage[] s_messages = [new(ChatRole.System, "Answer with one JSON object."), new(ChatRole.User, "Greet me.")];

    public async Task<CanaryOutcome> TryAsync(ModelInfo model, CancellationToken cancellationToken)
    {
        var first = await AskAsync(model, new ServerFeatures(), cancellationToken);
        if (first is CanaryOutcome.Fails { Failure: var failure } && new ServerFeatures().Without(failure, sentSchema: true) is { } fewer)
        {
            // The server does not know an optional part of the API: that is no reason not to use it.
            return await AskAsync(model, fewer, cancellationToken) switch
            {
                CanaryOutcome.Works works => works with { EnforcesSchemas = fewer.JsonSchema ? works.EnforcesSchemas : false },
                var other => other,
            };
        }

        return first;
    }

    private async Task<CanaryOutcome> AskAsync(ModelInfo model, ServerFeatures features, CancellationToken cancellationToken)
    {
        var request = new ModelRequestOptions("canary") { Lane = ModelLane.Background, Schema = s_schema, MaxOutputTokens = MaxTokens };
        var raw = TokenEstimator.Raw(s_messages);
        var call = new ModelCall(model, s_messages, request, raw, raw, 0);
        try
        {
            var (answer, _) = await exchange.SendAsync(call, ChatRequestWriter.Write(model.Id, s_messages, request, features), new ExchangeDraft(0), cancellationToken);
            return AnswerJudge.Judge(answer, request, raw, model.ContextTokens) switch
            {
                JudgedAnswer.Good => new CanaryOutcome.Works(true),
                JudgedAnswer.Bad { Failure.Kind: ModelFailureKind.WrongSchema or ModelFailureKind.NotJson } => new CanaryOutcome.Works(false),
                JudgedAnswer.Bad { Failure.Kind: ModelFailureKind.Truncated } => new CanaryOutcome.Works(answer.Content.Length == 0 ? null : false),
                JudgedAnswer.Bad { Failure: var failure } => new CanaryOutcome.Fails(failure),
                _ => throw new InvalidOperationException("Unknown judgement."),
            };
        }
        catch (ModelCallException error)
        {
            return new CanaryOutcome.Fails(error.Failure);
        }
    }

    /// <summary>Longest time to the first token of a test: its prompt is short.</summary>
    public static TimeSpan Limit(ModelServerSettings settings) => settings.FirstTokenTimeout < s_longest ? settings.FirstTokenTimeout : s_longest;
}

/// <summary>What a test request showed.</summary>
internal abstract record CanaryOutcome
{
    private CanaryOutcome()
    {
    }

    public sealed record Works(bool? EnforcesSchemas) : CanaryOutcome;

    public sealed record Fails(ModelFailure Failure) : CanaryOutcome;
}
