using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workflow.Hosting;

namespace Workflow.Commands.Demo;

/// <summary>
/// <c>wo demo load</c>: asks one agent new questions, so that some always wait, until an improvement has come to its end, and tells what the feedback loop does
/// meanwhile. For <c>start-all.sh --demo --loop</c>.
/// </summary>
internal static class DemoLoad
{
    private const int Waiting = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var agent = new Option<string>("--agent") { Description = "The agent that is asked.", HelpName = "AGENT", Required = true };
        var timeout = new Option<int>("--timeout") { Description = "Seconds after which it gives up.", HelpName = "S", DefaultValueFactory = _ => 150 };
        var command = new Command("load", "Keep an agent busy until the feedback loop has decided about an improvement. Example: wo demo load --agent desk") { agent, timeout };
        command.SetAction((result, cancellationToken) => DaemonCommand.RunAsync(result, daemon => RunAsync(daemon, result.GetRequiredValue(agent), TimeSpan.FromSeconds(result.GetValue(timeout))), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DaemonSession daemon, string agent, TimeSpan timeout)
    {
        var started = TimeProvider.System.GetTimestamp();
        var told = "";
        while (TimeProvider.System.GetElapsedTime(started) is var passed && passed < timeout)
        {
            await TopUpAsync(daemon, agent);
            var first = (await daemon.CallAsync("list_improvements")).Items("improvements").Select(item => (JsonElement?)item).LastOrDefault(); // after it the loop goes on to the next step
            if (first is { } improvement && Line(improvement) is var line && line != told)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed.TotalSeconds,4:0} s  {line}"));
                told = line;
            }

            if (first is { } ended && ended.Text("state") is "kept" or "reverted" or "dropped" or "rejected")
                return ended.Text("state") == "kept" ? ExitCodes.Done : ExitCodes.Failed;
            await Task.Delay(Pause, daemon.CancellationToken);
        }

        Console.Error.WriteLine($"Nothing was decided within {timeout.TotalSeconds:0} seconds: wo improvements");
        return ExitCodes.Failed;
    }

    private static async Task TopUpAsync(DaemonSession daemon, string agent)
    {
        var questions = (await daemon.CallAsync("get_status")).GetProperty("questions");
        for (var open = questions.Number("open") + questions.Number("routing"); open < Waiting; open++)
        {
            var word = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)); // no two are alike: an answer is not reused
            await daemon.CallAsync("ask_question", new JsonObject { ["question"] = $"How many {word[..8]} may {word[8..16]} hold in {word[16..]}?", ["agent_id"] = agent });
        }
    }

    private static string Line(JsonElement improvement) =>
        $"{improvement.Text("improvement_id")}: {improvement.Text("state")}{(improvement.Text("reason") is { Length: > 0 } why ? $" ({why})" : "")}";
}
