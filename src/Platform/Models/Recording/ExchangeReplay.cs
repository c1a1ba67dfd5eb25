using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Models.Schema;

namespace Platform.Models.Recording;

/// <summary>One call of a run, repeated.</summary>
/// <param name="Exchange">As recorded.</param>
/// <param name="Outcome">What comes of it now; null: it cannot be repeated (abandoned, or too large to have been kept).</param>
public sealed record ReplayedCall(RecordedExchange Exchange, ModelOutcome? Outcome)
{
    /// <summary>The same came of it as then.</summary>
    public bool IsSame => Outcome is null || (Outcome is ModelOutcome.Failed failed ? failed.Failure.Kind : null) == Exchange.Failure;
}

/// <summary>Repeats recorded runs without a model.</summary>
public static class ExchangeReplay
{
    /// <summary>The runs in a recording, the newest last, with their number of exchanges.</summary>
    public static IReadOnlyList<(string Run, int Exchanges, DateTimeOffset Last)> Runs(string folder) =>
    [
        .. ExchangeFiles.Read(folder).Where(exchange => exchange.Run is not null).GroupBy(exchange => exchange.Run!, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count(), group.Max(exchange => exchange.At))).OrderBy(run => run.Item3),
    ];

    /// <summary>The exchanges of a run, in their order.</summary>
    public static IReadOnlyList<RecordedExchange> Load(string folder, string run) => [.. ExchangeFiles.Read(folder).Where(exchange => exchange.Run == run)];

    /// <summary>
    /// A server that answers from these exchanges: reviews and drafts run on it as on the real one. A request that is not among them fails with
    /// <see cref="ModelFailureKind.NotRecorded"/>.
    /// </summary>
    public static ModelServer Serve(IReadOnlyList<RecordedExchange> exchanges, TimeProvider time) =>
        ModelServer.ForReplay(exchanges.Count > 0 ? exchanges[^1].Model : throw new ArgumentException("There is nothing to replay.", nameof(exchanges)), new ReplayHandler(exchanges), NullLoggerFactory.Instance, time);

    /// <summary>Sends each recorded request once more, through the whole client, and compares what comes of it.</summary>
    public static async Task<IReadOnlyList<ReplayedCall>> RepeatAsync(IReadOnlyList<RecordedExchange> exchanges, TimeProvider time, CancellationToken cancellationToken)
    {
        var calls = new List<ReplayedCall>();
        foreach (var exchange in exchanges)
        {
            if (exchange.WasAbandoned || exchange.Request.Length == 0 || exchange.IsCut)
            {
                calls.Add(new ReplayedCall(exchange, null));
                continue;
            }

            // One attempt against exactly this answer: its retries are exchanges of their own.
            using var server = ModelServer.ForReplay(exchange.Model, new ReplayHandler([exchange with { Key = KeyOfRedacted(exchange) }]), NullLoggerFactory.Instance, time, maxAttempts: 1);
            var (messages, request) = Parse(exchange);
            ModelOutcome outcome;
            try
            {
                var response = await server.Client.GetResponseAsync(messages, request.ToChatOptions(), cancellationToken);
                outcome = new ModelOutcome.Answered((ModelAnswer)response.RawRepresentation!);
            }
            catch (ModelCallException error)
            {
                outcome = new ModelOutcome.Failed(error.Failure);
            }

            calls.Add(new ReplayedCall(exchange, outcome));
        }

        return calls;
    }

    // What was redacted changes the request's bytes, so also its key.
    private static string KeyOfRedacted(RecordedExchange exchange) => RecordedExchange.KeyOf(System.Text.Encoding.UTF8.GetBytes(exchange.Request));

    private static (IReadOnlyList<ChatMessage> Messages, ModelRequestOptions Request) Parse(RecordedExchange exchange)
    {
        using var document = JsonDocument.Parse(exchange.Request);
        var root = document.RootElement;
        var messages = root.GetProperty("messages").EnumerateArray()
            .Select(message => new ChatMessage(new ChatRole(message.GetProperty("role").GetString()!), message.GetProperty("content").GetString())).ToList();
        ResponseSchema? schema = null;
        if (root.TryGetProperty("response_format", out var format))
        {
            var wrapper = format.GetProperty("json_schema");
            schema = ResponseSchema.Foreign(wrapper.GetProperty("name").GetString()!, wrapper.GetProperty("schema").Clone());
        }

        return (messages, new ModelRequestOptions(exchange.Purpose)
        {
            Schema = schema,
            MaxOutputTokens = root.GetProperty("max_tokens").GetInt32(),
            Temperature = root.GetProperty("temperature").GetSingle(),
            Seed = root.TryGetProperty("seed", out var seed) ? seed.GetInt64() : null,
            Model = root.GetProperty("model").GetString(),
        });
    }
}
