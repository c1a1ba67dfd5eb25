using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workflow.Commands;

/// <summary><c>wo improvements</c>, <c>wo improvement approve|revert</c>, <c>wo tunables</c>.</summary>
internal static class ImprovementsCommand
{
    public static Command CreateList()
    {
        var json = CommonOptions.Json();
        var state = new Option<string?>("--state") { Description = "Only improvements in this state.", HelpName = "STATE" };
        var command = new Command("improvements", "List what the daemon proposed to do better, and what came of it. Example: wo improvements --state kept") { state, json };
        command.SetAction((result, cancellationToken) =>
        {
            var arguments = new JsonObject();
            if (result.GetValue(state) is { } wanted)
                arguments["state"] = wanted;
            return DaemonCommand.PrintAsync(result, json, "list_improvements", arguments, ForPeople, cancellationToken);
        });
        return command;
    }

    public static Command CreateDecision() => new("improvement", "Decide about an improvement. Example: wo improvement revert IMPROVEMENT")
    {
        Decision("approve", "approve_improvement", "Let it be tried. Example: wo improvement approve improve-max-concurrent-questions-to-2"),
        Decision("revert", "revert_improvement", "Take it back, or reject it when it is not in force. Example: wo improvement revert improve-max-concurrent-questions-to-2"),
    };

    public static Command CreateTunables()
    {
        var json = CommonOptions.Json();
        var command = new Command("tunables", "List the settings that the feedback loop may move. Example: wo tunables --json") { json };
        command.SetAction((result, cancellationToken) => DaemonCommand.PrintAsync(
            result,
            json,
            "list_tunables",
            [],
            list => Print.Table(
                ["tunable", "value", "your setting", "bounds", "class", "metric"],
                list.Items("tunables").Select(tunable => (IReadOnlyList<string>)
                [
                    tunable.Text("name"),
                    tunable.Text("value") + (tunable.Text("is_tried") == "true" ? " (tried)" : ""),
                    tunable.Text("default"),
                    $"{tunable.Text("minimum")} to {tunable.Text("maximum")}",
                    tunable.Text("class"),
                    tunable.Text("metric"),
                ])),
            cancellationToken));
        return command;
    }

    private static Command Decision(string name, string tool, string description)
    {
        var json = CommonOptions.Json();
        var id = new Argument<string>("improvement") { Description = "The improvement's id: wo improvements." };
        var command = new Command(name, description) { id, json };
        command.SetAction((result, cancellationToken) => DaemonCommand.PrintAsync(
            result,
            json,
            tool,
            new JsonObject { ["improvement_id"] = result.GetValue(id) },
            decided => Console.WriteLine($"{decided.Text("improvement_id")} [{decided.Text("state")}]{(decided.Text("reason") is { Length: > 0 } why ? $" {why}" : "")}"),
            cancellationToken));
        return command;
    }

    private static void ForPeople(JsonElement list) => Print.Table(
        ["improvement", "state", "expected", "measured", "why"],
        list.Items("improvements").Select(improvement => (IReadOnlyList<string>)
        [
            improvement.Text("improvement_id"),
            improvement.Text("state"),
            Percent(improvement, "expected_gain"),
            Percent(improvement, "measured_gain"),
            improvement.Text("reason") is { Length: > 0 } why ? Print.FirstLine(why) : improvement.Text("title"),
        ]));

    private static string Percent(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString("+0%;-0%;0%", CultureInfo.InvariantCulture) : "";
}
