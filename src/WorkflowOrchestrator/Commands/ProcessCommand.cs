using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo process CHANGE [--wait]</c>.</summary>
internal static class ProcessCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var change = new Argument<string>("change") { Description = "Name of the change." };
        var wait = new Option<bool>("--wait") { Description = "Wait until it is done (exit 0), or until it waits for you or is parked (exit 1)." };
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait.", DefaultValueFactory = _ => 300, HelpName = "S" };
        var again = new Option<bool>("--again") { Description = "Review it again from the start, also when it was done or parked." };
        var command = new Command("process", "Work on a change now. Example: wo process add-search --wait") { change, wait, timeout, again };
        command.SetAction((result, cancellationToken) => DaemonCommand.RunAsync(
            result,
            async daemon =>
            {
                var name = result.GetValue(change)!;
                await daemon.CallAsync("process_change", new JsonObject { ["change"] = name, ["again"] = result.GetValue(again) });
                return result.GetValue(wait) ? await WaitAsync(daemon, name, TimeSpan.FromSeconds(result.GetValue(timeout))) : ExitCodes.Done;
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> WaitAsync(DaemonSession daemon, string change, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        var last = "";
        while (true)
        {
            var shown = (await daemon.CallAsync("get_change", new JsonObject { ["change"] = change })).GetProperty("change");
            var stage = shown.Text("stage");
            if (stage != last)
                Console.WriteLine($"{change}: {stage}{(shown.Text("reason") is { Length: > 0 } reason ? $" ({reason})" : "")}");
            last = stage;
            if (stage == "done")
                return ExitCodes.Done;
            var waits = stage is "parked" or "awaiting_review" || (stage == "awaiting_answers" && shown.Text("reason").Contains("wo questions", StringComparison.Ordinal));
            if (waits || Stopwatch.GetElapsedTime(started) > timeout)
                return ExitCodes.Failed;
            await Task.Delay(PollInterval, daemon.CancellationToken);
        }
    }
}
