using System.Text.Json;
using System.Text.Json.Nodes;
using McpOrchestrator.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Sockets;

namespace McpOrchestrator.Commands;

/// <summary>Calls a tool of a running MCP Orchestrator for a command.</summary>
internal static class HubClient
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Calls the tool and prints its result; errors go to standard error, the exit code tells.</summary>
    internal static async Task<int> RunAsync(string path, string tool, JsonObject arguments, TimeSpan timeout, Func<JsonElement, (string Text, int ExitCode)> print, CancellationToken cancellationToken)
    {
        var settings = new McpClientSettings { Path = path, Client = new() { Name = $"mcp-orchestrator-{tool}", Version = Product.Version }, ConnectTimeout = s_connectTimeout };
        try
        {
            await using var client = await McpSocketClient.ConnectAsync(settings, NullLoggerFactory.Instance, TimeProvider.System, cancellationToken);
            switch (await client.CallToolAsync(tool, arguments, timeout, cancellationToken))
            {
                case CallOutcome.Answered { Structured: { } result }:
                    var (text, exitCode) = print(result);
                    Console.WriteLine(text);
                    return exitCode;
                case CallOutcome.Failed failed:
                    await Console.Error.WriteLineAsync(failed.Message);
                    return ExitCodes.Failed;
                case var other:
                    throw new McpUnreachableException(path, $"what answers there is not an MCP Orchestrator ({other.Summary})");
            }
        }
        catch (McpUnreachableException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Unreachable;
        }
    }
}
