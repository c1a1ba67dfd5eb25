using System.CommandLine;
using McpOrchestrator.Commands;
using McpOrchestrator.Hosting;
using Platform.Processes;

NativeHeap.Bound();

var root = new RootCommand("MCP Orchestrator: agents that answer questions about a repository, and the tools of registered services, over MCP on a Unix socket.")
{
    RunCommand.Create(),
    AskCommand.Create(),
    AgentsCommand.Create(),
    HealthCommand.Create(),
    GitHistoryCommand.Create(),
    SchemaCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
    await Console.Error.WriteLineAsync("'mcp-orchestrator --help' lists the commands; 'mcp-orchestrator COMMAND --help' explains one.");
    return ExitCodes.WrongUsage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }); // the host handles the signals
