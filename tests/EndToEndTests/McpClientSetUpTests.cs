using System.Text.Json;
using System.Text.RegularExpressions;
using EndToEndTests.Harness;
using ModelContextProtocol.Client;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>The examples of <c>deploy/mcp-clients.md</c>, read as the clients read them and started as the clients start them.</summary>
[Trait("Category", "EndToEnd")]
public sealed partial class McpClientSetUpTests
{
    private const string ExampleRepository = "/home/me/shop";
    private const string OpenFolder = "${workspaceFolder}";
    private const string ExampleAddress = "127.0.0.1:8732";

    private static readonly string[] s_agentTools = ["ask_question", "get_answer", "list_questions"];

    [Fact]
    public async Task ProgramExamples_StartedAsTheClientDoes_AskAsAnAgent()
    {
        var examples = Servers().Where(server => server.Command is not null).ToList();
        Assert.Equal(7, examples.Count); // one for each client that the file names
        await using var served = await ServeAsync();
        foreach (var example in examples)
        {
            Assert.Equal("wo", example.Command);
            await using var client = await McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions
            {
                Name = example.Where,
                Command = Programs.Wo,
                Arguments = [.. example.Arguments.Select(argument => argument is ExampleRepository or OpenFolder ? served.Root : argument)],
                WorkingDirectory = example.Arguments.Contains("--repo") ? served.Folder : served.Root, // the folder must be named unless the client starts it there
                EnvironmentVariables = served.Environment.ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
            }));
            var tools = await client.ListToolsAsync();
            Assert.Equal(s_agentTools, tools.Select(tool => tool.Name).Order(StringComparer.Ordinal));
            var asked = await client.CallToolAsync("ask_question", new Dictionary<string, object?> { ["question"] = $"How does {example.Where} reach us?" });
            Assert.NotEqual(true, asked.IsError);
            Assert.StartsWith("q-", asked.StructuredContent!.Value.GetProperty("question_id").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(examples.Count, (await served.WoJsonAsync("questions", "--all")).Items("questions").Count());
    }

    [Fact]
    public async Task AddressExample_WithTheTokenOfTheStateFolder_IsAnOperator()
    {
        var example = Assert.Single(Servers(), server => server.Url is not null);
        await using var served = await ServeAsync();
        var token = (await File.ReadAllTextAsync(Path.Combine(served.StateFolder, "token"))).Trim();
        async Task<string[]> ToolsAsync(Dictionary<string, string> headers)
        {
            var address = new Uri(example.Url!.Replace(ExampleAddress, served.Environment["WO__HTTP__LISTEN"], StringComparison.Ordinal));
            await using var client = await McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions { Endpoint = address, AdditionalHeaders = headers }));
            return [.. (await client.ListToolsAsync()).Select(tool => tool.Name)];
        }

        Assert.Contains("approve_update", await ToolsAsync(example.Headers.ToDictionary(header => header.Key, header => header.Value.Replace("${input:token}", token, StringComparison.Ordinal))));
        Assert.Equal(s_agentTools, (await ToolsAsync([])).Order(StringComparer.Ordinal));
    }

    private static async Task<ServedRepository> ServeAsync()
    {
        var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 0); return Task.CompletedTask; });
        var port = FreePort.Find();
        served.Environment["WO__HTTP__LISTEN"] = $"127.0.0.1:{port}";
        await served.StartDaemonAsync();
        return served;
    }

    // A heading, and the block under it.
    private static IEnumerable<Server> Servers() =>
        Example().Matches(File.ReadAllText(Path.Combine(Programs.Root, "deploy", "mcp-clients.md")))
            .Select(example => example.Groups["kind"].Value == "toml"
                ? FromToml(example.Groups["where"].Value, example.Groups["text"].Value)
                : FromJson(example.Groups["where"].Value, example.Groups["text"].Value));

    private static Server FromJson(string where, string text)
    {
        var file = JsonDocument.Parse(text).RootElement;
        var servers = file.EnumerateObject().Single(member => member.Name is "mcpServers" or "servers" or "context_servers").Value;
        var server = Assert.Single(servers.EnumerateObject()).Value;
        return new Server(
            where,
            Optional(server, "command"),
            server.TryGetProperty("args", out var arguments) ? [.. arguments.EnumerateArray().Select(argument => argument.GetString()!)] : [],
            Optional(server, "url"),
            server.TryGetProperty("headers", out var headers) ? headers.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!) : []);
    }

    private static string? Optional(JsonElement server, string name) => server.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static Server FromToml(string where, string text) => new(
        where,
        JsonSerializer.Deserialize<string>(Regex.Match(text, "^command = (.*)$", RegexOptions.Multiline).Groups[1].Value),
        JsonSerializer.Deserialize<string[]>(Regex.Match(text, "^args = (.*)$", RegexOptions.Multiline).Groups[1].Value)!,
        null,
        []);

    [GeneratedRegex("^## (?<where>[^\n]+)\n(?:(?!^## ).*\n)*?```(?<kind>json|toml)\n(?<text>(?:.*\n)*?)```", RegexOptions.Multiline)]
    private static partial Regex Example();

    private sealed record Server(string Where, string? Command, IReadOnlyList<string> Arguments, string? Url, Dictionary<string, string> Headers);
}
