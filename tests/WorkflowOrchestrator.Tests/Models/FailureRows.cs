using Microsoft.Extensions.AI;
using Platform.Models;
using Testing.Models;
using static Testing.Models.Replies;

namespace Workflow.Tests.Models;

/// <summary>Every error body (1.2), every quirk (1.3) and every odd answer (2.3) of the reference, and what else was found.</summary>
internal static partial class FailureRows
{
    /// <summary>The rows of the reference; each must have a case.</summary>
    public static readonly string[] Reference =
    [
        "1.2 server down", "1.2 wrong path", "1.2 json_object", "1.2 no model", "1.2 JIT load fails", "1.2 evicted", "1.2 prompt too long", "1.2 prompt too long, streaming", "1.2 crash", "1.2 bad schema", "1.2 auth", "1.2 mid-stream error",
        "1.3.1", "1.3.2", "1.3.3", "1.3.4", "1.3.5", "1.3.6", "1.3.7", "1.3.8", "1.3.9", "1.3.10", "1.3.11", "1.3.12", "1.3.13", "1.3.14", "1.3.15",
        "2.3 string error", "2.3 error under 200", "2.3 empty choices", "2.3 finish_reason", "2.3 content null", "2.3 truncated body", "2.3 SSE error", "2.3 cut stream", "2.3 refused connection",
    ];

    private static readonly ModelRequestOptions s_free = new("test") { MaxOutputTokens = 64 };

    public static IReadOnlyList<FailureRow> All { get; } = [.. ErrorBodies(), .. Quirks(), .. OddAnswers(), .. Others()];

    private static IEnumerable<FailureRow> ErrorBodies()
    {
        yield return new("1.2 server down", "connection refused", ModelFailureKind.Unreachable, 0, server => server.StopAsync().GetAwaiter().GetResult());
        yield return new("1.2 wrong path", "200 with 'Unexpected endpoint or method'", ModelFailureKind.WrongEndpoint, 1, Says(PlainError(200, "Unexpected endpoint or method. (POST /chat/completions)")));
        yield return new("1.2 json_object", "400 'response_format.type' must be 'json_schema' or 'text'", ModelFailureKind.RequestRejected, 1, Says(PlainError(400, "'response_format.type' must be 'json_schema' or 'text'"))) { Request = s_free };
        yield return new("1.2 no model", "404 No models loaded, and stays so", ModelFailureKind.NoModel, 2, Always(Error(404, "No models loaded. Please load a model in the developer page or use the 'lms load' command.", parameter: "model")));
        yield return new("1.2 no model", "404 No models loaded, then it is there", null, 2, Says(Error(404, "No models loaded. Please load a model in the developer page or use the 'lms load' command.", parameter: "model")));
        yield return new("1.2 JIT load fails", "Engine protocol startup was aborted", ModelFailureKind.LoadFailed, 1, Says(Error(400, "Failed to load model \"x\". Error: Engine protocol startup was aborted.")));
        yield return new("1.2 JIT load fails", "Channel Error", ModelFailureKind.LoadFailed, 1, Says(PlainError(400, "Channel Error")));
        yield return new("1.2 evicted", "Model unloaded., then it is back", null, 2, Says(Error(400, "Model unloaded.")));
        yield return new("1.2 evicted", "Model is unloaded. again and again", ModelFailureKind.Evicted, 2, Always(Error(400, "Model is unloaded.")));
        yield return new("1.2 prompt too long", "Trying to keep the first N tokens", ModelFailureKind.PromptTooLong, 1, Says(PlainError(400, "Trying to keep the first 9021 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.")));
        yield return new("1.2 prompt too long", "Context size has been exceeded", ModelFailureKind.PromptTooLong, 1, Says(Error(400, "Context size has been exceeded.")));
        yield return new("1.2 prompt too long", "Reached context length of N tokens", ModelFailureKind.PromptTooLong, 1, Says(Error(400, "Reached context length of 4096 tokens with model (arch:gpt-oss) that does not currently support mid-generation context overflow.")));
        yield return new("1.2 prompt too long", "llama.cpp: exceeds the available context size", ModelFailureKind.PromptTooLong, 1, Says(Body(400, """{"error":{"code":400,"message":"request (9021 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error"}}""")));
        yield return new("1.2 prompt too long, streaming", "200 with no delta at all, large prompt", ModelFailureKind.PromptTooLong, 1, Says(Lines("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}", "", "data: [DONE]", ""))) { Server = new SimulatorOptions { ContextTokens = 4096 }, Prompt = new string('x', 8000) };
        yield return new("1.2 prompt too long, streaming", "200 with no delta at all, small prompt", ModelFailureKind.Empty, 2, Always(Lines("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}", "", "data: [DONE]", "")));
        yield return new("1.2 crash", "The model has crashed, then it is back", null, 2, Says(Error(400, "The model has crashed without additional information. (Exit code: 18446744072635812000)")));
        yield return new("1.2 crash", "The model has crashed again and again", ModelFailureKind.Crashed, 2, Always(Error(400, "The model has crashed without additional information. (Exit code: null)")));
        yield return new("1.2 bad schema", "engine protocol with a nested error", ModelFailureKind.SchemaRejected, 1, Says(PlainError(400, """Engine protocol predict request returned 400: {"error":{"code":400,"message":"Failed: JSON schema conversion failed:\nPattern must start with '^' and end with '$'","type":"invalid_request_error"}}"""))) { Check = Message("Pattern must start with") };
        yield return new("1.2 bad schema", "failed to parse grammar", ModelFailureKind.SchemaRejected, 1, Says(Error(400, "Failed to initialize samplers: failed to parse grammar")));
        yield return new("1.2 auth", "401 An LM Studio API token is required", ModelFailureKind.Unauthorized, 1, Says(Body(401, """{"error":{"type":"invalid_request","code":"invalid_api_key","message":"An LM Studio API token is required to make requests to this server."}}""")));
        yield return new("1.2 mid-stream error", "data frame with an error after text", ModelFailureKind.ServerError, 3, Always(Frames(Delta("{\"rea"), """{"error":{"message":"The operation failed"}}""")));
        yield return new("1.2 mid-stream error", "event: error", ModelFailureKind.Crashed, 2, Always(Lines("data: " + Delta("{\"rea"), "", "event: error", """data: {"error":{"message":"The model has crashed without additional information. (Exit code: 6)"}}""", "")));
    }

