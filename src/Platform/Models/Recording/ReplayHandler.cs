using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Models.Recording;

/// <summary>Answers requests from a recording, each by its own bytes and in the recorded order. Nothing goes onto the network.</summary>
internal sealed class ReplayHandler : HttpMessageHandler
{
    private readonly Dictionary<string, Queue<RecordedExchange>> _exchanges;
    private readonly Lock _gate = new();

    /// <summary>Prepares the answers.</summary>
    public ReplayHandler(IEnumerable<RecordedExchange> exchanges) => _exchanges = exchanges
        .Where(exchange => !exchange.WasAbandoned)
        .GroupBy(exchange => exchange.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => new Queue<RecordedExchange>(group), StringComparer.Ordinal);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var key = RecordedExchange.KeyOf(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        if (Take(key) is not { } exchange)
            return Answer(HttpStatusCode.NotFound, new JsonObject { ["error"] = new JsonObject { ["message"] = "this request is not in the recording", ["code"] = Wire.FailureClassifier.NotRecorded } }.ToJsonString(), "application/json");
        return exchange.Status is { } status
            ? Answer((HttpStatusCode)status, exchange.Body, exchange.ContentType)
            : throw new HttpRequestException(HttpRequestError.ConnectionError, "as recorded");
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string body, string? contentType)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (contentType is not null)
            response.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return response;
    }

    // The last answer to a request serves all further ones: a later version of the program may ask more often.
    private RecordedExchange? Take(string key)
    {
        lock (_gate)
            return !_exchanges.TryGetValue(key, out var queue) ? null : queue.Count > 1 ? queue.Dequeue() : queue.Peek();
    }
}
