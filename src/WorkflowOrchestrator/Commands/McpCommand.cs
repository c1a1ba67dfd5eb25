using System.CommandLine;
using Workflow.Dashboard.Access;
using Workflow.Hosting;
using Workflow.Mcp;
using Workflow.Mcp.Bridge;

namespace Workflow.Commands;

/// <summary><c>wo mcp</c>: the daemon's MCP server on standard input and output, for clients that start their servers.</summary>
internal static class McpCommand
{
    public static Command Create()
    {
        var agent = new Option<bool>("--agent") { Description = "Offer only the three question tools: for an AI that should ask and not decide." };
        var command = new Command(
            "mcp",
            "Speak MCP on standard input and output, passed on to the daemon. It may be started before the daemon and outlives its restarts. "
            + "Example for a client's configuration: {\"command\": \"wo\", \"args\": [\"mcp\", \"--repo\", \"/home/me/shop\", \"--agent\"]}") { agent };
        command.SetAction((result, cancellationToken) => RunAsync(result, result.GetValue(agent), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, bool asAgent, CancellationToken cancellationToken)
    {
        if (CommonOptions.SettingsOrReport(result) is not { } valid)
            return ExitCodes.BadConfiguration;
        await using var input = Console.OpenStandardInput();
        await using var output = Console.OpenStandardOutput();
        Console.SetOut(Console.Error); // nothing but messages may go to the output
        await using var bridge = new StdioBridge(new BridgeSettings(valid.Settings.Connection.SocketPath, asAgent), AddTools, output, Console.Error, TimeProvider.System);
        await bridge.RunAsync(input, cancellationToken);
        return ExitCodes.Done;
    }

    /// <summary>The tools that the daemon's composition adds, so that a client that starts first sees them all.</summary>
    internal static void AddTools(IServiceCollection services) => services.AddToolsOfRooms().AddDaemonTools<DashboardTools>();
}
