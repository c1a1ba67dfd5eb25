using System.CommandLine;
using System.Text.Json.Nodes;

namespace Workflow.Commands;

/// <summary><c>wo dismiss CHANGE FINDING</c>.</summary>
internal static class DismissCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var change = new Argument<string>("change") { Description = "The change." };
        var finding = new Argument<string>("finding") { Description = "The finding's id, or its first four characters: wo show CHANGE." };
        var reopen = new Option<bool>("--reopen") { Description = "Open it again." };
        var command = new Command("dismiss", "Say that a finding is fine as it is. Example: wo dismiss add-search 3fa2") { change, finding, reopen, json };
        command.SetAction((result, cancellationToken) => DaemonCommand.PrintAsync(
            result,
            json,
            "dismiss_finding",
            new JsonObject { ["change"] = result.GetValue(change), ["finding_id"] = result.GetValue(finding), ["reopen"] = result.GetValue(reopen) },
            decided => Console.WriteLine($"{decided.Text("finding_id")} {decided.Text("rule")} [{decided.Text("status")}]"),
            cancellationToken));
        return command;
    }
}
