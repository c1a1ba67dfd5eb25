using System.CommandLine;
using System.Globalization;
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
        var all = new Option<bool>("--all") { Description = "Also those that wait for their turn, and answered, withdrawn and expired questions." };
        var change = new Option<string?>("--change") { Description = "Only questions of this change.", HelpName = "CHANGE" };
        var command = new Command("questions", "List the questions that wait for you. Example: wo questions --all") { json, all, change };
        command.SetAction((result, cancellationToken) => DaemonCommand.RunAsync(
            result,
            daemon => result.GetValue(all) ? ListAllAsync(daemon, result.GetValue(change), result.GetValue(json)) : ListInboxAsync(daemon, result.GetValue(change), result.GetValue(json)),
            cancellationToken));
        return command;
    }

    public static Command CreateAnswer()
    {
        var json = CommonOptions.Json();
        var id = new Argument<string>("id") { Description = "The question's id, or the first or last four or more characters of it." };
        var text = new Argument<string?>("text") { Description = "The answer, or the number of an option.", Arity = ArgumentArity.ZeroOrOne };
        var replace = new Option<bool>("--replace") { Description = "Put your own earlier answer right." };
        var literal = new Option<bool>("--literal") { Description = "Take a number as the answer itself, not as the number of an option." };
        var dismiss = new Option<string?>("--dismiss") { Description = "The question needs no answer, and why.", HelpName = "REASON" };
        var reject = new Option<bool>("--reject") { Description = "The accepted answer is wrong; the question waits for you again. With an answer, that takes its place at once." };
        var command = new Command("answer", "Answer a question. Example: wo answer 7K2Q \"300 milliseconds at the 95th percentile\"") { id, text, replace, literal, dismiss, reject, json };
        command.Validators.Add(given =>
        {
            if (given.GetValue(dismiss) is not null && (given.GetValue(text) is not null || given.GetValue(reject)))
                given.AddError("--dismiss goes without an answer and without --reject.");
            else if (given.GetValue(text) is null && given.GetValue(dismiss) is null && !given.GetValue(reject))
                given.AddError("Give the answer, or --dismiss REASON, or --reject.");
        });
        command.SetAction((result, cancellationToken) => DaemonCommand.RunAsync(
            result,
            async daemon =>
            {
                var question = result.GetValue(id)!;
                JsonElement? outcome = null;
                if (result.GetValue(dismiss) is { } reason)
                    outcome = await daemon.CallAsync("dismiss_question", new JsonObject { ["question_id"] = question, ["reason"] = reason });
                if (result.GetValue(reject))
                    outcome = await daemon.CallAsync("reject_answer", new JsonObject { ["question_id"] = question });
                if (result.GetValue(text) is { } answer)
                {
                    var chosen = result.GetValue(literal) ? answer : await OptionOrTextAsync(daemon, question, answer);
                    outcome = await daemon.CallAsync("submit_answer", new JsonObject { ["question_id"] = question, ["answer"] = chosen, ["replace"] = result.GetValue(replace) });
                }

                if (result.GetValue(json))
                    DaemonCommand.PrintJson(outcome!.Value);
                else
                    Console.WriteLine(Explain(outcome!.Value));
                return ExitCodes.Done;
            },
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

    private static string Explain(JsonElement outcome) => outcome.Text("outcome") switch
    {
        "accepted" => $"Taken: {outcome.Text("answer")}. The change goes on.",
        "already_given" => "The same answer was given before; nothing changed.",
        "dismissed" => "Dismissed. It is not asked again.",
        "rejected" => "Rejected. The question waits for you; the answer stays on record.",
        _ => $"Kept as an alternative: the question was answered already ({outcome.Text("answered_by")}). Use --replace to put your own answer right.",
    };

    // "2" is the second option of a question that has options, unless one of them is called so.
    private static async Task<string> OptionOrTextAsync(DaemonSession daemon, string question, string answer)
    {
        if (!int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            return answer;
        var known = await daemon.CallAsync("get_answer", new JsonObject { ["question_id"] = question });
        var options = known.Items("options").Select(option => option.GetString()!).ToList();
        return options.Count < number || options.Contains(answer) ? answer : options[number - 1];
    }

    private static async Task<int> ListAllAsync(DaemonSession daemon, string? change, bool json)
    {
        var questions = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var arguments = new JsonObject { ["limit"] = 200 };
            Add(arguments, "change", change);
            Add(arguments, "cursor", cursor);
            var page = await daemon.CallAsync("list_questions", arguments);
            questions.AddRange(page.Items("questions"));
            cursor = page.Text("next_cursor");
        }
        while (cursor.Length > 0);
        if (json)
            DaemonCommand.PrintJson(JsonSerializer.SerializeToElement(new { questions }));
        else
            QuestionOutput.All(questions);
        return ExitCodes.Done;
    }

    private static async Task<int> ListInboxAsync(DaemonSession daemon, string? change, bool json)
    {
        var inbox = await daemon.CallAsync("get_inbox");
        var (now, later) = (OfChange(inbox, "now", change), OfChange(inbox, "later", change));
        if (json)
            DaemonCommand.PrintJson(JsonSerializer.SerializeToElement(new { questions = now.Select(entry => entry.GetProperty("question")), later }));
        else
            QuestionOutput.Inbox(now, later);
        return ExitCodes.Done;
    }

    private static List<JsonElement> OfChange(JsonElement inbox, string list, string? change) =>
        [.. inbox.Items(list).Where(entry => string.IsNullOrEmpty(change) || entry.GetProperty("question").Text("change") == change)];

    private static void Add(JsonObject arguments, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            arguments[name] = value;
    }
}
