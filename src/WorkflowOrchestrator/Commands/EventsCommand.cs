using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo events [--follow]</c>: what happened, and what happens.</summary>
internal static class EventsCommand
{
    private const int WaitSeconds = 25;

    // How long a restart of the daemon may take before following it is given up.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var json = CommonOptions.Json();
        json.Description = "Print one JSON object a line, with stable keys.";
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what happens from now on, until Ctrl-C; over a restart of the daemon too." };
        var change = new Option<string?>("--change") { Description = "Only events of this change.", HelpName = "CHANGE" };
        var type = new Option<string?>("--type") { Description = "Only types that begin so, for example question.", HelpName = "PREFIX" };
        var limit = new Option<int>("--limit") { Description = "How many of the past to print.", DefaultValueFactory = _ => 20, HelpName = "N" };
        limit.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 1 or > 1000)
                given.AddError("--limit: give a number from 1 to 1000.");
        });
        var command = new Command("events", "Show what the daemon did. Example: wo events --follow --change add-search") { json, follow, change, type, limit };
        command.SetAction((result, cancellationToken) =>
        {
            var output = new EventOutput(result.GetValue(json));
            var filter = new JsonObject { ["change"] = result.GetValue(change), ["type"] = result.GetValue(type) };
            return result.GetValue(follow)
                ? FollowAsync(result, filter, result.GetValue(limit), output, cancellationToken)
                : DaemonCommand.RunAsync(result, daemon => PrintLastAsync(daemon, filter, result.GetValue(limit), output), cancellationToken);
        });
        return command;
    }

    private static async Task<int> PrintLastAsync(DaemonSession daemon, JsonObject filter, int limit, EventOutput output)
    {
        output.Write(await daemon.CallAsync("list_events", With(filter, ("limit", limit))));
        return ExitCodes.Done;
    }

    private static async Task<int> FollowAsync(ParseResult result, JsonObject filter, int limit, EventOutput output, CancellationToken cancellationToken)
    {
        long? after = null;
        var lost = TimeSpan.Zero;
        while (true)
        {
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            var hadContact = false;
            var code = await DaemonCommand.RunAsync(
                result,
                async daemon =>
                {
                    while (true)
                    {
                        var reply = after is { } last
                            ? await daemon.CallAsync("list_events", With(filter, ("after", last), ("wait_seconds", WaitSeconds)), TimeSpan.FromSeconds(WaitSeconds))
                            : await daemon.CallAsync("list_events", With(filter, ("limit", limit)));
                        (hadContact, lost) = (true, TimeSpan.Zero);
                        output.Write(reply);
                        after = reply.GetProperty("last").GetInt64();
                    }
                },
                cancellationToken);
            if (code != ExitCodes.Unreachable || after is null)
                return code;
            lost += hadContact ? TimeSpan.Zero : System.Diagnostics.Stopwatch.GetElapsedTime(started) + TimeSpan.FromSeconds(1);
            if (lost > s_patience)
                return code;
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private static JsonObject With(JsonObject filter, params (string Key, JsonNode Value)[] more)
    {
        var arguments = (JsonObject)filter.DeepClone();
        foreach (var (key, value) in more)
            arguments[key] = value;
        return arguments;
    }
}

/// <summary>Prints events: a line each, coloured by kind on a terminal.</summary>
internal sealed class EventOutput(bool json)
{
    public void Write(JsonElement reply)
    {
        foreach (var item in reply.Items("events"))
        {
            if (json)
                Console.WriteLine(item.GetRawText().ReplaceLineEndings(""));
            else if (Console.IsOutputRedirected)
                Console.WriteLine($"{item.Time("at")} {item.Text("type"),-24} {Facts(item)}");
            else
                AnsiConsole.MarkupLine($"[dim]{Markup.Escape(item.Time("at"))}[/] [{ColourOf(item.Text("type"))}]{Markup.Escape(item.Text("type").PadRight(24))}[/] {Markup.Escape(Facts(item))}");
        }

        Console.Out.Flush();
    }

    private static string Facts(JsonElement item)
    {
        var data = item.TryGetProperty("data", out var facts) && facts.ValueKind == JsonValueKind.Object
            ? string.Join(' ', facts.EnumerateObject().Where(fact => fact.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number).Select(fact => $"{fact.Name}={Print.FirstLine(fact.Value.ToString(), 60)}"))
            : "";
        return string.Join(' ', new[] { item.Text("change"), item.Text("subject"), data }.Where(text => text.Length > 0));
    }

    private static string ColourOf(string type) => type switch
    {
        "update.applied" or "question.answered" or "review.completed" => "green",
        "update.refused" or "update.waiting" or "watcher.missed" => "red",
        "question.awaiting_human" or "update.held" => "yellow",
        _ => "default",
    };
}
