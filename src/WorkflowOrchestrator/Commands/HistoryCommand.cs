using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workflow.Commands;

/// <summary><c>wo history</c>: who did what to a document.</summary>
internal static class HistoryCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var path = new Argument<string>("path") { Description = "A change, or a document in one: CHANGE or CHANGE/proposal.md (a path from the repository's root works too)." };
        var command = new Command("history", "Show what updates and people did to a change's documents. Example: wo history add-search/proposal.md") { path, json };
        command.SetAction((result, cancellationToken) =>
        {
            var (change, document) = DocumentArgument.Split(result.GetValue(path)!);
            var arguments = new JsonObject { ["change"] = change };
            if (document.Length > 0)
                arguments["path"] = document;
            return DaemonCommand.PrintAsync(result, json, "get_change_history", arguments, ForPeople, cancellationToken);
        });
        return command;
    }

    private static void ForPeople(JsonElement history)
    {
        Print.Table(
            ["when", "document", "who", "lines", "update", "commit", "what"],
            history.Items("entries").Select(entry => (IReadOnlyList<string>)
            [
                When(entry),
                entry.Text("path"),
                Who(entry),
                $"+{entry.Number("lines_added")} -{entry.Number("lines_removed")}",
                entry.Text("update_id"),
                Print.Short(entry.Text("commit")),
                entry.Text("by") == "human" ? "edited" : entry.Text("state") == "undone" ? $"{entry.Text("reason")} (taken back since)" : entry.Text("reason"),
            ]));
        foreach (var update in history.Items("updates").Where(update => update.Text("state") is not ("applied" or "undone")))
            Console.WriteLine($"not applied: {update.Text("update_id")} [{update.Text("state")}] {update.Text("reason")} ({Print.FirstLine(update.Text("state_reason"))})");
        if (history.TryGetProperty("approval", out var approval) && approval.ValueKind == JsonValueKind.Object)
            Console.WriteLine($"{approval.Text("by")}: {approval.Text("state").Replace('_', ' ')}{(approval.GetProperty("is_current").GetBoolean() ? "" : ", before the change was saved again")} {approval.Text("reason")}".TrimEnd());
    }

    private static string When(JsonElement entry) => entry.Time("at") is { Length: > 0 } at ? entry.Text("by") == "human" ? $"before {at}" : at : "since then";

    private static string Who(JsonElement entry) =>
        entry.Text("by") == "human" ? "people" : entry.Text("decided_by") is { Length: > 0 } approver ? $"{entry.Text("model")}, approved by {approver}" : entry.Text("model");
}