    private static IEnumerable<FailureRow> Quirks()
    {
        yield return new("1.3.1", "content empty, JSON in reasoning_content, stop", null, 1, Says(Text("", new StreamStyle { Reasoning = FailureRow.Good }))) { Check = Answer(answer => Assert.True(answer.FromReasoning)) };
        yield return new("1.3.1", "the same under the name 'reasoning'", null, 1, Says(Text("", new StreamStyle { Reasoning = FailureRow.Good, ReasoningName = "reasoning" }))) { Check = Answer(answer => Assert.True(answer.FromReasoning)) };
        yield return new("1.3.1", "content empty, reasoning is no such JSON", ModelFailureKind.Empty, 2, Always(Text("", new StreamStyle { Reasoning = "Let me think about it." })));
        yield return new("1.3.2", "nothing that switches thinking is sent", null, 1, _ => { }) { Check = Sent(request => Assert.DoesNotContain("think", request, StringComparison.OrdinalIgnoreCase), "reasoning_effort") };
        yield return new("1.3.3", "schema not enforced: prose, then JSON", null, 2, Says(Text("It looks good to me."), Text(FailureRow.Good))) { Check = Answer(answer => Assert.True(answer.Repaired)) };
        yield return new("1.3.3", "schema not enforced: prose again", ModelFailureKind.NotJson, 2, Always(Text("It looks good to me.")));
        yield return new("1.3.3", "JSON of another form", ModelFailureKind.WrongSchema, 2, Always(Text("""{"verdict":"good"}"""))) { Check = Message("'reason' is missing") };
        yield return new("1.3.4", "finish_reason length: more room once", null, 2, Says(Text("""{"reason":"bec""", new StreamStyle { Finish = "length" }), Text(FailureRow.Good))) { Check = (_, server) => Assert.Equal([64, 128], server.Requests.Select(request => request.MaxTokens)) };
        yield return new("1.3.4", "unparseable JSON with stop is cut as well", ModelFailureKind.Truncated, 2, Always(Text("""{"reason":"bec""")));
        yield return new("1.3.4", "length, but the JSON is whole", null, 1, Says(Text(FailureRow.Good, new StreamStyle { Finish = "length" })));
        yield return new("1.3.5", "more calls than slots wait here, not in the server", null, 12, _ => { }) { Server = new SimulatorOptions { Slots = 3, ServiceTime = TimeSpan.FromMilliseconds(40) }, Act = (server, _) => ManyAsync(server, 12), Check = (_, server) => Assert.InRange(server.MostActive, 1, 3) };
        yield return new("1.3.5", "calls together never exceed nine tenths of the shared context", null, 6, _ => { }) { Server = new SimulatorOptions { Slots = 4, ContextTokens = 2048, ServiceTime = TimeSpan.FromMilliseconds(40) }, Act = (server, _) => ManyAsync(server, 6, new string('x', 2100)), Check = (_, server) => Assert.InRange(server.MostActive, 1, 2) };
        yield return new("1.3.6", "a loaded model is never loaded again", null, 1, _ => { }) { Settings = settings => settings with { Model = "simulated-7b", LoadContextTokens = 8192 }, Check = (_, server) => Assert.Equal(0, server.Loads) };
        yield return new("1.3.7", "another model answers", null, 1, Says(Text(FailureRow.Good, new StreamStyle { ModelName = "other-3b" }))) { Check = Answer(answer => Assert.Equal(("other-3b", "simulated-7b"), (answer.Model, answer.RequestedModel))) };
        yield return new("1.3.8", "no cached_tokens", null, 1, Says(Text(FailureRow.Good))) { Check = Answer(answer => Assert.Null(answer.Usage.CachedTokens)) };
        yield return new("1.3.9", "no chunk while generation goes on", ModelFailureKind.IdleTimeout, 2, Always(Stall("{\"rea"))) { Settings = settings => settings with { IdleTimeout = TimeSpan.FromSeconds(2) } };
        yield return new("1.3.9", "hanging up while the prompt is read keeps the place for a grace", ModelFailureKind.FirstTokenTimeout, 1, Always(Silence())) { Server = new SimulatorOptions { Slots = 1 }, Act = AbandonedAsync, Settings = settings => settings with { AbandonedGrace = s_grace } };
        yield return new("1.3.10", "localhost reaches a server that listens on IPv4 only", null, 1, _ => { }) { Settings = settings => settings with { BaseAddress = new UriBuilder(settings.BaseAddress) { Host = "localhost" }.Uri } };
        yield return new("1.3.11", "the role 'developer' is sent as 'system'", null, 1, _ => { }) { Role = new ChatRole("developer"), Check = Sent(request => Assert.Contains("\"role\":\"system\"", request), "developer") };
        foreach (var tail in new[] { "/v1", "/v1/", "/v1/v1", "/api/v1", "/v1/chat/completions" })
            yield return new("1.3.12", $"base address with {tail}", null, 1, _ => { }) { Settings = settings => settings with { BaseAddress = new Uri(settings.BaseAddress, tail) } };
        yield return new("1.3.13", "Content-Length, neither chunks nor Expect", null, 1, _ => { }) { Check = (_, server) => Assert.All(server.Requests, request => Assert.Equal(request.Raw.Length, request.ContentLength)) };
        yield return new("1.3.14", "white space without end", ModelFailureKind.Endless, 1, Says(Endless("\n  ")));
        yield return new("1.3.14", "max_tokens on every call", null, 1, _ => { }) { Check = Sent(request => Assert.Contains("\"max_tokens\":64", request), "max_completion_tokens") };
        yield return new("1.3.15", "strict is a boolean", null, 1, _ => { }) { Check = Sent(request => Assert.Contains("\"strict\":true", request), "\"strict\":\"") };
    }

