using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace EndToEndTests.Conformance;

/// <summary>The tools that the conformance suites call by name: what they return is prescribed there.</summary>
[McpServerToolType]
internal static class ConformanceTools
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
    private const string Silence = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

    internal static ImageContentBlock Image { get; } = new() { Data = Encoding.UTF8.GetBytes(Pixel), MimeType = "image/png" };

    internal static EmbeddedResourceBlock Embedded(string uri) => new() { Resource = new TextResourceContents { Uri = uri, MimeType = "text/plain", Text = "Embedded." } };

    [McpServerTool(Name = "test_simple_text"), Description("Text")]
    public static string Text() => "This is a simple text response for testing.";

    [McpServerTool(Name = "test_image_content"), Description("An image")]
    public static ImageContentBlock Picture() => Image;

    [McpServerTool(Name = "test_audio_content"), Description("Sound")]
    public static AudioContentBlock Audio() => new() { Data = Encoding.UTF8.GetBytes(Silence), MimeType = "audio/wav" };

    [McpServerTool(Name = "test_embedded_resource"), Description("A resource")]
    public static EmbeddedResourceBlock Resource() => Embedded("test://embedded-resource");

    [McpServerTool(Name = "test_multiple_content_types"), Description("Several kinds")]
    public static ContentBlock[] Several() => [new TextContentBlock { Text = "Several:" }, Image, Embedded("test://mixed-content-resource")];

#pragma warning disable MCP9004, MCP9005 // logging and sampling are deprecated, and asked for by the suites of the older revisions
    [McpServerTool(Name = "test_tool_with_logging"), Description("Logs to the client")]
    public static string Logging(McpServer server)
    {
        using var provider = server.AsClientLoggerProvider();
        var logger = provider.CreateLogger("conformance");
        foreach (var step in new[] { "started", "processing", "completed" })
            Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(logger, "Tool {Step}", step);
        return "logged";
    }

    [McpServerTool(Name = "test_logging_tool"), Description("Logs only when asked to")]
    public static string GatedLogging(McpServer server) => Logging(server);

    [McpServerTool(Name = "test_sampling"), Description("Asks the client's model")]
    public static async Task<string> SampleAsync(McpServer server, string prompt, CancellationToken cancellationToken)
    {
        var message = new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = prompt }] };
        var result = await server.SampleAsync(new CreateMessageRequestParams { Messages = [message], MaxTokens = 100 }, cancellationToken);
        return $"LLM response: {result.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text}";
    }
#pragma warning restore MCP9004, MCP9005

    [McpServerTool(Name = "test_tool_with_progress"), Description("Tells its progress")]
    public static async Task<string> ProgressAsync(McpServer server, RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        if (request.Params.ProgressToken is { } token)
        {
            foreach (var done in new[] { 0, 50, 100 })
                await server.NotifyProgressAsync(token, new ProgressNotificationValue { Progress = done, Total = 100 }, cancellationToken: cancellationToken);
        }

        return "done";
    }

    [McpServerTool(Name = "test_error_handling"), Description("Fails")]
    public static string Fail() => throw new McpException("This tool intentionally returns an error for testing");

    [McpServerTool(Name = "test_elicitation"), Description("Asks the user")]
    public static Task<string> ElicitAsync(McpServer server, string message, CancellationToken cancellationToken) =>
        ElicitAsync(server, message, new() { Properties = { ["response"] = new ElicitRequestParams.StringSchema { Description = "Your answer" } } }, cancellationToken);

    [McpServerTool(Name = "test_elicitation_sep1034_defaults"), Description("Asks with defaults")]
    public static Task<string> DefaultsAsync(McpServer server, CancellationToken cancellationToken) => ElicitAsync(
        server,
        "Defaults",
        new()
        {
            Properties =
            {
                ["name"] = new ElicitRequestParams.StringSchema { Default = "John Doe" },
                ["age"] = new ElicitRequestParams.NumberSchema { Type = "integer", Default = 30 },
                ["score"] = new ElicitRequestParams.NumberSchema { Default = 95.5 },
                ["status"] = new ElicitRequestParams.UntitledSingleSelectEnumSchema { Enum = ["active", "inactive", "pending"], Default = "active" },
                ["verified"] = new ElicitRequestParams.BooleanSchema { Default = true },
            },
        },
        cancellationToken);

    [McpServerTool(Name = "test_elicitation_sep1330_enums"), Description("Asks with choices")]
    public static Task<string> EnumsAsync(McpServer server, CancellationToken cancellationToken)
    {
        List<ElicitRequestParams.EnumSchemaOption> titled = [.. Enumerable.Range(1, 3).Select(i => new ElicitRequestParams.EnumSchemaOption { Const = $"value{i}", Title = $"Option {i}" })];
        return ElicitAsync(
            server,
            "Choices",
            new()
            {
                Properties =
                {
                    ["untitledSingle"] = new ElicitRequestParams.UntitledSingleSelectEnumSchema { Enum = ["option1", "option2", "option3"] },
                    ["titledSingle"] = new ElicitRequestParams.TitledSingleSelectEnumSchema { OneOf = titled },
#pragma warning disable MCP9001 // what clients of older revisions know
                    ["legacyEnum"] = new ElicitRequestParams.LegacyTitledEnumSchema { Enum = ["opt1", "opt2", "opt3"], EnumNames = ["Option One", "Option Two", "Option Three"] },
#pragma warning restore MCP9001
                    ["untitledMulti"] = new ElicitRequestParams.UntitledMultiSelectEnumSchema { Items = new() { Enum = ["option1", "option2", "option3"] } },
                    ["titledMulti"] = new ElicitRequestParams.TitledMultiSelectEnumSchema { Items = new() { AnyOf = titled } },
                },
            },
            cancellationToken);
    }

