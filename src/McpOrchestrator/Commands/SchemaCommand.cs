using System.CommandLine;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Hosting;

namespace McpOrchestrator.Commands;

/// <summary><c>mcp-orchestrator schema</c>.</summary>
internal static class SchemaCommand
{
    internal static Command Create()
    {
        var command = new Command("schema", "Print the JSON schema of config/agents.yaml, for editors. Example: mcp-orchestrator schema");
        command.SetAction(_ =>
        {
            Console.Write(AgentsSchema.Text());
            return ExitCodes.Done;
        });
        return command;
    }
}
