using System.CommandLine;
using System.Text.Json;
using McpOrchestrator.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Sockets;

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
            RunAsync(RunSettings.SocketFrom(parsed.GetValue(socket), Environment.GetEnvironmentVariables()), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool json, CancellationToken cancellationToken)
    {
        var settings = new McpClientSettings { Path = path, Client = new() { Name = "mcp-orchestrator-health", Version = Product.Version }, ConnectTimeout = s_timeout };
        try
        {
            await using var client = await McpSocketClient.ConnectAsync(settings, NullLoggerFactory.Instance, TimeProvider.System, cancellationToken);
            if (await client.CallToolAsync("get_health", null, s_timeout, cancellationToken) is not CallOutcome.Answered { Structured: { ValueKind: JsonValueKind.Object } health })
                throw new McpUnreachableException(path, "what answers there is not an MCP Orchestrator");
            Console.WriteLine(json ? health.GetRawText() : Summary(health));
            return ExitCodes.Done;
        }
        catch (McpUnreachableException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Unreachable;
        }
    }

    private static string Summary(JsonElement health)
    {
        var agents = string.Join(", ", health.GetProperty("agents").EnumerateArray().Select(a => $"{a.GetProperty("id")} {a.GetProperty("status")}"));
        var services = string.Join(", ", health.GetProperty("services").EnumerateArray().Select(s => $"{s.GetProperty("name")} {s.GetProperty("status")}"));
        return $"{health.GetProperty("status")}: process {health.GetProperty("process_id")}, version {health.GetProperty("version")}, agents: {agents}; services: {(services.Length > 0 ? services : "none")}";
    }
}