    private static IEnumerable<FailureRow> OddAnswers()
    {
        yield return new("2.3 string error", "400 whose error is a string keeps its text", ModelFailureKind.RequestRejected, 1, Says(PlainError(400, "'messages' field is required"))) { Check = Message("'messages' field is required") };
        yield return new("2.3 error under 200", "200 with an error object", ModelFailureKind.ServerError, 3, Always(Body(200, """{"error":{"message":"Something went wrong"}}""")));
        yield return new("2.3 empty choices", "200 with no choice", ModelFailureKind.Empty, 2, Always(Body(200, """{"id":"1","object":"chat.completion","choices":[]}""")));
        yield return new("2.3 finish_reason", "unknown finish_reason", null, 1, Says(Text(FailureRow.Good, new StreamStyle { Finish = "eos_found" }))) { Check = Answer(answer => Assert.Equal("eos_found", answer.FinishReason.Value)) };
        yield return new("2.3 finish_reason", "empty finish_reason, but [DONE]", null, 1, Says(Text(FailureRow.Good, new StreamStyle { Finish = "" })));
        yield return new("2.3 content null", "content: null", ModelFailureKind.Empty, 2, Always(Body(200, """{"choices":[{"index":0,"message":{"role":"assistant","content":null},"finish_reason":"stop"}]}""")));
        yield return new("2.3 truncated body", "a JSON body that ends in the middle", ModelFailureKind.Malformed, 2, Always(Body(200, """{"choices":[{"index":0,"mess""")));
        yield return new("2.3 truncated body", "a frame that ends in the middle", ModelFailureKind.Malformed, 2, Always(Lines("""data: {"choices":[{"index":0,"delta":{"con""", "")));
        yield return new("2.3 SSE error", "error frame as a string", ModelFailureKind.ServerError, 3, Always(Frames("""{"error":"unexpected"}""")));
        yield return new("2.3 cut stream", "the stream ends without finish reason and [DONE]", ModelFailureKind.CutOff, 3, Always(Text(FailureRow.Good, new StreamStyle { CutAfterPieces = 3 })));
        yield return new("2.3 cut stream", "the connection is reset in the middle, once", null, 2, Says(Text(FailureRow.Good, new StreamStyle { CutAfterPieces = 3, ResetConnection = true })));
        yield return new("2.3 refused connection", "the port is closed", ModelFailureKind.Unreachable, 0, server => server.StopAsync().GetAwaiter().GetResult());
    }

