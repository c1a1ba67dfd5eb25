using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workflow.Commands;

/// <summary><c>wo updates</c>, <c>wo diff</c>, <c>wo reject</c>, <c>wo undo</c>.</summary>
internal static class UpdatesCommand
{
    public static Command CreateList()
    {
        var json = CommonOptions.Json();
        var change = new Option<string?>("--change") { Description = "Only updates of this change.", HelpName = "CHANGE" };
        var state = new Option<string?>("--state") { Description = "Only updates in this state ('held' waits for you).", HelpName = "STATE" };
        var ids = new Option<bool>("--ids") { Description = "Print only the ids, oldest first." };
        var command = new Command("updates", "List what was written, or waits to be. Example: wo updates --state held") { json, change, state, ids };
        command.SetAction((result, cancellationToken) =>
        {
            var arguments = new JsonObject();
            if (result.GetValue(change) is { } name)
                arguments["change"] = name;
            if (result.GetValue(state) is { } wanted)
                arguments["state"] = wanted;
            return DaemonCommand.PrintAsync(result, json, "list_updates", arguments, list => ForPeople(list, result.GetValue(ids)), cancellationToken);
        });
        return command;
    }

    public static Command CreateDiff()
    {
        var json = CommonOptions.Json();
        var update = Id();
        var command = new Command("diff", "Show what an update changes. Example: wo diff 01J9Z3NDEKTSV4RRFFQ69G5FAV") { update, json };
        command.SetAction((result, cancellationToken) =>
            DaemonCommand.PrintAsync(result, json, "get_update", new JsonObject { ["update_id"] = result.GetValue(update) }, shown => Console.Write(shown.Text("diff")), cancellationToken));
        return command;
    }

    public static Command CreateUndo()
    {
        var json = CommonOptions.Json();
        var update = Id();
        var command = new Command("undo", "Take an applied update back, now or later. Example: wo undo UPDATE") { update, json };
        command.SetAction((result, cancellationToken) =>
            DaemonCommand.PrintAsync(result, json, "undo_update", new JsonObject { ["update_id"] = result.GetValue(update) }, decided => Decided("Taken back by", decided), cancellationToken));
        return command;
    }

    public static Command CreateReject()
    {
        var json = CommonOptions.Json();
        var update = Id();
        var reason = new Option<string?>("--reason") { Description = "Why, for the record.", HelpName = "TEXT" };
        var command = new Command("reject", "End a held update without writing it. Example: wo reject UPDATE --reason \"too early\"") { update, reason, json };
        command.SetAction((result, cancellationToken) =>
        {
            var arguments = new JsonObject { ["update_id"] = result.GetValue(update) };
            if (result.GetValue(reason) is { } why)
                arguments["reason"] = why;
            return DaemonCommand.PrintAsync(result, json, "reject_update", arguments, decided => Decided("Rejected", decided), cancellationToken);
        });
        return command;
    }

    private static Argument<string> Id() => new("update") { Description = "The update's id: wo updates." };

    public static void Decided(string done, JsonElement decided)
    {
        var update = decided.GetProperty("update");
        Console.WriteLine($"{done} {update.Text("update_id")} [{update.Text("state")}]");
    }

    private static void ForPeople(JsonElement list, bool idsOnly)
    {
        if (idsOnly)
        {
            foreach (var update in list.Items("updates").Reverse())
                Console.WriteLine(update.Text("update_id"));
            return;
        }

        Print.Table(
            ["update", "change", "state", "files", "commit", "reason"],
            list.Items("updates").Select(update => (IReadOnlyList<string>)
            [
                update.Text("update_id"),
                update.Text("change"),
                update.Text("state"),
                string.Join(" ", update.Items("files").Select(file => file.Text("path"))),
                Print.Short(update.Text("commit")),
                update.Text("state_reason") is { Length: > 0 } why ? $"{update.Text("reason")} ({Print.FirstLine(why)})" : update.Text("reason"),
            ]));
    }
}
