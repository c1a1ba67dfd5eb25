using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Platform.Json;
using Platform.Models.Recording;

namespace Platform.Models.Wire;

/// <summary>One request and its answer: sends, reads the stream under its time limits, and tells what came of it.</summary>
internal sealed class ChatExchange(HttpClient http, ModelAddress address, ModelServerSettings settings, TimeProvider time)
{
    private const int MaxErrorBytes = 64 * 1024;
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    /// <summary>Sends the call once.</summary>
    /// <returns>What came, and the time to the first token.</returns>
    /// <exception cref="ModelCallException">It came to nothing.</exception>
    public async Task<(RawAnswer Answer, TimeSpan FirstToken)> SendAsync(ModelCall call, byte[] body, ExchangeDraft draft, CancellationToken cancellationToken)
    {
        using var watchdog = new CancellationTokenSource(settings.FirstTokenTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(watchdog.Token, cancellationToken);
        var reading = new Reading(call, watchdog, time.GetTimestamp(), new AnswerAssembler(call.Request.MaxOutputTokens, call.Request.Schema is not null), time, settings.IdleTimeout);
        call.IsBeingRead = true;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address.Chat) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            draft.Answered((int)response.StatusCode, response.Content.Headers.ContentType?.ToString());
            if (!response.IsSuccessStatusCode)
                throw new ModelCallException(await RefusalAsync(response, draft, either.Token));
            await ReadAnswerAsync(response, reading, draft, either.Token);
            call.IsBeingRead = false;
            return (reading.Assembler.Complete(), reading.FirstToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && watchdog.IsCancellationRequested)
        {
            throw new ModelCallException(reading.Assembler.HasText
                ? new ModelFailure(ModelFailureKind.IdleTimeout, $"no token for {settings.IdleTimeout.TotalSeconds:0.#} s")
                : new ModelFailure(ModelFailureKind.FirstTokenTimeout, $"no token within {settings.FirstTokenTimeout.TotalSeconds:0.#} s"));
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            call.IsBeingRead = false; // the server is gone, or has hung up itself
            throw new ModelCallException(TransportFailure.Of(error, address), error);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            throw new ModelCallException(new ModelFailure(ModelFailureKind.Malformed, "the server's answer cannot be read: " + error.Message), error);
        }
    }

    private static async Task<ModelFailure> RefusalAsync(HttpResponseMessage response, ExchangeDraft draft, CancellationToken cancellationToken)
    {
        string body;
        try
        {
            body = await CappedBody.ReadAsync(response.Content, MaxErrorBytes, cancellationToken);
        }
        catch (InvalidDataException)
        {
            body = "";
        }

        draft.Append(body);
        var retryAfter = response.Headers.RetryAfter?.Delta;
        return FailureClassifier.Classify((int)response.StatusCode, ErrorBody.ReadAny(body), retryAfter);
    }

    // What is labelled as a stream is read as one; anything else whole, because errors under status 200 and servers that do not stream look like that.
    private static async Task ReadAnswerAsync(HttpResponseMessage response, Reading reading, ExchangeDraft draft, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            await ReadEventsAsync(draft.Tee(stream), reading, cancellationToken);
            return;
        }

        var text = await CappedBody.ReadAsync(response.Content, MaxBodyBytes, cancellationToken);
        draft.Append(text);
        var body = text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (body.StartsWith("data:", StringComparison.Ordinal) || body.StartsWith("event:", StringComparison.Ordinal) || body.StartsWith(':'))
        {
            using var memory = new MemoryStream(Encoding.UTF8.GetBytes(body + "\n"));
            await ReadEventsAsync(memory, reading, cancellationToken);
        }
        else if (!body.StartsWith('{'))
        {
            throw new ModelCallException(new ModelFailure(ModelFailureKind.WrongEndpoint, body.Length == 0 ? "the answer has no body" : "the answer is neither JSON nor a stream"));
        }
        else
        {
            using var document = JsonDocument.Parse(JsonUnicode.ToUtf8(body));
            reading.Take(document.RootElement);
            reading.Assembler.SawDone = true;
        }
    }

    private static async Task ReadEventsAsync(Stream stream, Reading reading, CancellationToken cancellationToken)
    {
        await foreach (var (name, data) in ServerSentEvents.ReadAsync(stream, cancellationToken))
        {
            if (data == "[DONE]")
            {
                reading.Assembler.SawDone = true;
                return;
            }

            if (name == "error")
                throw new ModelCallException(FailureClassifier.Classify(200, ErrorBody.ReadAny(data)));
            using var document = JsonDocument.Parse(JsonUnicode.ToUtf8(data));
            reading.Take(document.RootElement);
        }
    }

    /// <summary>State of one reading: every frame resets the idle time, the first text ends the wait for the first token.</summary>
    private sealed class Reading(ModelCall call, CancellationTokenSource watchdog, long sent, AnswerAssembler assembler, TimeProvider time, TimeSpan idle)
    {
        public AnswerAssembler Assembler => assembler;

        public TimeSpan FirstToken { get; private set; }

        public void Take(JsonElement frame)
        {
            var before = assembler.HasText;
            if (assembler.Take(frame) is { } failure)
                throw new ModelCallException(failure);
            if (!assembler.HasText)
                return;
            if (!before)
            {
                FirstToken = time.GetElapsedTime(sent);
                call.IsBeingRead = false;
                call.Admission?.PromptRead();
            }

            watchdog.CancelAfter(idle);
        }
    }
}