    private static IEnumerable<FailureRow> Others()
    {
        yield return new("other", "no first token", ModelFailureKind.FirstTokenTimeout, 2, Always(Silence())) { Settings = settings => settings with { FirstTokenTimeout = TimeSpan.FromSeconds(5) } };
        yield return new("other", "reset before any answer, once", null, 2, Says(Reset()));
        yield return new("other", "429 with Retry-After, then an answer", null, 2, Says(Body(429, """{"error":{"message":"Rate limit reached"}}""", header: ("Retry-After", "1"))));
        yield return new("other", "503 without a word", ModelFailureKind.Overloaded, 3, Always(Body(503, "")));
        yield return new("other", "503 Loading model (llama.cpp)", ModelFailureKind.NoModel, 2, Always(Body(503, """{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}""")));
        yield return new("other", "500", ModelFailureKind.ServerError, 3, Always(Body(500, "oops", "text/plain")));
        yield return new("other", "a web page", ModelFailureKind.WrongEndpoint, 1, Says(Body(200, "<!doctype html><title>Router</title>", "text/html")));
        yield return new("other", "a redirect is not followed", ModelFailureKind.WrongEndpoint, 1, Says(Body(307, "", header: ("Location", "http://example.invalid/"))));
        yield return new("other", "no such model", ModelFailureKind.UnknownModel, 1, Says(Error(404, "Model \"nothing\" not found.", parameter: "model")));
        yield return new("other", "a server that does not stream", null, 1, Says(Whole(FailureRow.Good)));
        yield return new("other", "a stream without the right content type", null, 1, Says(Body(200, "data: " + Delta(FailureRow.Good.Replace("\"", "\\\"")) + "\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", "text/plain")));
        yield return new("other", "JSON in a code fence after thinking aloud", null, 1, Says(Text("<think>hm</think>\n```json\n" + FailureRow.Good + "\n```")));
        yield return new("other", "far more text than max_tokens", ModelFailureKind.Endless, 1, Says(Endless("word word word word "))) { Request = s_free };
        yield return new("other", "a key twice", ModelFailureKind.DuplicateKey, 2, Always(Text("""{"reason":"a","ok":true,"ok":false}""")));
        yield return new("other", "a refusal", ModelFailureKind.Refused, 1, Says(Frames("""{"choices":[{"index":0,"delta":{"refusal":"I cannot."},"finish_reason":"stop"}]}""")));
        yield return new("other", "a call of a tool that nobody offered", ModelFailureKind.Refused, 1, Says(Frames("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"write_file"}}]},"finish_reason":"tool_calls"}]}""")));
        yield return new("other", "stream_options unknown: not sent again", null, 2, Says(Error(400, "Unrecognized request argument supplied: stream_options"))) { Check = (_, server) => Assert.False(server.Requests[^1].WantsUsage) };
        yield return new("other", "json_schema unknown: checked here alone", null, 2, Says(Error(400, "response_format type 'json_schema' is not supported"), Text(FailureRow.Good))) { Check = (_, server) => Assert.Null(server.Requests[^1].Schema) };
        yield return new("other", "larger than the context: not sent", ModelFailureKind.PromptTooLong, 0, _ => { }) { Server = new SimulatorOptions { ContextTokens = 1024 }, Prompt = new string('x', 8000) };
        yield return new("other", "over its allowance of tokens: not sent", ModelFailureKind.OverBudget, 0, _ => { }) { Request = new("test") { Schema = FailureRow.Schema, Budget = new ModelBudget(50) } };
        yield return new("other", "longer than its total time", ModelFailureKind.TotalTimeout, 1, Always(Silence())) { Request = new("test") { Schema = FailureRow.Schema, Timeout = TimeSpan.FromSeconds(5) } };
        yield return new("other", "failures in a row open the circuit", ModelFailureKind.CircuitOpen, 4, Always(Body(500, ""))) { Act = UntilOpenAsync };
        yield return new("other", "a replay of something else", ModelFailureKind.NotRecorded, 0, _ => { }) { Act = ReplayAsync };
    }

    private static string Delta(string text) => $$"""{"choices":[{"index":0,"delta":{"content":"{{(text.Contains("\\\"", StringComparison.Ordinal) ? text : text.Replace("\"", "\\\""))}}"},"finish_reason":null}]}""";
}