#pragma warning disable MCP9005 // see above
    [McpServerTool(Name = "test_missing_capability"), Description("Needs a client that samples")]
    public static string NeedsSampling(RequestContext<CallToolRequestParams> request) =>
        request.JsonRpcRequest.Context?.ClientCapabilities?.Sampling is not null ? "ok" : throw new MissingRequiredClientCapabilityException(new ClientCapabilities { Sampling = new() }, "sampling is needed");
#pragma warning restore MCP9005

    [McpServerTool(Name = "test_streaming_elicitation"), Description("Streams nothing but its result")]
    public static string Streaming() => "streamed";

    [McpServerTool(Name = "test_custom_headers"), Description("Wants an argument repeated in a header")]
    public static string Header([McpHeader("Region")] string region, string query) => $"{region}: {query}";

    /// <summary>A tool whose schema is written by hand, with references.</summary>
    internal static McpServerTool SchemaTool()
    {
        var tool = McpServerTool.Create(() => "ok", new() { Name = "json_schema_2020_12_tool", Description = "A schema with references" });
        tool.ProtocolTool.InputSchema = JsonElement.Parse(
            """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
             "$defs":{"address":{"type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
             "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"}},"additionalProperties":false}
            """);
        return tool;
    }

    private static async Task<string> ElicitAsync(McpServer server, string message, ElicitRequestParams.RequestSchema schema, CancellationToken cancellationToken)
    {
        var result = await server.ElicitAsync(new ElicitRequestParams { Message = message, RequestedSchema = schema }, cancellationToken);
        return $"User response: action={result.Action}, content={JsonSerializer.Serialize(result.Content)}";
    }
}

/// <summary>Tools of the newest revision that need something of the client, and get it by being called again.</summary>
[McpServerToolType]
internal static class InputTools
{
    private static readonly byte[] s_key = RandomNumberGenerator.GetBytes(32);

    internal static InputRequest Form(string field, bool yesOrNo = false) => InputRequest.ForElicitation(new ElicitRequestParams
    {
        Message = $"Your {field}?",
        RequestedSchema = new() { Properties = { [field] = yesOrNo ? new ElicitRequestParams.BooleanSchema() : new ElicitRequestParams.StringSchema() }, Required = [field] },
    });

#pragma warning disable MCP9005 // sampling and roots are deprecated, and part of the suite
    private static InputRequest Sample() => InputRequest.ForSampling(new CreateMessageRequestParams
    {
        Messages = [new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = "What is the capital of France?" }] }],
        MaxTokens = 50,
    });

    private static InputRequest Roots() => InputRequest.ForRootsList(new ListRootsRequestParams());
