using System.CommandLine;
using System.Text.Json.Nodes;

namespace Workflow.Commands;

/// <summary><c>wo dashboard</c>: the way into the browser.</summary>
internal static class DashboardCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("dashboard", "Print an address that opens the dashboard signed in. It works once, for two minutes. Example: wo dashboard") { json };
        command.SetAction((result, cancellationToken) => DaemonCommand.PrintAsync(
            result,
            json,
            "open_dashboard",
            new JsonObject(),
            opened =>
            {
                Console.WriteLine($"Open in your browser (works once, within two minutes): {opened.Text("login")}");
                Console.WriteLine($"Afterwards, and for reading: {opened.Text("address")}");
            },
            cancellationToken));
        return command;
    }
}
