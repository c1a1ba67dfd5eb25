using System.CommandLine;
using System.Text.Json;
using McpOrchestrator.Hosting;

namespace McpOrchestrator.Commands;

/// <summary><c>mcp-orchestrator health</c>: asks a running one how it is.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    internal static Command Create()
    {
        var socket = CommonOptions.Socket();
        var json = new Option<bool>("--json") { Description = "Print the whole result of get_health." };
        var command = new Command("health", "Ask a running MCP Orchestrator how it is; exit code 3 when none answers. Example: mcp-orchestrator health --json") { socket, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var isJson = parsed.GetValue(json);
            return HubClient.RunAsync(
                RunSettings.SocketFrom(parsed.GetValue(socket), Environment.GetEnvironmentVariables()), "get_health", [], s_timeout,
                health => (isJson ? health.GetRawText() : Summary(health), ExitCodes.Done), cancellationToken);
        });
        return command;
    }

    private static string Summary(JsonElement health)
    {
        var agents = string.Join(", ", health.GetProperty("agents").EnumerateArray().Select(a => $"{a.GetProperty("id")} {a.GetProperty("status")}"));
        var services = string.Join(", ", health.GetProperty("services").EnumerateArray().Select(s => $"{s.GetProperty("name")} {s.GetProperty("status")}"));
        return $"{health.GetProperty("status")}: process {health.GetProperty("process_id")}, version {health.GetProperty("version")}, agents: {agents}; services: {(services.Length > 0 ? services : "none")}";
    }
}