#pragma warning restore MCP9005

    [McpServerTool(Name = "test_input_required_result_elicitation"), Description("Needs a name")]
    public static string Elicit(RequestContext<CallToolRequestParams> request)
    {
        if (request.Params.InputResponses?.TryGetValue("user_name", out var response) == true && response.Deserialize(InputResponse.ElicitResultJsonTypeInfo) is { IsAccepted: true, Content: { } content } && content.TryGetValue("name", out var name))
            return $"Hello, {name}!";
        throw Need(null, ("user_name", Form("name")));
    }

    [McpServerTool(Name = "test_input_required_result_sampling"), Description("Needs the client's model")]
    public static string Ask(RequestContext<CallToolRequestParams> request) => Has(request, "capital_question") ? "Paris" : throw Need(null, ("capital_question", Sample()));

    [McpServerTool(Name = "test_input_required_result_list_roots"), Description("Needs the client's roots")]
    public static string ListRoots(RequestContext<CallToolRequestParams> request) => Has(request, "client_roots") ? "roots" : throw Need(null, ("client_roots", Roots()));

    [McpServerTool(Name = "test_input_required_result_request_state"), Description("Gives a state along")]
    public static string State(RequestContext<CallToolRequestParams> request) => request.Params.RequestState == "state-1" ? "state-ok" : throw Need("state-1", ("confirm", Form("ok", yesOrNo: true)));

    [McpServerTool(Name = "test_input_required_result_multiple_inputs"), Description("Needs three things at once")]
    public static string Multiple(RequestContext<CallToolRequestParams> request) =>
        request.Params.InputResponses?.Count >= 3 ? "all three" : throw Need("state", ("user_name", Form("name")), ("greeting", Sample()), ("client_roots", Roots()));

    [McpServerTool(Name = "test_input_required_result_multi_round"), Description("Needs two rounds")]
    public static string Rounds(RequestContext<CallToolRequestParams> request) => request.Params.RequestState switch
    {
        null => throw Need("round-1", ("step1", Form("name"))),
        "round-1" => throw Need("round-2", ("step2", Form("color"))),
        _ => "two rounds",
    };

    [McpServerTool(Name = "test_input_required_result_tampered_state"), Description("Signs its state")]
    public static string Tampered(RequestContext<CallToolRequestParams> request)
    {
        if (request.Params.RequestState is not { } state)
        {
            var nonce = Guid.NewGuid().ToString("N");
            throw Need($"{nonce}.{Sign(nonce)}", ("confirm", Form("ok", yesOrNo: true)));
        }

        return state.Split('.') is [var signed, var signature] && signature == Sign(signed) ? "intact" : throw new McpProtocolException("The state was changed.", McpErrorCode.InvalidParams);
    }

    [McpServerTool(Name = "test_input_required_result_capabilities"), Description("Needs only what the client can give")]
    public static string Capabilities(RequestContext<CallToolRequestParams> request)
    {
        if (request.Params.InputResponses is { Count: > 0 })
            return "given";
        var can = request.JsonRpcRequest.Context?.ClientCapabilities;
        List<(string, InputRequest)> wanted = [];
#pragma warning disable MCP9005 // see above
        if (can?.Sampling is not null)
            wanted.Add(("capital_question", Sample()));
        if (can?.Roots is not null)
            wanted.Add(("client_roots", Roots()));
#pragma warning restore MCP9005
        if (can?.Elicitation is not null)
            wanted.Add(("user_name", Form("name")));
        return wanted.Count == 0 ? "nothing to ask" : throw Need(null, [.. wanted]);
    }

    internal static InputRequiredException Need(string? state, params (string Key, InputRequest Request)[] wanted) =>
        new(wanted.ToDictionary(pair => pair.Key, pair => pair.Request, StringComparer.Ordinal), state);

    private static bool Has(RequestContext<CallToolRequestParams> request, string key) => request.Params.InputResponses?.ContainsKey(key) == true;

    private static string Sign(string text) => Convert.ToHexString(HMACSHA256.HashData(s_key, Encoding.UTF8.GetBytes(text)));
}
