using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo why</c>: who wrote a line, from which question, answer and evidence.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var place = new Argument<string>("place") { Description = "CHANGE/PATH:LINE (a path from the repository's root works too)." };
        var command = new Command("why", "Tell who wrote a line, from which question, answer, evidence and model. Example: wo why add-search/proposal.md:12") { place, json };
        command.SetAction((result, cancellationToken) =>
        {
            var text = result.GetValue(place)!;
            var colon = text.LastIndexOf(':');
            var (change, path) = DocumentArgument.Split(colon < 0 ? text : text[..colon]);
            if (path.Length == 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line))
            {
                Console.Error.WriteLine($"'{text}' is not CHANGE/PATH:LINE, for example add-search/proposal.md:12");
                return Task.FromResult(ExitCodes.WrongUsage);
            }

            return DaemonCommand.PrintAsync(result, json, "explain_line", new JsonObject { ["change"] = change, ["path"] = path, ["line"] = line }, ForPeople, cancellationToken);
        });
        return command;
    }

    private static void ForPeople(JsonElement explained)
    {
        Console.WriteLine($"{explained.Text("change")}/{explained.Text("path")}:{explained.Text("line")}  {explained.Text("text").Trim()}");
        var isFirst = true;
        foreach (var origin in explained.Items("origins"))
        {
            Console.WriteLine((isFirst ? "" : "before that: ") + (origin.Text("by") == "human" ? Human(origin) : Update(origin)));
            isFirst = false;
            foreach (var question in origin.Items("questions"))
                Question(question);
        }

        if (explained.GetProperty("cut").GetBoolean())
            Console.WriteLine("What came before is no longer kept.");
    }

    private static string Human(JsonElement origin) => (origin.Text("after_update"), origin.Text("before_update")) switch
    {
        ("", "") => "written by people",
        ("", var before) => $"written by people, before update {before}",
        (var after, "") => $"edited by people, after update {after}",
        (var after, var before) => $"edited by people, between the updates {after} and {before}",
    };

    private static string Update(JsonElement origin)
    {
        var update = origin.GetProperty("update");
        var approver = update.Text("decided_by") is { Length: > 0 } who ? $", {(update.Text("edited_by").Length > 0 ? "edited and " : "")}approved by {who}" : "";
        var commit = update.Text("commit") is { Length: > 0 } hash ? $", commit {Print.Short(hash)}" : "";
        return $"{(origin.GetProperty("restored").GetBoolean() ? "brought back" : "written")} by update {update.Text("update_id")} ({update.Text("reason")}), {update.Text("model")}{approver}{commit}, {update.Time("state_since")}";
    }

    private static void Question(JsonElement question)
    {
        Console.WriteLine($"  question {question.Text("question_id")}: {question.Text("question")}");
        if (question.TryGetProperty("answer", out var answer) && answer.ValueKind == JsonValueKind.String)
            Console.WriteLine($"  answer: {answer.GetString()} ({question.Text("answered_by")}, confidence {question.Text("confidence")})");
        foreach (var evidence in question.Items("evidence"))
            Console.WriteLine($"  evidence {evidence.Text("path")}:{evidence.Text("line")}: {Print.FirstLine(evidence.Text("quote").Trim())}");
    }
}
