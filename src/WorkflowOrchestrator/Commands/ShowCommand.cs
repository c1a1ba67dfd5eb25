using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workflow.Commands;

/// <summary><c>wo show CHANGE</c>.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var change = new Argument<string>("change") { Description = "Name of the change." };
        var command = new Command("show", "Show one change: findings, questions with answers and evidence, updates. Example: wo show add-search") { change, json };
        command.SetAction((result, cancellationToken) =>
            DaemonCommand.PrintAsync(result, json, "get_change", new JsonObject { ["change"] = result.GetValue(change) }, ForPeople, cancellationToken));
        return command;
    }

    /// <summary>Findings by severity in a few characters.</summary>
    public static string Counts(JsonElement counts) => $"{counts.Text("error")} errors, {counts.Text("warning")} warnings, {counts.Text("advice")} advice";

    private static void ForPeople(JsonElement shown)
    {
        var change = shown.GetProperty("change");
        Console.WriteLine($"{change.Text("change")}: {change.Text("stage")}{(change.Text("reason") is { Length: > 0 } reason ? $" ({reason})" : "")}, revision {Print.Short(change.Text("revision"))}");
        foreach (var problem in change.Items("problems"))
            Console.WriteLine("  not read: " + problem.GetString());
        Findings([.. shown.Items("findings")]);
        Questions([.. shown.Items("questions").Where(question => question.Text("status") != "withdrawn")]);
        Updates([.. shown.Items("updates")]);
    }

    private static void Findings(List<JsonElement> findings)
    {
        Console.WriteLine();
        Console.WriteLine($"findings: {findings.Count}");
        foreach (var finding in findings)
        {
            Console.WriteLine($"  {finding.Text("severity")} {finding.Text("rule")} {finding.Text("path")}{(finding.Text("line") is { Length: > 0 } line ? ":" + line : "")} [{finding.Text("status")}] {finding.Text("finding_id")}");
            Console.WriteLine($"    {finding.Text("message")}");
            if (finding.Text("quote") is { Length: > 0 } quote)
                Console.WriteLine($"    > {Print.FirstLine(quote.Trim(), 160)}");
        }
    }

    private static void Questions(List<JsonElement> questions)
    {
        Console.WriteLine();
        Console.WriteLine($"questions: {questions.Count}");
        foreach (var question in questions)
        {
            Console.WriteLine($"  {question.Text("question_id")} [{question.Text("status")}] {question.Text("question")}");
            if (question.Text("answer") is not { Length: > 0 } answer)
                continue;
            var confidence = question.TryGetProperty("confidence", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString("0.00", CultureInfo.InvariantCulture) : "";
            Console.WriteLine($"    answer ({question.Text("answered_by")}, confidence {confidence}): {answer.ReplaceLineEndings(" ")}");
            foreach (var evidence in question.Items("evidence"))
                Console.WriteLine($"    evidence {evidence.Text("path")}:{evidence.Text("line")}: {Print.FirstLine(evidence.Text("quote").ReplaceLineEndings(" "), 160)}");
        }
    }

    private static void Updates(List<JsonElement> updates)
    {
        Console.WriteLine();
        Console.WriteLine($"updates: {updates.Count}");
        foreach (var update in updates)
        {
            var files = string.Join(", ", update.Items("files").Select(file => $"{file.Text("path")} +{file.Text("lines_added")} -{file.Text("lines_removed")}"));
            var commit = update.Text("commit") is { Length: > 0 } hash ? $", commit {Print.Short(hash)}" : update.Text("commit_note") is { Length: > 0 } note ? $", no commit: {note}" : "";
            Console.WriteLine($"  {update.Text("update_id")} [{update.Text("state")}] {update.Text("reason")}: {files}{commit}");
            if (update.Text("state_reason") is { Length: > 0 } why)
                Console.WriteLine($"    {why}");
        }
    }
}
