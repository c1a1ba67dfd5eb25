using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workflow.Commands;

/// <summary><c>wo shadow report</c>: what would have been written, against what people then did.</summary>
internal static class ShadowCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var change = new Option<string?>("--change") { Description = "Only updates of this change.", HelpName = "CHANGE" };
        var report = new Command("report", "Compare what shadow mode recorded with what people then wrote. Example: wo shadow report --change add-search") { change, json };
        report.SetAction((result, cancellationToken) =>
        {
            var arguments = new JsonObject();
            if (result.GetValue(change) is { } name)
                arguments["change"] = name;
            return DaemonCommand.PrintAsync(result, json, "get_shadow_report", arguments, ForPeople, cancellationToken);
        });
        return new Command("shadow", "What updates would have written (document_updates.mode: shadow). Example: wo shadow report") { report };
    }

    private static void ForPeople(JsonElement report)
    {
        Print.Table(
            ["update", "change", "place", "people", "would have said"],
            report.Items("updates").SelectMany(update => update.Items("places").Select(place => (IReadOnlyList<string>)
            [
                update.Text("update_id"),
                update.Text("change"),
                $"{place.Text("path")}:{place.Text("line")}",
                place.Text("verdict") switch
                {
                    "same" => "wrote the same",
                    "otherwise" => $"wrote: {Print.FirstLine(place.Text("is").Trim(), 60)}",
                    "gone" => "removed the document",
                    _ => "left it",
                },
                Print.FirstLine(place.Text("would").Trim(), 60),
            ])));
        var agreement = report.TryGetProperty("agreement", out var share) && share.ValueKind == JsonValueKind.Number ? share.GetDouble().ToString("0 %", CultureInfo.InvariantCulture) : "unknown: people changed none of these places";
        Console.WriteLine($"{report.Text("same")} the same, {report.Text("otherwise")} otherwise, {report.Text("untouched")} left, {report.Text("gone")} gone; agreement {agreement}");
    }
}
