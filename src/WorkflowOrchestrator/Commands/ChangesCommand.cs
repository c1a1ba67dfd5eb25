using System.CommandLine;
using System.Text.Json.Nodes;

namespace Workflow.Commands;

/// <summary><c>wo changes</c>.</summary>
internal static class ChangesCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var stage = new Option<string?>("--stage") { Description = "Only changes in this stage.", HelpName = "STAGE" };
        var all = new Option<bool>("--all") { Description = "Also changes that were archived or deleted." };
        var command = new Command("changes", "List the changes and where each stands. Example: wo changes --stage awaiting_answers") { json, stage, all };
        command.SetAction((result, cancellationToken) =>
        {
            var arguments = new JsonObject { ["include_gone"] = result.GetValue(all) };
            if (result.GetValue(stage) is { } wanted)
                arguments["stage"] = wanted;
            return DaemonCommand.PrintAsync(
                result,
                json,
                "list_changes",
                arguments,
                list => Print.Table(
                    ["change", "stage", "findings", "questions", "since", "reason"],
                    list.Items("changes").Select(change => (IReadOnlyList<string>)
                    [
                        change.Text("change"),
                        change.Text("gone").Length > 0 ? "gone" : change.Text("stage"),
                        ShowCommand.Counts(change.GetProperty("findings")),
                        change.Text("open_questions"),
                        change.Time("stage_since"),
                        Print.FirstLine(change.Text("gone") is { Length: > 0 } gone ? gone : change.Text("reason")),
                    ])),
                cancellationToken);
        });
        return command;
    }
}
