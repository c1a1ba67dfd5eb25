using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using McpOrchestrator.Hosting;

namespace McpOrchestrator.Commands;

/// <summary><c>mcp-orchestrator agents</c>: who can be asked, and how they do.</summary>
internal static class AgentsCommand
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    internal static Command Create()
    {
        var capability = new Option<string?>("--capability") { Description = "Only agents with this capability.", HelpName = "WORD" };
        var socket = CommonOptions.Socket();
        var json = new Option<bool>("--json") { Description = "Print the agents as get_health tells them." };
        var command = new Command("agents", "List the agents with their state. Example: mcp-orchestrator agents --capability requirements") { capability, socket, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var (wanted, isJson) = (parsed.GetValue(capability), parsed.GetValue(json));
            return HubClient.RunAsync(
                RunSettings.SocketFrom(parsed.GetValue(socket), Environment.GetEnvironmentVariables()), "get_health", [], s_timeout,
                health =>
                {
                    List<JsonElement> agents = [.. health.GetProperty("agents").EnumerateArray().Where(a => wanted is null || Has(a, wanted))];
                    return (isJson ? JsonSerializer.Serialize(agents) : string.Join('\n', agents.Select(Line)), ExitCodes.Done);
                },
                cancellationToken);
        });
        return command;
    }

    private static bool Has(JsonElement agent, string capability) =>
        agent.GetProperty("capabilities").EnumerateArray().Any(c => string.Equals(c.GetString(), capability, StringComparison.OrdinalIgnoreCase));

    private static string Line(JsonElement agent)
    {
        var mean = agent.GetProperty("mean_ms") is { ValueKind: JsonValueKind.Number } ms ? string.Create(CultureInfo.InvariantCulture, $", {ms.GetDouble():0.#} ms") : "";
        var counts = $"{agent.GetProperty("answered")} answered, {agent.GetProperty("unknown")} unknown, {agent.GetProperty("failed").GetInt64() + agent.GetProperty("timed_out").GetInt64()} failed{mean}";
        var problem = Word(agent, "problem") ?? (Word(agent, "status") == "failing" ? Word(agent, "last_error") : null);
        return $"{Word(agent, "id"),-16} {Word(agent, "kind"),-10} {Word(agent, "status"),-12} {counts}{(problem is null ? "" : $"\n                 {problem}")}\n                 {Word(agent, "description")}";
    }

    private static string? Word(JsonElement agent, string name) => agent.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
