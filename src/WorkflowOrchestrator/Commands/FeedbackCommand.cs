using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Workflow.Commands;

/// <summary><c>wo feedback</c>.</summary>
internal static class FeedbackCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("feedback", "Analyse the daemon's own work of the last seven days. Example: wo feedback --json") { json };
        command.SetAction((result, cancellationToken) => DaemonCommand.PrintAsync(result, json, "analyze_feedback", [], ForPeople, cancellationToken));
        return command;
    }

    private static void ForPeople(JsonElement report)
    {
        Console.WriteLine($"events {report.Text("from_event")} to {report.Text("to_event")}");
        Print.Table(
            ["stage", "left", "median s", "longest s"],
            report.Items("stages").Select(stage => (IReadOnlyList<string>)[stage.Text("stage"), stage.Text("left"), Seconds(stage, "median_seconds"), Seconds(stage, "maximum_seconds")]));
        Print.Table(
            ["route", "tried", "answered"],
            report.Items("routes").Select(route => (IReadOnlyList<string>)[route.Text("route"), route.Text("tried"), route.Text("answered")]));
        Findings(report);
    }

    private static void Findings(JsonElement report)
    {
        foreach (var insight in report.Items("insights"))
        {
            Console.WriteLine($"{insight.Text("analysis")}: {insight.Text("summary")}");
            if (insight.Text("explanation") is { Length: > 0 } explanation)
                Console.WriteLine($"  {report.Text("explained_by")}: {explanation}");
        }

        if (report.Number("claims_dropped") is var dropped and > 0)
            Console.WriteLine($"note: {dropped} explanations of the model name figures that are not in the evidence; they are not shown.");
        foreach (var note in report.Items("notes"))
            Console.WriteLine($"note: {note.GetString()}");
    }

    private static string Seconds(JsonElement element, string name) => element.GetProperty(name).GetDouble().ToString("0.000", CultureInfo.InvariantCulture);
}
