using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo questions</c>, <c>wo answer</c> and <c>wo ask</c>.</summary>
internal static class QuestionsCommand
{
    public static Command CreateList()
    {
        var json = CommonOptions.Json();
        var all = new Option<bool>("--all") { Description = "Also answered, withdrawn and expired questions." };
        var change = new Option<string?>("--change") { Description = "Only questions of this change.", HelpName = "CHANGE" };
        var command = new Command("questions", "List the questions that wait for you. Example: wo questions --all") { json, all, change };
        command.SetAction((result, cancellationToken) => DaemonCommand.RunAsync(
            result,
            async daemon =>
            {
                var questions = await AllPagesAsync(daemon, result.GetValue(change), result.GetValue(all));
                if (result.GetValue(json))
                    DaemonCommand.PrintJson(JsonSerializer.SerializeToElement(new { questions }));
                else
                    ForPeople(questions);
                return ExitCodes.Done;
            },
            cancellationToken));
        return command;
    }

    public static Command CreateAnswer()
    {
        var json = CommonOptions.Json();
        var id = new Argument<string>("id") { Description = "The question's id, or the last four or more characters of it." };
        var text = new Argument<string>("text") { Description = "The answer." };
        var replace = new Option<bool>("--replace") { Description = "Put your own earlier answer right." };
        var command = new Command("answer", "Answer a question. Example: wo answer 7K2Q \"300 milliseconds at the 95th percentile\"") { id, text, replace, json };
        command.SetAction((result, cancellationToken) => DaemonCommand.PrintAsync(
            result,
            json,
            "submit_answer",
            new JsonObject { ["question_id"] = result.GetValue(id), ["answer"] = result.GetValue(text), ["replace"] = result.GetValue(replace) },
            outcome => Console.WriteLine(outcome.Text("outcome") switch
            {
                "accepted" => "Taken. The change goes on.",
                "already_given" => "The same answer was given before; nothing changed.",
                _ => $"Kept as an alternative: the question was answered already ({outcome.Text("answered_by")}). Use --replace to put your own answer right.",
            }),
            cancellationToken));
        return command;
    }

    public static Command CreateAsk()
    {
        var json = CommonOptions.Json();
        var text = new Argument<string>("text") { Description = "The question." };
        var change = new Option<string?>("--change") { Description = "The change that it is about.", HelpName = "CHANGE" };
        var agent = new Option<string?>("--agent") { Description = "The agent to ask.", HelpName = "AGENT" };
        var conversation = new Option<string?>("--conversation") { Description = "Go on with this conversation.", HelpName = "ID" };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for the answer.", HelpName = "S" };
        var command = new Command("ask", "Ask a question. Example: wo ask \"How long does a session live?\" --wait 10") { text, change, agent, conversation, wait, json };
        command.SetAction((result, cancellationToken) =>
        {
            var arguments = new JsonObject { ["question"] = result.GetValue(text), ["wait_seconds"] = result.GetValue(wait) };
            Add(arguments, "change", result.GetValue(change));
            Add(arguments, "agent_id", result.GetValue(agent));
            Add(arguments, "conversation_id", result.GetValue(conversation));
            return DaemonCommand.PrintAsync(
                result,
                json,
                "ask_question",
                arguments,
                asked =>
                {
                    Console.WriteLine($"{asked.Text("question_id")} [{asked.Text("status")}]");
                    if (asked.Text("answer") is { Length: > 0 } answer)
                        Console.WriteLine($"{answer} ({asked.Text("answered_by")})");
                },
                cancellationToken);
        });
        return command;
    }

    private static async Task<List<JsonElement>> AllPagesAsync(DaemonSession daemon, string? change, bool all)
    {
        var questions = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var arguments = new JsonObject { ["limit"] = 200 };
            Add(arguments, "change", change);
            Add(arguments, "cursor", cursor);
            if (!all)
                arguments["status"] = "awaiting_human";
            var page = await daemon.CallAsync("list_questions", arguments);
            questions.AddRange(page.Items("questions"));
            cursor = page.Text("next_cursor");
        }
        while (cursor.Length > 0);
        return questions;
    }

    private static void ForPeople(List<JsonElement> questions)
    {
        if (questions.Count == 0)
            Console.WriteLine("No questions.");
        foreach (var question in questions)
        {
            Console.WriteLine($"{question.Text("question_id")} [{question.Text("status")}] {question.Text("change")}");
            Console.WriteLine($"  {question.Text("question")}");
            foreach (var option in question.Items("options"))
                Console.WriteLine($"  - {option.GetString()}");
            if (question.Text("answer") is { Length: > 0 } answer)
                Console.WriteLine($"  = {answer.ReplaceLineEndings(" ")} ({question.Text("answered_by")})");
        }
    }

    private static void Add(JsonObject arguments, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            arguments[name] = value;
    }
}
